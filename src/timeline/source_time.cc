#include "timeline/timeline.h"

// Where a feed's first picture is on the timeline: at the time that its source says, or at its arrival.

namespace timeline {
namespace {

// What was given out may end this much after the first picture of a publisher that comes again: its frames are put
// behind one another.
constexpr base::Micros kSameEnd = 200 * base::kMillisecond;

}  // namespace

bool Timeline::awaits_source(const Entry& entry, base::Micros now) const {
  return options_.source_time && !source_clock_ && now - entry.video->first().arrived < kWaitForSource;
}

/// Whether the first picture can be shown at the time that its source says; `due`: where its arrival puts it.
Timeline::AnchoredAt Timeline::judge_source(base::Micros shown, base::Micros due) const {
  if (shown > due + kMostSourceAhead || shown < due - kMostSourceBehind) return AnchoredAt::kArrivalFar;
  return shown + kSameEnd < floor_ ? AnchoredAt::kArrivalTaken : AnchoredAt::kSource;
}

void Timeline::choose_first_anchor(Entry& entry) {
  VideoTiming& video = *entry.video;
  if (video.due() + kSameEnd < floor_) start_late(entry);
  anchored_at_ = AnchoredAt::kArrival;
  if (options_.source_time) {
    const base::Micros shown = source_clock_.value_or(0) + entry.feed_time(video.first().pts).micros();
    anchored_at_ = source_clock_ ? judge_source(shown, video.due()) : AnchoredAt::kArrivalUnknown;
    if (anchored_at_ == AnchoredAt::kSource) return set_anchor(video.make_anchor(shown, floor_, 0));
  }
  set_anchor(video.make_anchor(video.due(), floor_, options_.clear_slots));
}

}  // namespace timeline
