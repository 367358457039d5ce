#include "captions/queue.h"

#include <algorithm>
#include <iterator>

namespace captions {

void Queue::put(std::int64_t pts, std::span<const Triplet> triplets) {
  if (triplets.empty()) return;
  waiting_.reserve(most_ + triplets.size());
  const auto after = std::upper_bound(waiting_.begin(), waiting_.end(), pts,
                                      [](std::int64_t at, const Waiting& waiting) { return at < waiting.pts; });
  auto to = waiting_.insert(after, triplets.size(), Waiting{pts, {}});
  for (const Triplet& triplet : triplets) (to++)->triplet = triplet;
  if (waiting_.size() <= most_) return;
  const std::size_t excess = waiting_.size() - most_;
  lost_ += excess;
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(excess));
}

void Queue::take(std::int64_t until, std::size_t most, std::vector<Triplet>& to) {
  auto end =
      std::find_if(waiting_.begin(), waiting_.end(), [&](const Waiting& waiting) { return waiting.pts > until; });
  if (static_cast<std::size_t>(end - waiting_.begin()) > most) {
    const auto kept =
        std::remove_if(waiting_.begin(), end, [](const Waiting& waiting) { return !waiting.triplet.valid; });
    end = waiting_.erase(kept, end);
  }
  const auto last =
      std::next(waiting_.begin(), std::min<std::ptrdiff_t>(end - waiting_.begin(), static_cast<std::ptrdiff_t>(most)));
  for (auto at = waiting_.begin(); at != last; ++at) to.push_back(at->triplet);
  waiting_.erase(waiting_.begin(), last);
}

}  // namespace captions
