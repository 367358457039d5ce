#pragma once

#include <string>
#include <vector>

#include "viewers/worker.h"

namespace viewers {

/// Raises the descriptor limit to what is allowed. Returns what to say where a process needs more than that; empty
/// where all is well.
std::string check_descriptors(const Options& options);

/// CPU time of processes, from /proc. Units: microseconds.
Micros cpu_of(const std::vector<int>& pids);

struct Run {
  std::vector<Tally> tallies;  ///< by process
  Micros server_cpu = 0;       ///< in the measured span
  Micros measured_from = 0;    ///< steady time that it began at
  Micros measured = 0;         ///< wall time of it
  std::string failure;         ///< a process of ours died
};

/// Forks a process for each share and waits for them. SIGINT ends the run early.
Run run_processes(const Options& options);

}  // namespace viewers
