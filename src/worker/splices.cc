#include "worker/splices.h"

#include <iterator>

namespace worker {

void Splices::announce(base::Micros at, base::Micros now) {
  if (!keys_ || !is_new(at, now)) return;
  const media::Instant key = cuts_ ? move_cut(at, now) : media::Instant{at, base::kSecond};
  if (at >= now) video_.force_key_at(key);
}

bool Splices::is_new(base::Micros at, base::Micros now) {
  known_.erase(known_.begin(), known_.lower_bound(now - kRemember));
  const auto next = known_.upper_bound(at - kBetween);
  const bool near = next != known_.end() && *next < at + kBetween;
  const auto ahead = static_cast<std::size_t>(std::distance(known_.lower_bound(now), known_.end()));
  return at >= now - kRemember && !near && ahead < kMost && known_.insert(at).second;
}

/// Lets a segment begin at the splice, where that is still possible. Returns where key frames belong.
media::Instant Splices::move_cut(base::Micros at, base::Micros now) {
  packager::Packager::MovedTo to{Outcome::kLate, {at, base::kSecond}};
  if (at >= now + kLeastNotice && !video_.encoded(at)) to = packager_.move_cut(at);
  ++counts_[static_cast<std::size_t>(to.outcome)];
  return to.key;
}

}  // namespace worker
