#pragma once

#include <array>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"

namespace app {

/// The CPU that is left: of the cores that this process may run on, or of the smallest quota of its control groups
/// (version 2), if that is less. Over the last second; reads /proc and /sys below `root`, which are not on a disk.
class CpuMeter {
 public:
  /// The cores of this thread.
  static std::set<int> own_cores();

  explicit CpuMeter(std::set<int> cores = own_cores(), std::string root = "");

  /// 1: all is left, 0: nothing. Call four times a second. What the kernel does not report counts as 1.
  double measure(base::Micros now);
  /// Cores that it was the share of, less than one where a quota says so.
  double cores() const;

 private:
  struct Reading {
    base::Micros at = 0;
    double busy = 0;                 ///< ticks of all cores so far; what a hypervisor took is not left either
    double all = 0;                  ///< likewise, busy or not
    std::vector<double> group_used;  ///< of each group with a quota. Units: microseconds
    std::vector<double> group_may;   ///< cores that its quota is worth
  };
  Reading read(base::Micros now) const;

  const std::set<int> cores_;
  const std::string root_;
  std::array<std::optional<Reading>, 5> readings_;  ///< of the last second, the oldest first
};

}  // namespace app
