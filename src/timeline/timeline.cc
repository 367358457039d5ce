#include "timeline/timeline.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace timeline {
namespace {

// A minute of AAC. Video does not wait here: it waits for its rate, at most 17 frames.
constexpr std::size_t kMostWaiting = 3000;
// Another track's new anchor is this one's too if it puts it no further from its arrival.
constexpr base::Micros kSameJump = 2 * base::kSecond;
// Audio and video may be 10 s apart (TS-6), a source's clock may drift for days, and a stalled sender catch up.
constexpr base::Micros kMostAhead = 20 * base::kSecond;
constexpr base::Micros kMostBehind = 60 * base::kSecond;

base::Micros micros_of(std::int64_t ticks, std::int64_t timescale) {
  return media::rescale(ticks, timescale, base::kSecond);
}

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
    if (!media::same_format(found->second.in, track)) change_format(found->second, track);
    found->second.in = track;
    return;
  }
  Entry& entry = tracks_[track.id];
  entry.in = track;
  if (track.kind() == media::Kind::kVideo) {
    entry.video = std::make_unique<VideoTiming>(track, options_.frame_rate_hint);
    return;
  }
  entry.audio = std::make_unique<AudioTiming>(track);
  if (!anchor_) return;
  entry.audio->start(*anchor_, micros_of(anchor_->utc, anchor_->utc_scale));
  entry.generation = anchor_->generation;
  out_.on_track(entry.audio->track());
}

void Timeline::change_format(Entry& entry, const media::Track& track) {
  if (entry.audio) {
    const base::Micros end = entry.audio->end();
    entry.audio = std::make_unique<AudioTiming>(track);
    if (!anchor_) return;
    entry.audio->start(*anchor_, std::max(end, micros_of(anchor_->utc, anchor_->utc_scale)));
    entry.generation = anchor_->generation;
    out_.on_track(entry.audio->track());
    return;
  }
  entry.needs_key = true;
  if (entry.video->started() && entry.in.video.frame_rate == track.video.frame_rate) {
    entry.video->change_format(track);
    out_.on_track(entry.video->track());
    return;
  }
  entry.not_before = std::max(entry.not_before, entry.video->end());
  entry.video = std::make_unique<VideoTiming>(track, options_.frame_rate_hint);
}

/// The anchor stays: the track that takes its place shares the feed's clock.
void Timeline::take(const media::TrackGone& gone) {
  if (tracks_.erase(gone.track_id) == 0) return;
  std::erase_if(waiting_, [&](const media::Packet& packet) { return packet.track_id == gone.track_id; });
  out_.on_event(gone);
}

void Timeline::take(media::Packet&& packet) {
  const auto found = tracks_.find(packet.track_id);
  if (found == tracks_.end()) return;
  Entry& entry = found->second;
  const base::Micros dts = micros_of(packet.dts, entry.in.timescale);
  const bool jumped = entry.watch.jumped(dts, packet.arrived, {options_.jump_forward, options_.jump_back});
  if (anchor_ && entry.started()) {
    if (jumped || astray(entry, packet)) follow_jump(entry, packet);
  } else if (jumped) {
    forget(entry);
  }
  if (entry.video) {
    on_video(entry, std::move(packet));
  } else {
    on_audio(entry, std::move(packet));
  }
}

/// Whether the packet's time is so far from its arrival that it cannot be meant: its track jumped before it had an
/// anchor.
bool Timeline::astray(const Entry& entry, const media::Packet& packet) const {
  const Anchor& anchor = entry.video ? entry.video->anchor() : entry.audio->anchor();
  const base::Micros time = anchor.map(packet.dts, entry.in.timescale, base::kSecond);
  return time > std::max(packet.arrived, floor_) + kMostAhead || time < packet.arrived - kMostBehind;
}

/// Packets that wait for an anchor, and have stamps from before a jump, find none.
void Timeline::forget(Entry& entry) {
  if (entry.video) {
    entry.needs_key = true;
    entry.video->forget_probe();
    return;
  }
  counters_.dropped_before_anchor += waiting_.size();
  waiting_.clear();
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
  if (entry.video->started()) {
    give_video(entry, std::move(packet));
    return;
  }
  entry.video->probe(std::move(packet));
  if (entry.video->ready() && (anchor_ || !other_video_leads(entry))) start_video(entry);
}

