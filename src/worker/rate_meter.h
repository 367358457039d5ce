#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

namespace worker {

/// Measures the rate of a copied track over spans of a segment's length, since nothing binds a feed's encoder to what
/// it said (MV-2, MV-3). What was declared first stands as long as it is true, so that the multivariant playlist of an
/// unchanged feed stays as it is (MV-28): only a higher peak is declared, and once, that a first guess was far too
/// high.
class RateMeter {
 public:
  /// `declared`: the rate that BANDWIDTH was made from, bit/s; `guessed` where the feed had not said it.
  /// Units: ticks of the track's timescale.
  RateMeter(std::int64_t timescale, std::int64_t span, std::int64_t declared, bool guessed)
      : timescale_(timescale), span_(std::max<std::int64_t>(span, 1)), declared_(declared), guessed_(guessed) {}

  /// Takes a packet in; true where peak() and average() have changed enough to be declared again.
  bool add(std::int64_t dts, std::size_t size) {
    if (began_ < 0 || dts < began_ || dts - began_ > 4 * span_) {
      began_ = dts;
      bytes_ = 0;
    }
    bool changed = false;
    if (dts - began_ >= span_) {
      const std::int64_t rate = bytes_ * 8 * timescale_ / (dts - began_);
      const bool far_too_high = std::exchange(guessed_, false) && rate < declared_ / kFarTooHigh;
      changed = rate > declared_ + declared_ / kTolerance || far_too_high;
      if (changed) peak_ = declared_ = rate;
      if (average_ == 0) average_ = rate;
      average_ += (rate - average_) / kSmoothing;
      began_ = dts;
      bytes_ = 0;
    }
    bytes_ += static_cast<std::int64_t>(size);
    return changed;
  }

  /// Units: bit/s; 0 while what was declared first stands.
  std::int64_t peak() const { return peak_; }
  std::int64_t average() const { return average_; }

 private:
  // BANDWIDTH is a fifth above what was declared (bandwidth_of_copy): a higher rate makes it untrue.
  static constexpr std::int64_t kTolerance = 5;
  static constexpr std::int64_t kFarTooHigh = 4;
  static constexpr std::int64_t kSmoothing = 16;

  const std::int64_t timescale_;
  const std::int64_t span_;
  std::int64_t declared_;
  bool guessed_;
  std::int64_t began_ = -1;
  std::int64_t bytes_ = 0;
  std::int64_t peak_ = 0;
  std::int64_t average_ = 0;
};

}  // namespace worker
