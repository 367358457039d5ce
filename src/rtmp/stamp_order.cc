#include "rtmp/stamp_order.h"

#include <algorithm>
#include <cstdlib>

#include "media/h264.h"
#include "media/hevc.h"

namespace rtmp {
namespace {

// Stamps further apart are a jump, not an order.
constexpr std::int64_t kJump = 1000;
constexpr std::int64_t kDeepest = 16;

}  // namespace

bool StampOrder::begin(std::span<const std::int64_t> stamps) {
  std::vector<std::int64_t> shown;
  for (const std::int64_t stamp : stamps) {
    const auto later = std::upper_bound(shown.begin(), shown.end(), stamp);
    if (later != shown.end() && shown.back() - stamp > kJump) return false;
    depth_ = std::max<std::int64_t>(depth_, shown.end() - later);
    shown.insert(later, stamp);
  }
  active_ = depth_ > 0;
  if (!active_) return false;
  step_ = kJump;
  for (std::size_t i = 1; i < shown.size(); ++i) {
    if (shown[i] > shown[i - 1]) step_ = std::min(step_, shown[i] - shown[i - 1]);
  }
  restart(stamps.front());
  return true;
}

/// As if as many pictures had come before this one as the track reorders by.
void StampOrder::restart(std::int64_t stamp) {
  due_.clear();
  for (std::int64_t i = depth_; i > 0; --i) due_.push_back(stamp - i * step_);
  last_ = due_.front() - 1;
}

std::int64_t StampOrder::next(std::int64_t stamp) {
  // Stamps that stand still leave the decoding times to run ahead of them.
  if (std::abs(stamp - due_.back()) > kJump || last_ - stamp > kJump) restart(stamp);
  // Earlier than what has been decoded: the track reorders deeper than was known.
  const bool deeper = stamp < last_ && depth_ < kDeepest;
  due_.insert(std::upper_bound(due_.begin(), due_.end(), stamp), stamp);
  if (deeper) {
    ++depth_;
    return ++last_;
  }
  last_ = std::max(last_ + 1, due_.front());
  due_.erase(due_.begin());
  return last_;
}

bool may_reorder(media::Codec codec, base::View config) {
  constexpr std::uint8_t kBaseline = 66;
  if (codec == media::Codec::kHevc) {
    const auto hvcc = media::hevc::parse_hvcc(config);
    if (!hvcc || hvcc->sps.empty()) return true;
    const auto sps = media::hevc::parse_sps(hvcc->sps.front());
    return !sps || sps->max_num_reorder > 0;
  }
  const auto avcc = media::h264::parse_avcc(config);
  if (!avcc || avcc->sps.empty()) return true;
  const auto sps = media::h264::parse_sps(avcc->sps.front());
  return !sps || (sps->max_num_reorder != 0 && sps->profile != kBaseline);
}

}  // namespace rtmp
