#include "govern/pace.h"

#include <algorithm>

namespace govern {

void Pace::on_second(base::Micros now, bool bad) {
  if (lowered_at_ && now - *lowered_at_ >= calm_) {
    calm_ = std::max(options_.calm, calm_ / 2);
    lowered_at_.reset();
  }
  bad_seconds_ = bad ? bad_seconds_ + 1 : 0;
  if (bad) calm_since_ = now;
}

void Pace::rise(base::Micros now) {
  if (lowered_at_) calm_ = std::min(options_.longest_calm, 2 * calm_);
  lowered_at_.reset();
  bad_seconds_ = 0;
  calm_since_ = now;
  ++level_;
}

void Pace::fall(base::Micros now) {
  calm_since_ = now;
  lowered_at_ = now;
  --level_;
}

}  // namespace govern
