#pragma once

#include <cstddef>

#include "viewers/options.h"
#include "viewers/tally.h"

namespace viewers {

/// When the run's spans begin and end, on the steady clock: the same for all processes.
struct Schedule {
  Micros start = 0;
  Micros measure = 0;
  Micros end = 0;
};

/// Runs one process's share to the schedule's end, or to SIGINT or SIGTERM, and returns what it saw.
Tally run_share(const Options& share, std::size_t process, const Schedule& schedule);

}  // namespace viewers
