#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "base/clock.h"

namespace worker {

/// Compares the pictures that a feed has in a second with what is usual for it. All times are media time, so that a
/// network that delivers in bursts changes nothing. Reads no clock. Thread: one.
///
/// The usual rate is learned from the first kLearn on and follows slowly, but no rate of less than three quarters: a
/// feed that stays at a quarter of its rate does not become usual. Feeds of fewer pictures than kLeast are not judged.
class RateWatch {
 public:
  static constexpr base::Micros kWindow = 2 * base::kSecond;
  static constexpr base::Micros kLearn = 5 * base::kSecond;
  static constexpr std::int64_t kLeast = 4000;  ///< Units: pictures in 1000 s.

  /// A picture in decoding order.
  void picture(base::Micros at);
  /// Pictures are missing here, or time went elsewhere: for no fault of the feed's.
  void skip();

  /// Pictures a second of the last kWindow; 0 until the usual rate is known. Units: pictures in 1000 s.
  std::int64_t rate() const { return usual_ ? rate_ : 0; }
  /// 0 until it is known. Units: pictures in 1000 s.
  std::int64_t usual() const { return usual_.value_or(0); }
  /// For how long the rate has been below half of the usual one, without three quarters of it in between.
  base::Micros low_for() const { return low_since_ ? newest_ - *low_since_ : 0; }

 private:
  void judge(base::Micros at);

  std::deque<base::Micros> recent_;  ///< pictures of the last kLearn, kWindow once that is over; at most 1000
  std::optional<base::Micros> begun_;
  base::Micros newest_ = 0;
  base::Micros followed_ = 0;  ///< when the usual rate last followed
  std::int64_t rate_ = 0;
  std::optional<std::int64_t> usual_;
  std::optional<base::Micros> low_since_;
};

}  // namespace worker
