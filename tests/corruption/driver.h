#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "corruption/judge.h"
#include "corruption/scenario.h"
#include "job/options.h"

namespace corruption {

/// How a scenario went.
struct Outcome {
  std::vector<std::string> faults;
  std::string summary;           ///< one line of what was measured
  std::uint64_t damaged = 0;     ///< what the worker's counters of damage come to
  std::int64_t heap_growth = 0;  ///< of the worker, from before the damage to the end. Units: bytes
};

/// Plays the scenario through a worker's production, on a clock of its own, and judges the log.
Outcome play(const Scenario& scenario, const job::Options& options, Judge::Options judged);

/// What the log of this scenario has to keep to.
Judge::Options judged(const Scenario& scenario);

/// A channel that copies, and one that encodes two small rungs.
job::Options copying();
job::Options laddering();

}  // namespace corruption
