#include "rtmp/composition.h"

#include <algorithm>
#include <cstdlib>

namespace rtmp {
namespace {

// H.264 and HEVC reorder by 16 pictures at most.
constexpr std::int64_t kMarginPictures = 17;
constexpr std::int64_t kShortestStep = 10;
constexpr std::int64_t kLongestStep = 1000;
// The same at one picture a second: no encoder means more.
constexpr std::int32_t kMost = 17'000;
// A first one has no range to compare with: encoders begin with the depth of their reordering, or with a constant.
constexpr std::int32_t kMostAtFirst = 2000;
// So many strange ones, with less than this number of usual ones between them, are no accident.
constexpr int kHabit = 4;
constexpr int kForgotten = 32;

}  // namespace

void CompositionFilter::Range::widen(std::int32_t value) {
  low = std::min(low, value);
  high = std::max(high, value);
}

std::int32_t CompositionFilter::filter(std::int64_t time, std::int32_t composition) {
  if (last_time_ && time > *last_time_) step_ = std::clamp(time - *last_time_, kShortestStep, kLongestStep);
  last_time_ = time;
  const bool possible = std::abs(std::int64_t{composition}) <= (usual_ ? kMost : kMostAtFirst);
  if (!possible || (usual_ && !usual_->holds(composition, kMarginPictures * step_))) return replace(composition);
  if (!usual_) usual_ = Range{composition, composition};
  usual_->widen(composition);
  if (++usual_in_a_row_ >= kForgotten) strange_ = 0;
  last_ = composition;
  return composition;
}

std::int32_t CompositionFilter::replace(std::int32_t composition) {
  usual_in_a_row_ = 0;
  const bool alike = strange_ > 0 && strange_range_.holds(composition, kMarginPictures * step_);
  if (!alike) {
    strange_ = 0;
    strange_range_ = {composition, composition};
  }
  strange_range_.widen(composition);
  ++strange_;
  if (strange_ >= kHabit && std::abs(std::int64_t{composition}) <= kMost) {
    usual_ = strange_range_;
    strange_ = 0;
    last_ = composition;
    return composition;
  }
  ++repaired_;
  return last_;
}

}  // namespace rtmp
