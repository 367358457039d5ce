#include "ts/unit_clock.h"

#include <algorithm>
#include <cstdlib>

namespace ts {
namespace {

constexpr std::int64_t kScale = 90000;
constexpr int kMostReorder = 16;  // of H.264 and HEVC
/// A PTS that is further from the last one than this belongs to another clock.
constexpr std::int64_t kJump = 2 * kScale;
/// Slower or faster than this is no frame rate but a hole or an error.
constexpr std::int64_t kLongestFrame = 2 * kScale;
constexpr std::int64_t kShortestFrame = kScale / 300;

}  // namespace

void UnitClock::set_sequence(media::Rational rate, int reorder) {
  if (rate.known()) {
    frame_ = std::clamp(media::rescale(rate.den, rate.num, kScale), kShortestFrame, kLongestFrame);
  }
  reorder_ = std::clamp(reorder, 0, kMostReorder);
}

std::optional<UnitClock::Times> UnitClock::place(const Stamp& stamp, const Order& order) {
  if (!stamp.pts && !last_) return std::nullopt;
  if (stamp.pts && last_ && std::abs(*stamp.pts - last_->pts) > kJump) {
    due_.clear();
    order_.reset();
    since_stamped_ = 0;
    last_.reset();
  }
  ++since_stamped_;
  Times times;
  times.pts = stamp.pts ? *stamp.pts : derive_pts(order);
  sends_dts_ = sends_dts_ || stamp.dts.has_value();
  if (stamp.dts) {
    times.dts = *stamp.dts;
  } else if (!sends_dts_) {
    times.dts = derive_dts(times.pts);
  } else {
    times.dts = stamp.pts ? times.pts : last_->dts + frame_;
  }
  if (stamp.pts) measure(sends_dts_ ? times.dts : given_);
  anchor_order(order, times.pts);
  highest_pts_ = last_ ? std::max(highest_pts_, times.pts) : times.pts;
  last_ = times;
  return times;
}

/// The distance of two stamped units with others between them tells how long a frame lasts.
void UnitClock::measure(std::int64_t dts) {
  if (last_ && since_stamped_ > 1) {
    const std::int64_t frame = media::rescale(dts - stamped_dts_, since_stamped_, 1);
    if (frame >= kShortestFrame && frame <= kLongestFrame) frame_ = frame;
  }
  stamped_dts_ = dts;
  since_stamped_ = 0;
}

std::int64_t UnitClock::derive_pts(const Order& order) const {
  // An IDR picture is shown after all before it, and the count begins anew.
  if (order.idr && order.count) return highest_pts_ + frame_;
  if (!order_ || !order.count) return last_->pts + frame_;
  return order_->pts + media::rescale((*order.count - order_->count) * frame_, order_step_, 1);
}

void UnitClock::anchor_order(const Order& order, std::int64_t pts) {
  if (!order.count) return;
  if (order_ && !order.idr && *order.count != order_->count) {
    // Some encoders count one a frame.
    const std::int64_t step = std::abs(*order.count - order_->count);
    if (step == 1) order_step_ = 1;
  }
  order_ = OrderAnchor{*order.count, pts};
}

std::int64_t UnitClock::derive_dts(std::int64_t pts) {
  const bool back = last_ && pts < last_->dts - kMostReorder * frame_;  // the clock jumped: no reordering is so deep
  if (back) due_.clear();
  // Deeper than the bitstream said, unless the time before was only a guess.
  const bool guessed = since_stamped_ > 1;
  if (last_ && !back && !guessed && pts < given_ && reorder_ < kMostReorder) ++reorder_;
  if (guessed && reorder_ == 0) due_.clear();
  due_.insert(std::lower_bound(due_.begin(), due_.end(), pts), pts);
  const auto depth = static_cast<std::size_t>(reorder_);
  if (due_.size() > depth + 1) due_.erase(due_.begin());
  const std::int64_t missing = reorder_ + 1 - static_cast<std::int64_t>(due_.size());
  given_ = due_.front() - missing * frame_;
  return last_ && !back ? std::max(given_, last_->dts + 1) : given_;
}

}  // namespace ts
