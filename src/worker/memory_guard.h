#pragma once

#include "job/stats.h"

namespace worker {

/// Exit status of a worker that has no memory left.
inline constexpr int kOutOfMemory = 3;

/// From now on an allocation of this process that fails ends it at once with kOutOfMemory, after
/// job::Stats::out_of_memory was set, instead of a std::bad_alloc that nobody expects. What C libraries are refused is
/// not seen here, and makes some of them crash (x264: SIGSEGV): a crash for which less than 16 MiB were left is
/// noted in the same way, and remains the crash that it is. `stats` outlives the process's work.
void end_without_memory(job::Stats& stats);

}  // namespace worker
