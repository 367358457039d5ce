#pragma once

#include <span>
#include <string>

#include "base/clock.h"
#include "serve/counters.h"

namespace api {

/// What the instance as a whole carries and has left, for programs and the operations page. Totals, so that two
/// readings give rates. `control_busy`: share of the last second in which the control loop did not wait.
std::string instance_json(std::span<const serve::Counters* const> loops, double control_busy, base::Micros now);

}  // namespace api
