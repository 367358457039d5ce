#include "worker/feed_tally.h"

namespace worker {
namespace {

constexpr std::array kFields{&FeedCounts::video_packets,
                             &FeedCounts::audio_packets,
                             &FeedCounts::ts_sync_losses,
                             &FeedCounts::ts_continuity_errors,
                             &FeedCounts::ts_scrambled,
                             &FeedCounts::ts_transport_errors,
                             &FeedCounts::ts_untimed,
                             &FeedCounts::ts_unsupported,
                             &FeedCounts::ts_damaged_units,
                             &FeedCounts::timeline_anchors,
                             &FeedCounts::timeline_restamped,
                             &FeedCounts::timeline_dropped,
                             &FeedCounts::cues,
                             &FeedCounts::bad_cues,
                             &FeedCounts::caption_pictures,
                             &FeedCounts::teletext,
                             &FeedCounts::teletext_damaged,
                             &FeedCounts::texts,
                             &FeedCounts::bad_texts};
static_assert(kFields.size() * sizeof(std::uint64_t) == sizeof(FeedCounts));

}  // namespace

void FeedTally::settle(std::size_t place, feed::Id id, const FeedCounts& now) {
  settled_[feed::index(id)] = total(place, id, now);
  seen_[place] = now;
}

FeedCounts FeedTally::total(std::size_t place, feed::Id id, const FeedCounts& now) const {
  FeedCounts sum = settled_[feed::index(id)];
  // Less than before: it has begun again.
  for (const auto field : kFields) {
    const std::uint64_t before = seen_[place].*field;
    sum.*field += now.*field < before ? now.*field : now.*field - before;
  }
  return sum;
}

}  // namespace worker
