#pragma once

#include <ctime>

#include "base/clock.h"

namespace viewers {

using base::Micros;

inline Micros read_clock(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<Micros>(now.tv_sec) * base::kSecond + now.tv_nsec / 1000;
}

/// CLOCK_MONOTONIC: the same for all processes of one run.
inline Micros steady_now() { return read_clock(CLOCK_MONOTONIC); }
inline Micros utc_now() { return read_clock(CLOCK_REALTIME); }
/// CPU time of this process so far.
inline Micros cpu_now() { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

}  // namespace viewers
