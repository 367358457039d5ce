#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/clock.h"

namespace app {

/// What is left of memory: of the machine's, or of the smallest limit of this process's control groups (version 2), if
/// that is less. 1: all, 0: nothing. A value that the kernel does not report counts as 1. Reads /proc and /sys below
/// `root`, which are not on a disk.
double memory_headroom(const std::string& root = "");

/// What is left of the uplink: the bytes of the last second against its capacity. Measured four times a second.
class EgressMeter {
 public:
  /// Measures from `now` on, when `bytes` had been sent.
  EgressMeter(base::Micros now, std::uint64_t bytes) { sent_.fill({now, bytes}); }

  /// 1: all is left, 0: nothing. `mbps`: capacity of the uplink; 0: not counted.
  double measure(base::Micros now, std::uint64_t bytes, int mbps);

 private:
  struct Sent {
    base::Micros at = 0;
    std::uint64_t bytes = 0;
  };
  std::array<Sent, 5> sent_{};  ///< of the last second, the oldest first
};

}  // namespace app
