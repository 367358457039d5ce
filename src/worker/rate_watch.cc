#include "worker/rate_watch.h"

#include <algorithm>

#include "media/time.h"

namespace worker {
namespace {

// 200 pictures a second for kLearn.
constexpr std::size_t kMostPictures = 1000;
constexpr base::Micros kFollow = base::kSecond;
constexpr std::int64_t kPace = 16;  // a change is followed by half in 11 s
constexpr base::Micros kHole = 10 * base::kSecond;

std::int64_t per_thousand_seconds(std::size_t pictures, base::Micros time) {
  return media::rescale(static_cast<std::int64_t>(pictures), time, 1000 * base::kSecond);
}

}  // namespace

void RateWatch::skip() {
  recent_.clear();
  begun_.reset();
  low_since_.reset();
}

void RateWatch::picture(base::Micros at) {
  if (begun_ && (at < newest_ || at - newest_ > kHole)) skip();
  if (!begun_) begun_ = at;
  newest_ = at;
  recent_.push_back(at);
  while (recent_.size() > kMostPictures || recent_.front() <= at - (usual_ ? kWindow : kLearn)) recent_.pop_front();
  if (usual_ && at - *begun_ >= kWindow) {
    judge(at);
  } else if (!usual_ && at - *begun_ >= kLearn) {
    usual_ = rate_ = per_thousand_seconds(recent_.size(), kLearn);
    followed_ = at;
  }
}

void RateWatch::judge(base::Micros at) {
  rate_ = per_thousand_seconds(recent_.size(), kWindow);
  const bool well = 4 * rate_ >= 3 * *usual_;
  if (2 * rate_ < *usual_ && *usual_ >= kLeast) {
    if (!low_since_) low_since_ = at;
  } else if (well) {
    low_since_.reset();
  }
  if (!well || at - followed_ < kFollow) return;
  followed_ = at;
  *usual_ += (rate_ - *usual_) / kPace;
}

}  // namespace worker
