#include "timeline/frame_clock.h"

#include <algorithm>
#include <cstdlib>

#include "timeline/rate.h"

namespace timeline {

FrameClock::FrameClock(media::Rational rate, std::int64_t feed_scale, std::int64_t timescale)
    : rate_(rate), feed_scale_(feed_scale), timescale_(timescale), frame_(timescale * rate.den / rate.num) {}

void FrameClock::anchor(std::int64_t dts, std::int64_t index, std::int64_t least) {
  anchor_dts_ = dts;
  anchor_index_ = index;
  next_ = std::max(index, least);
  misplaced_ = 0;
  off_grid_ = 0;
  placed_ = 0;
}

std::int64_t FrameClock::place(std::int64_t dts) {
  const std::int64_t time = media::rescale(dts - anchor_dts_, feed_scale_, timescale_);
  const auto error_at = [&](std::int64_t index) { return time - (index - anchor_index_) * frame_; };
  std::int64_t index = next_;
  // Up to three quarters of a frame count as jitter: a source whose rate is a little lower than said then slips by one
  // whole frame now and then instead of flickering between two places.
  if (error_at(index) * 4 > frame_ * 3) index = anchor_index_ + media::rescale(time, frame_, 1);
  index = std::max(index, next_);
  const std::int64_t late = -error_at(index);
  const std::int64_t error = std::abs(late);
  // Half a frame late on the whole would be audible at 24 frames a second, with the half that rounding may have added.
  misplaced_ = late * 2 <= frame_ ? 0 : misplaced_ + (late > 2 * frame_ ? kFarMisplaced : 1);
  if (error * 5 > frame_ * 2) ++off_grid_;
  next_ = index + 1;
  ++placed_;
  newest_dts_ = dts;
  return index;
}

media::Rational FrameClock::rate_in_the_long_run() const {
  // 20 s at 25 frames a second: a millisecond is 50 ppm of it.
  constexpr std::int64_t kMany = 500;
  const std::int64_t span = newest_dts_ - anchor_dts_;
  if (placed_ < kMany || span <= 0 || placed_ != next_ - anchor_index_) return {};
  return standard_rate({(placed_ - 1) * feed_scale_, span});
}

std::int64_t FrameClock::frames_in(std::int64_t span) const {
  return media::rescale(span * rate_.num, feed_scale_ * rate_.den, 1);
}

}  // namespace timeline
