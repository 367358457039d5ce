#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "media/time.h"

namespace transcode {

/// Frames a second that a ladder shows from a source of this rate. A source of less than 2.5 frames a second is shown
/// at the smallest multiple of its rate that is not less than that, because players stop at gaps between frames of
/// half a second. 0/1 stays 0/1.
media::Rational shown_rate(media::Rational source_rate);

/// The instants at which a ladder shows pictures: each picture at its own, and the last picture again wherever none
/// came. Repeats lie on the frame grid, multiples of the frame duration since time 0. Thread: one.
class PictureLine {
 public:
  /// The longest time between two pictures that is left as it is.
  static constexpr base::Micros kLongestStill = 400 * base::kMillisecond;

  /// The most that repeat() makes up for at once: where nobody asked for longer, a hole is better than a burst.
  static constexpr base::Micros kMostRepeated = 10 * base::kSecond;

  /// `rate`: of the repeats, frames a second; 0/1: ten. `timescale`: ticks a second of all instants.
  /// `max_fill`: a hole before a picture that is longer than this stays a hole.
  PictureLine(media::Rational rate, std::int64_t timescale, base::Micros max_fill);

  /// True if `pts` is not past what was shown: a picture there is not to be shown.
  bool covers(std::int64_t pts) const { return shown_ && pts <= *shown_; }
  /// Shows a picture. REQUIRES: not covered.
  void take(std::int64_t pts);
  /// True if the time from what was shown to a picture at `pts` is to be filled with repeats.
  bool hole_before(std::int64_t pts) const;
  /// The next instant up to `until` at which the last picture is to be shown again; it then counts as shown. None
  /// before the first picture. Where `until` is further away than kMostRepeated, the only instant is the last one.
  std::optional<std::int64_t> repeat(std::int64_t until);

  /// Units: ticks between two repeats.
  std::int64_t period() const { return instant(1); }
  /// Frames a second of the repeats.
  media::Rational rate() const { return rate_; }
  /// True if what was shown last was a repeat.
  bool repeating() const { return repeating_; }

 private:
  std::int64_t instant(std::int64_t index) const;

  media::Rational rate_;
  std::int64_t timescale_;
  std::int64_t max_fill_;
  std::int64_t longest_still_;
  std::int64_t most_repeated_;
  std::optional<std::int64_t> shown_;
  bool repeating_ = false;
};

}  // namespace transcode
