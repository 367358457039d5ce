#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/clock.h"

namespace app {

/// What is left of memory: of the machine's, or of the control group's limit where that is less. 1: all, 0: nothing;
/// what the kernel does not tell counts as all. Reads files of the kernel's below `root` that no disk stands behind.
double memory_room(const std::string& root = "");

/// What is left of the line: the bytes of the last second against what it carries. Measured four times a second.
class EgressMeter {
 public:
  /// From this instant on, at which `bytes` had been sent.
  EgressMeter(base::Micros now, std::uint64_t bytes) { sent_.fill({now, bytes}); }

  /// `mbps`: what the line carries; 0: not counted. 1: all is left, 0: nothing.
  double measure(base::Micros now, std::uint64_t bytes, int mbps);

 private:
  struct Sent {
    base::Micros at = 0;
    std::uint64_t bytes = 0;
  };
  std::array<Sent, 5> sent_{};  ///< of the last second, the oldest first
};

}  // namespace app
