#include "timeline/frame_clock.h"

#include <algorithm>
#include <cstdlib>

namespace timeline {

FrameClock::FrameClock(media::Rational rate, std::int64_t feed_scale, std::int64_t timescale)
    : rate_(rate), feed_scale_(feed_scale), timescale_(timescale), frame_(timescale * rate.den / rate.num) {}

void FrameClock::anchor(std::int64_t dts, std::int64_t index, std::int64_t least) {
  anchor_dts_ = dts;
  anchor_index_ = index;
  next_ = std::max(index, least);
  misplaced_ = 0;
}

std::int64_t FrameClock::place(std::int64_t dts) {
  const std::int64_t time = media::rescale(dts - anchor_dts_, feed_scale_, timescale_);
  const auto error_at = [&](std::int64_t index) { return time - (index - anchor_index_) * frame_; };
  std::int64_t index = next_;
  // Up to three quarters of a frame count as jitter: a source whose rate is a little lower than said then slips by one
  // whole frame now and then instead of flickering between two places.
  if (error_at(index) * 4 > frame_ * 3) index = anchor_index_ + media::rescale(time, frame_, 1);
  index = std::max(index, next_);
  misplaced_ = std::abs(error_at(index)) * 5 > frame_ * 4 ? misplaced_ + 1 : 0;
  next_ = index + 1;
  return index;
}

std::int64_t FrameClock::frames_in(std::int64_t span) const {
  return media::rescale(span * rate_.num, feed_scale_ * rate_.den, 1);
}

}  // namespace timeline
