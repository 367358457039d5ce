#pragma once

#include <algorithm>
#include <cstdint>

namespace worker {

/// Measures the rate of a copied track over spans of a segment's length, since nothing says what a feed's encoder will
/// do (MV-2, MV-3). The first whole span replaces the guess that BANDWIDTH began with; after that only a higher peak
/// changes it, so that the multivariant playlist stays as it is for an unchanged feed (MV-28).
class RateMeter {
 public:
  /// Units: ticks of the track's timescale.
  RateMeter(std::int64_t timescale, std::int64_t span)
      : timescale_(timescale), span_(std::max<std::int64_t>(span, 1)) {}

  /// Takes a packet in; true where peak() and average() have changed enough to be told.
  bool add(std::int64_t dts, std::size_t size) {
    if (began_ < 0 || dts < began_ || dts - began_ > 4 * span_) {
      began_ = dts;
      bytes_ = 0;
    }
    bool changed = false;
    if (dts - began_ >= span_) {
      const std::int64_t rate = bytes_ * 8 * timescale_ / (dts - began_);
      changed = rate > peak_ + peak_ / kTolerance;
      if (changed) peak_ = rate;
      if (average_ == 0) average_ = rate;
      average_ += (rate - average_) / kSmoothing;
      began_ = dts;
      bytes_ = 0;
    }
    bytes_ += static_cast<std::int64_t>(size);
    return changed;
  }

  /// Units: bit/s; 0 before the first whole span.
  std::int64_t peak() const { return peak_; }
  std::int64_t average() const { return average_; }

 private:
  // What is declared has this much room above the peak, so that a slightly higher one need not be told.
  static constexpr std::int64_t kTolerance = 10;
  static constexpr std::int64_t kSmoothing = 16;

  const std::int64_t timescale_;
  const std::int64_t span_;
  std::int64_t began_ = -1;
  std::int64_t bytes_ = 0;
  std::int64_t peak_ = 0;
  std::int64_t average_ = 0;
};

}  // namespace worker
