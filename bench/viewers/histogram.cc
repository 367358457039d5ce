#include "viewers/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace viewers {
namespace {

constexpr unsigned kSubBits = 6;
constexpr std::uint64_t kSub = 1u << kSubBits;

std::size_t bucket_of(base::Micros value) {
  const auto v = static_cast<std::uint64_t>(std::max<base::Micros>(value, 0));
  if (v < kSub) return v;
  const unsigned octave = static_cast<unsigned>(std::bit_width(v)) - 1 - kSubBits;
  return kSub * (octave + 1) + ((v >> octave) & (kSub - 1));
}

/// The middle of a bucket.
base::Micros value_of(std::size_t bucket) {
  if (bucket < kSub) return static_cast<base::Micros>(bucket);
  const std::size_t octave = bucket / kSub - 1;
  const std::uint64_t low = (kSub + bucket % kSub) << octave;
  return static_cast<base::Micros>(low + ((1ull << octave) >> 1));
}

}  // namespace

void Histogram::add(base::Micros value, std::uint32_t times) {
  const std::size_t bucket = bucket_of(value);
  if (bucket >= buckets_.size()) buckets_.resize(bucket + 1);
  buckets_[bucket] += times;
  count_ += times;
  max_ = std::max(max_, value);
}

void Histogram::add(const Histogram& other, base::Micros shift) {
  if (other.count_ == 0) return;
  for (std::size_t i = 0; i < other.buckets_.size(); ++i) {
    // A bucket's middle may lie above what was the largest value.
    if (other.buckets_[i] > 0) add(std::min(value_of(i), other.max_) + shift, other.buckets_[i]);
  }
  max_ = std::max(max_, other.max_ + shift);
}

base::Micros Histogram::quantile(double share) const {
  if (count_ == 0) return 0;
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= std::max<std::uint64_t>(wanted, 1)) return std::min(value_of(i), max_);
  }
  return max_;
}

}  // namespace viewers
