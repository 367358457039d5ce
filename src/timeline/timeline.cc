#include "timeline/timeline.h"

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

namespace timeline {
namespace {

// An anchor is this track's too if it puts its packet less than this from where it should be. A first packet further
// off has another clock, and the stamps of tracks further apart than this may have been damaged.
constexpr base::Micros kSameJump = 2 * base::kSecond;
// What is this much nearer to where a packet should be is where it is meant to be.
constexpr base::Micros kNearer = 100 * base::kMillisecond;
// How well sound and picture keep their distance in a multiplex.
constexpr base::Micros kSameDistance = 200 * base::kMillisecond;    // over a time in which one was away
constexpr base::Micros kSameDistanceNow = 80 * base::kMillisecond;  // from packet to packet
constexpr base::Micros kFresh = base::kSecond;     // a track that has paused for longer says nothing of the other
constexpr base::Micros kAway = base::kSecond / 4;  // a track was away if it paused, or its time moved, by more
// A source's clock may drift for days, and a stalled sender catch up.
constexpr base::Micros kMostBehind = 60 * base::kSecond;
// 16 pictures reordered, and the picture itself.
constexpr std::int64_t kMostReordered = 17;
// No composition time up to this is taken for damaged, also where kMostReordered frames last less.
constexpr base::Micros kMostComposition = 2 * base::kSecond;
// Muxers that set dts late are less than this late.
constexpr base::Micros kMostNegative = 150 * base::kMillisecond;

}  // namespace

Timeline::Timeline(Options options, media::EventSink& out) : options_(options), out_(out) {}

void Timeline::set_frame_rate_hint(media::Rational rate) {
  options_.frame_rate_hint = rate;
  for (auto& [id, entry] : tracks_) {
    if (entry.video && !entry.video->started()) entry.video->set_rate_hint(rate);
  }
}

void Timeline::on_event(media::Event&& event) {
  std::visit([this](auto&& what) { take(std::forward<decltype(what)>(what)); }, std::move(event));
}

void Timeline::take(const media::Track& track) {
  const auto found = tracks_.find(track.id);
  if (found != tracks_.end()) {
    Entry& entry = found->second;
    if (!media::same_format(entry.in, track) || entry.in.timescale != track.timescale) change_format(entry, track);
    entry.in = track;
    return;
  }
  Entry& entry = tracks_[track.id];
  entry.in = track;
  entry.not_before = succession(entry).end;
  entry.order = next_order_++;
  if (track.kind() == media::Kind::kVideo) {
    entry.video = std::make_unique<VideoTiming>(track, options_.frame_rate_hint);
    return;
  }
  entry.audio = std::make_unique<AudioTiming>(track);
  if (!anchor_) return;
  entry.audio->start(*anchor_, std::max(entry.not_before, anchor_->utc.micros()));
  announce(entry.audio->track());
}

/// Under the anchor that it had, and after what it gave out.
void Timeline::change_format(Entry& entry, const media::Track& track) {
  const media::Rational rate = track.video.frame_rate;
  if (entry.video && entry.video->started() && rate.known() && rate == entry.in.video.frame_rate &&
      track.timescale == entry.in.timescale) {
    entry.needs_key = true;
    entry.video->change_format(track);
    entry.announced = entry.video->track();
    announce(*entry.announced);
    return;
  }
  entry.not_before = entry.end();
  if (entry.started()) entry.resume = entry.anchor();
  entry.usual_composition = media::rescale(entry.usual_composition, entry.in.timescale, track.timescale);
  if (entry.video) {
    entry.needs_key = true;
    entry.video = std::make_unique<VideoTiming>(track, options_.frame_rate_hint);
    return;
  }
  entry.audio = std::make_unique<AudioTiming>(track);
  if (!anchor_) return;
  entry.audio->start(*entry.resume, std::max(entry.not_before, entry.resume->utc.micros()));
  announce(entry.audio->track());
}

/// The track that takes its place is put where it would be, and not before the end of this one.
void Timeline::take(const media::TrackGone& gone) {
  const auto found = tracks_.find(gone.track_id);
  if (found == tracks_.end()) return;
  Succession& succession = this->succession(found->second);
  succession.end = std::max(succession.end, found->second.end());
  tracks_.erase(found);
  std::erase_if(waiting_, [&](const media::Packet& packet) { return packet.track_id == gone.track_id; });
  out_.on_event(gone);
}

void Timeline::take(const media::Announced& announced) {
  announced_ = announced;
  out_.on_event(announced);
}

bool Timeline::has_track(media::Kind kind) const {
  return std::any_of(tracks_.begin(), tracks_.end(), [&](const auto& track) { return track.second.in.kind() == kind; });
}

bool Timeline::awaits(media::Kind kind, base::Micros now) const {
  if (successions_[kind == media::Kind::kVideo ? 0 : 1].announced) return false;
  return (announced_.has(kind) || has_track(kind)) && now - begun_.value_or(now) < options_.wait_for_announced;
}

void Timeline::announce(const media::Track& track) {
  successions_[track.kind() == media::Kind::kVideo ? 0 : 1].announced = true;
  out_.on_track(track);
}

void Timeline::take(media::Packet&& packet) {
  const auto found = tracks_.find(packet.track_id);
  if (found == tracks_.end()) return;
  Entry& entry = found->second;
  if (!begun_) begun_ = packet.arrived;
  if (entry.video) {
    bound_composition(entry, packet);
    check_stamps(entry, packet);
    on_video(entry, std::move(packet));
  } else if (anchor_) {
    check_stamps(entry, packet);
    give_audio(entry, std::move(packet));
  } else {
    wait_for_anchor(std::move(packet));
  }
}

void Timeline::check_stamps(Entry& entry, media::Packet& packet) {
  const base::Micros dts = entry.feed_time(packet.dts).micros();
  const StampWatch::Limits limits{options_.jump_forward, options_.jump_back};
  const StampWatch::Verdict verdict = entry.watch.check(dts, packet.arrived, limits, borne_out(entry, packet));
  if (!entry.started()) {
    if (verdict == StampWatch::Verdict::kSteady) return;
    // Only video comes here: audio is not checked before it has an anchor, and has started then.
    // Frames from before a jump cannot be compared with those after it.
    entry.needs_key = true;
    entry.video->forget_probe();
    entry.watch.reset();
    entry.watch.check(dts, packet.arrived, limits);
  } else if (verdict == StampWatch::Verdict::kOff) {
    restamp(entry, packet);
  } else if (verdict == StampWatch::Verdict::kMoved) {
    follow_jump(entry, packet, entry.anchor().map({entry.watch.expected(), base::kSecond}));
  } else if (!std::exchange(entry.checked_first, true) && out_of_place(entry, packet, entry.anchor())) {
    const std::optional<base::Micros> delay = succession(entry).delay;
    if (delay) follow_jump(entry, packet, std::max(entry.end(), packet.arrived - *delay));
    if (!delay) follow_jump(entry, packet, std::nullopt);
  } else if (entry.watch.stepped_back() && returns(entry, packet)) {
    follow_jump(entry, packet, entry.anchor().map({entry.watch.next(), base::kSecond}));
  } else if (astray(entry.anchor(), entry, packet)) {
    follow_jump(entry, packet, std::nullopt);
  }
}

/// The first track of the other kind that has given something out; null where there is none.
const Timeline::Entry* Timeline::companion(const Entry& entry) const {
  for (const auto& [id, other] : tracks_) {
    if (other.in.kind() != entry.in.kind() && other.started() && other.newest != INT64_MIN) return &other;
  }
  return nullptr;
}

/// Whether a packet is, under this anchor, where it should be beside the other kind's, which comes steadily and under
/// the same anchor.
bool Timeline::beside_companion(const Entry& entry, const Anchor& anchor, const media::Packet& packet) const {
  const Entry* other = companion(entry);
  const std::optional<base::Micros> ahead = succession(entry).ahead;
  if (other == nullptr || !ahead || other->watch.off()) return false;
  if (other->anchor().generation != anchor.generation || packet.arrived - other->newest_arrived > kFresh) return false;
  const base::Micros time = anchor.map(entry.feed_time(packet.dts));
  // Before its first packet newest_arrived is 0, long ago: nothing is subtracted from a `newest` of INT64_MIN.
  const bool away = !entry.started() || packet.arrived - entry.newest_arrived > kAway || time - entry.newest > kAway;
  const base::Micros distance = time - other->newest;
  // A distance of seconds was that of damaged stamps if the tracks are together now.
  const bool together = std::abs(*ahead) > kSameJump && std::abs(distance) <= kSameDistance;
  return together || std::abs(distance - *ahead) <= (away ? kSameDistance : kSameDistanceNow);
}

/// Whether a packet behind a hole is right, however far: some were lost, or its track was away while the source was
/// faster, and the clock is the same.
bool Timeline::borne_out(const Entry& entry, const media::Packet& packet) const {
  return entry.started() && beside_companion(entry, entry.anchor(), packet);
}

/// Whether a packet that goes back by too little for a jump goes back to the anchor that the other tracks kept, or
/// had meanwhile: the jump away from there was as small.
bool Timeline::returns(const Entry& entry, const media::Packet& packet) const {
  const media::Instant time = entry.feed_time(packet.dts);
  const base::Micros due = entry.anchor().map({entry.watch.next(), base::kSecond});
  const Anchor* found = anchor_near(entry, time, due);
  if (found == nullptr || found->generation == entry.anchor().generation) return false;
  return std::abs(found->map(time) - due) + kNearer < std::abs(entry.anchor().map(time) - due);
}

void Timeline::note_newest(Entry& entry, const media::Packet& packet) {
  entry.newest = entry.anchor().map(entry.feed_time(packet.dts));
  entry.newest_arrived = packet.arrived;
  const Entry* other = companion(entry);
  const bool together = other != nullptr && packet.arrived - other->newest_arrived <= kFresh;
  if (together) succession(entry).ahead = entry.newest - other->newest;
}

/// Whether a track's first packet shows another clock than the anchor's: it is far from where the tracks of its kind
/// were against their arrival, or from any sensible place.
bool Timeline::out_of_place(const Entry& entry, const media::Packet& packet, const Anchor& anchor) {
  const std::optional<base::Micros> delay = succession(entry).delay;
  if (!delay) return astray(anchor, entry, packet);
  if (beside_companion(entry, anchor, packet)) return false;
  return std::abs(anchor.map(entry.feed_time(packet.dts)) + *delay - packet.arrived) > kSameJump;
}

void Timeline::restamp(Entry& entry, media::Packet& packet) {
  const std::int64_t expected = media::rescale(entry.watch.expected(), base::kSecond, entry.in.timescale);
  const std::int64_t composition = packet.pts - packet.dts;
  packet.dts = expected;
  packet.pts = expected + composition;
  ++counters_.restamped;
}

/// No frame is shown seconds before or after its decoding: its composition time is damaged. It is shown where a key
/// frame decoded then would be.
void Timeline::bound_composition(Entry& entry, media::Packet& packet) {
  const base::Micros composition = entry.feed_time(packet.pts - packet.dts).micros();
  const base::Micros most = std::max(kMostComposition, kMostReordered * entry.watch.usual_step());
  if (composition < -kMostNegative || composition > most) {
    packet.pts = packet.dts + entry.usual_composition;
    ++counters_.restamped;
  } else if (packet.key) {
    entry.usual_composition = packet.pts - packet.dts;
  }
}

/// Whether the packet's time is so far from its arrival that it cannot be meant: its track jumped before it had an
/// anchor. What was given out may end ahead of its arrival: what follows that is not astray.
bool Timeline::astray(const Anchor& anchor, const Entry& entry, const media::Packet& packet) const {
  const base::Micros time = anchor.map(entry.feed_time(packet.dts));
  return time > std::max(packet.arrived, floor_) + kMostAhead || time < packet.arrived - kMostBehind;
}

void Timeline::on_video(Entry& entry, media::Packet&& packet) {
  if (entry.needs_key) {
    if (!packet.key) {
      ++counters_.dropped_before_anchor;
      return;
    }
    entry.needs_key = false;
    entry.leading_before = packet.idr ? INT64_MIN : packet.pts;
  }
  if (entry.video->started() && packet.key && entry.video->settled_rate().known()) restart_video(entry);
  if (entry.video->started()) {
    give_video(entry, std::move(packet));
    return;
  }
  const base::Micros now = packet.arrived;
  entry.video->probe(std::move(packet));
  const bool decides =
      !anchor_ && !lower_video_probing(entry) && !entry.video->catching_up() && !awaits_source(entry, now);
  if (!entry.video->ready() || !(anchor_ || decides)) return;
  if (!anchor_ && options_.agreed_clock && (awaits_clock(own_clock(entry), now) || leaves_out_taken(entry))) return;
  start_video(entry);
}

/// Whether a video track with a lower id has a key frame and is not ready. Of the video tracks that are probing, the
/// lowest id decides the anchor, whichever had its key frame first.
bool Timeline::lower_video_probing(const Entry& entry) const {
  for (const auto& [id, other] : tracks_) {
    if (&other == &entry) return false;
    if (other.video && other.video->probing()) return !other.video->ready();
  }
  return false;
}

void Timeline::start_video(Entry& entry) {
  VideoTiming& video = *entry.video;
  video.decide_rate();
  choose_anchor(entry);
  entry.checked_first = true;
  entry.resume.reset();
  std::deque<media::Packet> packets = video.start(*anchor_, entry.not_before);
  const media::Track& track = video.track();
  const bool same =
      entry.announced && media::same_format(*entry.announced, track) && entry.announced->timescale == track.timescale;
  if (!same) announce(track);
  entry.announced = track;
  release_waiting();
  for (media::Packet& packet : packets) give_video(entry, std::move(packet));
}

/// The frames do not come at the rate of the grid, but have settled: their time starts again under the same anchor.
void Timeline::restart_video(Entry& entry) {
  entry.not_before = entry.end();
  entry.resume = entry.anchor();
  entry.video = std::make_unique<VideoTiming>(entry.in, options_.frame_rate_hint,
                                              VideoTiming::Known{entry.video->settled_rate(), *entry.announced});
}

/// Makes anchor_ the one of video that starts again, whose first picture is `first`. If its clock is that of no anchor:
/// returns when that picture is to be shown (UTC), for an anchor of its own.
std::optional<base::Micros> Timeline::settle_on_anchor(Entry& entry, const media::Packet& first) {
  const media::Instant time = entry.feed_time(first.dts);
  const std::optional<base::Micros> delay = succession(entry).delay;
  const base::Micros due = first.arrived - delay.value_or(0);
  const base::Micros early = anchor_->map(time) - due;
  const Anchor* found = anchor_near(entry, time, due);
  const bool out = out_of_place(entry, first, *anchor_);
  // The other tracks had a jump meanwhile that is too small to be seen here alone.
  const bool nearer = delay && found != nullptr && std::abs(found->map(time) - due) + kNearer < std::abs(early);
  if (found != nullptr && (out || nearer)) {
    anchor_ = Anchor(*found);
    return std::nullopt;
  }
  // As the feed's first picture.
  if (out) return first.arrived;
  // Or they are about to have it. Only a picture that comes before it is due shows that: one that comes after it may
  // have been delayed on its way.
  const bool jumped = delay && early > kNearer && !beside_companion(entry, *anchor_, first);
  if (!jumped) return std::nullopt;
  return due + entry.feed_time(first.pts - first.dts).micros();
}

/// What a publisher that comes again had kept meanwhile has no place any more, and would put all that follows ahead of
/// its time: the newest key frame is the first.
void Timeline::start_late(Entry& entry) {
  counters_.dropped_overlap += entry.video->skip_to_newest_key();
  const media::Packet& key = entry.video->first();
  entry.leading_before = key.idr ? INT64_MIN : key.pts;
}

/// The anchor of the feed, or what the track had before its format changed, unless its clock is another.
void Timeline::choose_anchor(Entry& entry) {
  VideoTiming& video = *entry.video;
  if (!anchor_) return choose_first_anchor(entry);
  anchor_ = entry.resume.value_or(*anchor_);
  const media::Packet& first = video.first();
  if (const std::optional<base::Micros> shown = settle_on_anchor(entry, first)) {
    adopt_anchor(video.make_anchor(*shown, entry.not_before, options_.clear_slots));
    ++counters_.reanchors;
  }
  if (const base::Micros later = video.overlap_at_start(*anchor_, entry.not_before); later > 0) {
    move_anchor(*anchor_, later);
  }
}

void Timeline::set_anchor(const Anchor& anchor) {
  adopt_anchor(anchor);
  std::vector<Entry*> audio;
  for (auto& [id, entry] : tracks_) {
    if (entry.audio) audio.push_back(&entry);
  }
  // In the order in which the feed named them, which is that of its languages.
  std::sort(audio.begin(), audio.end(), [](const Entry* a, const Entry* b) { return a->order < b->order; });
  for (Entry* entry : audio) {
    // What lies before the anchor is given out as well: a consumer that has no place for it learns how late audio
    // comes.
    entry->audio->start(*anchor_, entry->not_before);
    announce(entry->audio->track());
  }
}

void Timeline::release_waiting() {
  for (media::Packet& packet : std::exchange(waiting_, {})) {
    Entry& entry = tracks_.at(packet.track_id);
    check_stamps(entry, packet);
    give_audio(entry, std::move(packet));
  }
  for (media::Cue& cue : std::exchange(waiting_cues_, {})) take(std::move(cue));
}

/// The source's clock was set anew: the track continues under the anchor that puts it where it is `expected` (nothing:
/// at its arrival, or at the end of what was given out if that is later), or under one of its own.
void Timeline::follow_jump(Entry& entry, const media::Packet& packet, std::optional<base::Micros> expected) {
  const media::Instant time = entry.feed_time(packet.dts);
  const base::Micros due = expected.value_or(std::max(packet.arrived, floor_));
  if (const Anchor* found = anchor_near(entry, time, due)) {
    anchor_ = Anchor(*found);
  } else {
    const bool at_arrival = entry.video && !expected;
    adopt_anchor(at_arrival ? entry.video->continue_at(packet, floor_, options_.clear_slots)
                            : Anchor{time, {due, base::kSecond}});
    ++counters_.reanchors;
    // Servers that were there do as this one does; those that come later find it.
    if (anchored_at_ == AnchoredAt::kSource && options_.agreed_clock) ask_for_clock(*clock());
  }
  if (!entry.video) {
    entry.audio->change_anchor(*anchor_);
    return;
  }
  if (const base::Micros later = entry.video->overlap(*anchor_, packet); later > 0) move_anchor(*anchor_, later);
  entry.video->change_anchor(*anchor_, packet);
}

/// The anchor that puts `time` nearest to the UTC instant `expected`: another track's, or its own if the jump is a
/// hole.
const Anchor* Timeline::anchor_near(const Entry& entry, media::Instant time, base::Micros expected) const {
  const Anchor* best = nullptr;
  base::Micros least = kSameJump;
  const bool hole = entry.started() && entry.anchor().map(time) >= expected && !entry.watch.too_early();
  const auto consider = [&](const Anchor& anchor) {
    const base::Micros off = std::abs(anchor.map(time) - expected);
    const bool own = entry.started() && anchor.generation == entry.anchor().generation;
    if (off >= least || (own && !hole)) return;
    least = off;
    best = &anchor;
  };
  consider(*anchor_);
  for (const auto& [id, other] : tracks_) {
    if (other.started()) consider(other.anchor());
  }
  return best;
}

void Timeline::adopt_anchor(const Anchor& anchor) {
  anchor_ = anchor;
  anchor_->generation = ++generations_;
}

/// Moves an anchor and all tracks under it, so that they stay together.
void Timeline::move_anchor(Anchor anchor, base::Micros later) {
  anchor.utc = {anchor.utc.ticks + media::rescale(later, base::kSecond, anchor.utc.scale, media::Round::kUp),
                anchor.utc.scale};
  for (auto& [id, entry] : tracks_) {
    if (entry.resume && entry.resume->generation == anchor.generation) entry.resume = anchor;
    if (!entry.started() || entry.anchor().generation != anchor.generation) continue;
    if (entry.video) {
      entry.video->move_anchor(anchor, later);
    } else {
      entry.audio->change_anchor(anchor);
    }
  }
  if (anchor_->generation == anchor.generation) anchor_ = anchor;
}

void Timeline::give_video(Entry& entry, media::Packet&& packet) {
  if (packet.pts > entry.leading_before) entry.leading_before = INT64_MIN;
  if (packet.pts < entry.leading_before) {
    ++counters_.dropped_before_anchor;
    return;
  }
  note_newest(entry, packet);
  succession(entry).delay = packet.arrived - entry.newest;
  count(entry.video->place(packet));
  floor_ = std::max(floor_, entry.video->end());
  out_.on_packet(std::move(packet));
}

void Timeline::give_audio(Entry& entry, media::Packet&& packet) {
  note_newest(entry, packet);
  succession(entry).delay = packet.arrived - entry.newest;
  const Verdict verdict = entry.audio->place(packet);
  count(verdict);
  if (verdict == Verdict::kCovered) return;
  floor_ = std::max(floor_, entry.audio->end());
  out_.on_packet(std::move(packet));
}

void Timeline::count(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPlaced: break;
    case Verdict::kHole: ++counters_.holes; break;
    case Verdict::kRestamped: ++counters_.restamped; break;
    case Verdict::kCovered: ++counters_.dropped_overlap; break;
  }
}

void Timeline::on_restart() {
  tracks_.clear();
  waiting_.clear();
  waiting_cues_.clear();
  anchor_.reset();
  source_clock_.reset();
  kept_.reset();
  asked_ = answered_ = false;
  agreed_.reset();
  anchored_at_ = AnchoredAt::kNothing;
  successions_ = {};
  announced_ = {};
  begun_.reset();
  options_.frame_rate_hint = {};
}

void Timeline::take(const media::Loss&) {
  for (auto& [id, entry] : tracks_) {
    if (!entry.video) continue;
    entry.needs_key = true;
    entry.video->forget_probe();
  }
}

std::optional<base::Micros> Timeline::clock() const {
  if (!anchor_) return std::nullopt;
  return anchor_->map({0, anchor_->feed.scale});
}

void Timeline::not_before(base::Micros utc) { floor_ = std::max(floor_, utc); }

}  // namespace timeline
