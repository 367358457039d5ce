#include <algorithm>
#include <cstdlib>
#include <utility>

#include "media/stamp_wrap.h"
#include "timeline/timeline.h"

// Where a feed's first picture is on the timeline: at the time that its source says, by the clock that servers have
// agreed on, where an earlier worker would have it, or at its arrival.

namespace timeline {
namespace {

// What was given out may end this much after the first picture of a publisher that comes again: its frames are put
// behind one another.
constexpr base::Micros kSameEnd = 200 * base::kMillisecond;
// A minute of AAC. Video does not wait here: it waits for its rate, at most 17 frames, or for an answer.
constexpr std::size_t kMostWaiting = 3000;

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
  const media::Instant first = entry.feed_time(video.first().pts);
  if (const auto agreed = agreed_anchor(first, video.due())) return set_anchor(*agreed);
  if (const auto kept = kept_anchor(first, video.due())) return set_anchor(*kept);
  set_anchor(video.make_anchor(video.due(), floor_, options_.clear_slots));
}

/// The UTC of the feed's stamp 0 if its first picture were shown at its arrival, to the frame.
base::Micros Timeline::own_clock(Entry& entry) const {
  entry.video->decide_rate();
  const Anchor anchor = entry.video->make_anchor(entry.video->due(), floor_, options_.clear_slots);
  return anchor.map(entry.feed_time(0));
}

void Timeline::ask_for_clock(base::Micros zero) {
  ask_ = {ask_.id + 1, zero};
  answered_ = false;
}

/// Asks, unless it has, for the clock to follow; `zero`: what it would be by the arrival. Returns whether the answer is
/// to be waited for.
bool Timeline::awaits_clock(base::Micros zero, base::Micros now) {
  if (!std::exchange(asked_, true)) {
    ask_for_clock(zero);
    asked_at_ = now;
  }
  return !answered_ && now - asked_at_ < kWaitForSource;
}

void Timeline::agree(std::uint32_t id, std::optional<base::Micros> zero) {
  if (id != ask_.id || answered_) return;
  answered_ = true;
  agreed_ = zero;
}

/// Where a picture with this stamp is by the agreed clock; `due`: where its arrival puts it.
std::optional<Anchor> Timeline::agreed_anchor(media::Instant first, base::Micros due) {
  if (!options_.agreed_clock) return std::nullopt;
  anchored_at_ = AnchoredAt::kArrivalUnknown;
  if (!agreed_) return std::nullopt;
  // Not an instant of this server's: all have to round alike.
  const std::int64_t wraps = media::wraps_between(*agreed_, ask_.zero, wrap_);
  const Anchor anchor{{wraps * wrap_.ticks, wrap_.scale}, {*agreed_, base::kSecond}};
  const base::Micros shown = anchor.map(first);
  anchored_at_ = std::abs(shown - due) > media::kMostClockOff ? AnchoredAt::kArrivalFar
                 : shown + base::kMillisecond < floor_        ? AnchoredAt::kArrivalTaken
                                                              : AnchoredAt::kSource;
  return anchored_at_ == AnchoredAt::kSource ? std::optional(anchor) : std::nullopt;
}

/// The first picture after a worker was lost may come later or sooner than others did: pictures and all that goes with
/// them stay at their times all the same.
std::optional<Anchor> Timeline::kept_anchor(media::Instant first, base::Micros due) const {
  if (!kept_) return std::nullopt;
  const std::int64_t wraps = media::wraps_between(*kept_, due - first.micros(), wrap_);
  const Anchor anchor{{wraps * wrap_.ticks, wrap_.scale}, {*kept_, base::kSecond}};
  return judge_source(anchor.map(first), due) == AnchoredAt::kSource ? std::optional(anchor) : std::nullopt;
}

/// Whether the first picture's time by the agreed clock is taken already, as after a restart of this server: it is left
/// out then, and so is what follows, up to the next key frame.
bool Timeline::leaves_out_taken(Entry& entry) {
  const auto anchor = agreed_anchor(entry.feed_time(entry.video->first().pts), entry.video->due());
  if (anchor || std::exchange(anchored_at_, AnchoredAt::kNothing) != AnchoredAt::kArrivalTaken) return false;
  counters_.dropped_overlap += entry.video->forget_probe();
  entry.needs_key = true;
  return true;
}

void Timeline::wait_for_anchor(media::Packet&& packet) {
  if (waiting_.size() >= kMostWaiting) {
    waiting_.pop_front();
    ++counters_.dropped_overflow;
  }
  waiting_.push_back(std::move(packet));
  const bool expected = announced_.video || has_track(media::Kind::kVideo);
  base::Micros wait = expected ? options_.wait_for_announced : options_.wait_for_video;
  // Its key frame is there, its rate will be in a moment.
  const bool nearly = std::any_of(tracks_.begin(), tracks_.end(), [](const auto& track) {
    return track.second.video && track.second.video->probing();
  });
  if (nearly) wait += base::kSecond;
  const base::Micros now = waiting_.back().arrived;
  if (now - waiting_.front().arrived < wait) return;
  if (!expected && options_.agreed_clock && awaits_clock(sound_due() - feed_time(waiting_.front()).micros(), now))
    return;
  flush();
}

media::Instant Timeline::feed_time(const media::Packet& packet) const {
  return tracks_.at(packet.track_id).feed_time(packet.pts);
}

/// When sound that waits for an anchor would have arrived had it not come in a burst, as VideoTiming::due().
base::Micros Timeline::sound_due() const {
  const media::Packet& first = waiting_.front();
  const Entry& entry = tracks_.at(first.track_id);
  base::Micros due = first.arrived;
  for (const media::Packet& packet : waiting_) {
    if (packet.track_id != first.track_id) continue;
    due = std::min(due, packet.arrived - entry.feed_time(packet.pts - first.pts).micros());
  }
  return std::max(due, first.arrived - kMostAhead);
}

void Timeline::flush() {
  for (auto& [id, entry] : tracks_) {
    if (entry.video && entry.video->probing()) start_video(entry);
  }
  if (anchor_ || waiting_.empty()) return;
  if (awaits(media::Kind::kVideo, waiting_.back().arrived)) {
    // A publisher that goes before its first picture is no feed of sound alone: it may come back within seconds.
    counters_.dropped_before_anchor += waiting_.size();
    waiting_.clear();
    return;
  }
  const media::Instant first = feed_time(waiting_.front());
  const base::Micros due = sound_due();
  anchored_at_ = options_.source_time ? AnchoredAt::kArrivalUnknown : AnchoredAt::kArrival;
  auto anchor = agreed_anchor(first, due);
  if (!anchor) anchor = kept_anchor(first, due);
  set_anchor(anchor.value_or(Anchor{first, {std::max(due, floor_), base::kSecond}}));
  release_waiting();
}

}  // namespace timeline
