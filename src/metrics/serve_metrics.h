#pragma once

#include <string>

#include "metrics/families.h"
#include "serve/counters.h"

namespace metrics {

/// Adds one serve loop's series. `busy` is the share of the last second (0 to 1) in which it did not wait.
/// Thread: any, while the loop runs.
void add_serve_loop(Families& out, const std::string& loop, const serve::Counters& counters, double busy);

}  // namespace metrics
