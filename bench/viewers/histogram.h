#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"

namespace viewers {

/// Counts of spans of time, to within 1.6 %: 64 buckets for every doubling. Below 0 counts as 0.
class Histogram {
 public:
  void add(base::Micros value, std::uint32_t times = 1);
  /// Adds what `other` counted, each value moved by `shift`.
  void add(const Histogram& other, base::Micros shift = 0);

  std::uint64_t count() const { return count_; }
  base::Micros max() const { return max_; }
  /// The value that `share` (0 to 1) of the values do not exceed; 0 where nothing was counted.
  base::Micros quantile(double share) const;

  template <typename Archive>
  void visit(Archive& archive) {
    archive(buckets_, count_, max_);
  }

 private:
  std::vector<std::uint32_t> buckets_;  ///< as long as the largest value needs
  std::uint64_t count_ = 0;
  base::Micros max_ = 0;
};

}  // namespace viewers
