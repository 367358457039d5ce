#include "transcode/slate_fade.h"

#include <algorithm>
#include <utility>

namespace transcode {

double SlateFade::next(base::Micros at, What what, bool asked) {
  if (what == What::kPicture || !picture_) picture_ = at;
  const bool absent = what == What::kAbsent && after_ != kNever && at - *picture_ >= after_;
  const bool wanted = asked || absent;
  if (std::exchange(wanted_, wanted) != wanted) changed_ = at;
  if (wanted && mixed_ == 0) began_ = at;
  // From the first picture of all on: an order that came before it, of a worker that takes over from another.
  if (!newest_ && asked) mixed_ = kMix;
  const base::Micros step = newest_ ? at - *newest_ : 0;
  mixed_ = std::clamp<base::Micros>(mixed_ + (wanted ? step : -step), 0, kMix);
  newest_ = at;
  return share();
}

}  // namespace transcode
