#include "govern/pace.h"

#include <algorithm>

namespace govern {
namespace {

constexpr base::Micros kSecond = base::kSecond;
// One bad second may be a burst of the network, or the start of a program beside us.
constexpr int kBadSeconds = 2;
// A clock that stood still or jumped says nothing of the time between.
constexpr base::Micros kLongestSecond = 3 * base::kSecond;

}  // namespace

std::optional<Pace::Step> Pace::update(base::Micros now, const Load& load, int most) {
  const base::Micros elapsed = second_ ? now - second_->began : 0;
  if (!second_ || elapsed < 0 || elapsed > kLongestSecond || load.lost < second_->lost_before) {
    if (!second_) calm_since_ = now;
    second_ = Second{now, load.lag, load.lost};
    return std::nullopt;
  }
  second_->least_lag = std::min(second_->least_lag, load.lag);
  if (elapsed < kSecond) return std::nullopt;
  const Second over = *second_;
  second_ = Second{now, load.lag, load.lost};
  const std::uint64_t lost = load.lost - over.lost_before;
  const bool bad = over.least_lag > options_.lag || lost >= options_.lost;
  auto step = end_second(now, bad, most);
  if (step) {
    step->lag = over.least_lag;
    step->lost = lost;
  }
  return step;
}

std::optional<Pace::Step> Pace::end_second(base::Micros now, bool bad, int most) {
  if (lowered_at_ && now - *lowered_at_ >= calm_) {
    calm_ = std::max(options_.calm, calm_ / 2);
    lowered_at_.reset();
  }
  if (bad) {
    calm_since_ = now;
    if (++bad_seconds_ < kBadSeconds) return std::nullopt;
    bad_seconds_ = 0;
    if (level_ >= most) return std::nullopt;
    if (lowered_at_) calm_ = std::min(options_.longest_calm, 2 * calm_);
    lowered_at_.reset();
    ++level_;
    return Step{level_ - 1, level_};
  }
  bad_seconds_ = 0;
  if (level_ == 0 || now - calm_since_ < calm_) return std::nullopt;
  calm_since_ = now;
  lowered_at_ = now;
  --level_;
  return Step{level_ + 1, level_};
}

}  // namespace govern
