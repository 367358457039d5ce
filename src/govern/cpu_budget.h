#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace govern {

/// What the ladders of a machine cost, as measured, and so what one more would. Pure: time comes in. Thread: one.
///
/// A ladder has a weight: how much work it is, in any unit, as told by its rungs. What one unit costs is measured on
/// the ladders that run; before the first has been measured nothing is known, and a ladder is expected to cost nothing.
class CpuBudget {
 public:
  struct Machine {
    double idle = 1;   ///< share of its CPU that nobody used lately
    double cores = 1;  ///< that it has
  };
  struct Sample {
    std::string_view channel;
    double weight = 0;
    base::Micros cpu = 0;  ///< that its worker has used so far
    bool saving = false;   ///< it does less than its weight says
  };

  /// Call at least once a second for each ladder that runs; one that is left out for kSettled is forgotten.
  void sample(base::Micros now, const Sample& sample);
  /// Cores that a ladder of this weight takes.
  double expected(double weight) const;
  /// Cores that are free, once the ladders that began within kSettled have come to what they are expected to take.
  double free(base::Micros now, const Machine& machine) const;
  /// True if so much of the machine is left when a ladder of this weight has come. Always true before one was measured.
  bool fits(base::Micros now, const Machine& machine, double weight, double reserve) const;

  /// What a ladder costs is measured over so long, and first after so long: encoders open, a burst is caught up.
  static constexpr base::Micros kSettled = 10 * base::kSecond;

 private:
  struct Ladder {
    double weight = 0;
    base::Micros began = 0;
    base::Micros seen = 0;
    base::Micros mark_at = 0;
    base::Micros mark_cpu = 0;
    std::optional<double> cores;
  };
  std::map<std::string, Ladder, std::less<>> ladders_;
};

}  // namespace govern
