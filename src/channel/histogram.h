#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "base/clock.h"

namespace channel {

/// Upper bounds for delays inside the server, in microseconds: dense where the budgets are (50 ms, 165 ms).
inline constexpr std::array<base::Micros, 14> kLatencyBounds = {1'000,   2'500,     5'000,     10'000,   25'000,
                                                                50'000,  75'000,    100'000,   165'000,  250'000,
                                                                500'000, 1'000'000, 2'500'000, 5'000'000};

/// Counts observations by size, for a Prometheus histogram. Thread: one.
class Histogram {
 public:
  explicit Histogram(const std::array<base::Micros, 14>& bounds) : bounds_(bounds) {}

  void observe(base::Micros value) {
    const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
    ++counts_[static_cast<std::size_t>(bucket)];
    sum_ += value;
  }
  /// Units: microseconds.
  const std::array<base::Micros, 14>& bounds() const { return bounds_; }
  /// One for each bound, not cumulative, and one for what lies above them.
  const std::array<std::uint64_t, 15>& counts() const { return counts_; }
  base::Micros sum() const { return sum_; }

 private:
  std::array<base::Micros, 14> bounds_;
  std::array<std::uint64_t, 15> counts_{};
  base::Micros sum_ = 0;
};

}  // namespace channel
