#pragma once

#include <optional>

#include "http/response.h"
#include "origin/waiters.h"
#include "serve/counters.h"

namespace serve {

/// What is to be done with an ObjectRequest: exactly one of `response` and `wait_for` is set.
struct Verdict {
  http::Response response;
  Cause cause = Cause::kNone;
  std::optional<origin::WaitCondition> wait_for;
  bool starting = false;  ///< with `wait_for`: there is no playlist yet (LL-111)
};

}  // namespace serve