/// Whether another video track was first to have a key frame, and decides the anchor.
bool Timeline::other_video_leads(const Entry& entry) const {
  for (const auto& [id, other] : tracks_) {
    if (&other == &entry) return false;
    if (other.video && other.video->probing()) return !other.video->ready();
  }
  return false;
}

void Timeline::start_video(Entry& entry) {
  VideoTiming& video = *entry.video;
  video.decide_rate();
  if (!anchor_) set_anchor(video.make_anchor(floor_, options_.clear_slots));
  entry.generation = anchor_->generation;
  std::deque<media::Packet> packets = video.start(*anchor_, entry.not_before);
  out_.on_track(video.track());
  release_waiting();
  for (media::Packet& packet : packets) give_video(entry, std::move(packet));
}

void Timeline::set_anchor(const Anchor& anchor) {
  anchor_ = anchor;
  for (auto& [id, entry] : tracks_) {
    if (!entry.audio) continue;
    entry.audio->start(anchor, micros_of(anchor.utc, anchor.utc_scale));
    out_.on_track(entry.audio->track());
  }
}

void Timeline::on_audio(Entry& entry, media::Packet&& packet) {
  if (anchor_) {
    give_audio(entry, std::move(packet));
  } else {
    wait_for_anchor(std::move(packet));
  }
}

void Timeline::wait_for_anchor(media::Packet&& packet) {
  if (waiting_.size() >= kMostWaiting) {
    waiting_.pop_front();
    ++counters_.dropped_overflow;
  }
  waiting_.push_back(std::move(packet));
  const media::Packet& first = waiting_.front();
  const media::Packet& last = waiting_.back();
  const bool video_known =
      std::any_of(tracks_.begin(), tracks_.end(), [](const auto& track) { return track.second.video != nullptr; });
  const base::Micros wait = video_known ? options_.wait_for_key : options_.wait_for_video;
  const base::Micros waited = micros_of(last.pts, tracks_.at(last.track_id).in.timescale) -
                              micros_of(first.pts, tracks_.at(first.track_id).in.timescale);
  if (waited >= wait) flush();
}

void Timeline::flush() {
  for (auto& [id, entry] : tracks_) {
    if (entry.video && entry.video->probing()) start_video(entry);
  }
  if (anchor_ || waiting_.empty()) return;
  const media::Packet& first = waiting_.front();
  set_anchor({first.pts, tracks_.at(first.track_id).in.timescale, std::max(first.arrived, floor_), base::kSecond, 0});
  release_waiting();
}

void Timeline::release_waiting() {
  for (media::Packet& packet : std::exchange(waiting_, {})) {
    Entry& entry = tracks_.at(packet.track_id);
    if (astray(entry, packet)) follow_jump(entry, packet);
    give_audio(entry, std::move(packet));
  }
}

/// The source's clock was set anew: its time goes on where this packet arrived, or where what was given out ends.
void Timeline::follow_jump(Entry& entry, const media::Packet& packet) {
  const base::Micros mapped = anchor_->map(packet.dts, entry.in.timescale, base::kSecond);
  const bool fits = std::abs(mapped - packet.arrived) < kSameJump;
  if (entry.generation >= anchor_->generation || !fits) {
    Anchor next{packet.dts, entry.in.timescale, std::max(packet.arrived, floor_), base::kSecond, 0};
    if (entry.video) next = entry.video->continue_at(packet, floor_, options_.clear_slots);
    next.generation = anchor_->generation + 1;
    anchor_ = next;
    ++counters_.reanchors;
  }
  entry.generation = anchor_->generation;
  if (entry.video) {
    entry.video->change_anchor(*anchor_, packet);
  } else {
    entry.audio->change_anchor(*anchor_);
  }
}

void Timeline::give_video(Entry& entry, media::Packet&& packet) {
  if (packet.pts > entry.leading_before) entry.leading_before = INT64_MIN;
  if (packet.pts < entry.leading_before) {
    ++counters_.dropped_before_anchor;
    return;
  }
  count(entry.video->place(packet));
  floor_ = std::max(floor_, entry.video->end());
  out_.on_packet(std::move(packet));
}

void Timeline::give_audio(Entry& entry, media::Packet&& packet) {
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
  anchor_.reset();
}

void Timeline::take(const media::Loss&) {
  for (auto& [id, entry] : tracks_) {
    if (!entry.video) continue;
    entry.needs_key = true;
    entry.video->forget_probe();
  }
}

void Timeline::not_before(base::Micros utc) { floor_ = std::max(floor_, utc); }

}  // namespace timeline
