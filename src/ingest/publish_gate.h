#pragma once

#include <functional>
#include <optional>

#include "ingest/publisher.h"

namespace ingest {

/// Decides, beside Publisher and before it, whether somebody may publish, and may take time to. Thread: the loop's.
class PublishGate {
 public:
  /// Nothing: Publisher is asked next.
  using Answer = std::optional<Publisher::Refusal>;

  virtual ~PublishGate() = default;
  /// The answer, if there is one now. Else `done` is called with it: once, on a later turn of the loop, within seconds;
  /// it may be called after whoever asked is gone.
  virtual std::optional<Answer> ask(const PublishRequest& request, std::function<void(const Answer&)> done) = 0;
};

}  // namespace ingest
