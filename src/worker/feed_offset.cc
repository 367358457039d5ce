#include "worker/feed_offset.h"

#include <cstdlib>
#include <utility>

#include "base/log.h"
#include "media/time.h"

namespace worker {
namespace {

// The 33 bits of 90 kHz of a transport stream's time stamps.
constexpr base::Micros kStampPeriod = (std::int64_t{1} << 33) * 100 / 9;
// A clock that differs by less is the same: its stamps are rounded.
constexpr base::Micros kSameClock = base::kMillisecond;

/// The distance of two clocks whose stamps start again after kStampPeriod.
base::Micros distance(base::Micros from, base::Micros to) {
  const base::Micros apart = to - from;
  return apart - media::floor_div(apart + kStampPeriod / 2, kStampPeriod) * kStampPeriod;
}

}  // namespace

void FeedOffset::restart(feed::Id id) {
  heard(id) = Heard{};
  forget();
}

/// What was believed does not hold for what comes now.
void FeedOffset::forget() {
  for (Heard& of : heard_) {
    if (of.ear) of.ear->envelope.restart();
  }
  tracker_.restart();
  settle();
}

void FeedOffset::hear(feed::Id id, const media::Event& event) {
  Heard& from = heard(id);
  if (const auto* track = std::get_if<media::Track>(&event)) {
    take(from, *track);
  } else if (const auto* gone = std::get_if<media::TrackGone>(&event)) {
    if (!from.track || from.track->id != gone->track_id) return;
    from.track.reset();
    listen();
  } else if (const auto* packet = std::get_if<media::Packet>(&event)) {
    if (from.ear && packet->track_id == from.track->id) from.ear->probe.feed(*packet, *from.ear);
  }
}

void FeedOffset::take(Heard& from, const media::Track& track) {
  if (track.kind() != media::Kind::kAudio || (from.track && from.track->id != track.id)) return;
  const bool same = from.track && media::same_format(*from.track, track) && from.track->timescale == track.timescale;
  from.track = track;
  if (!same) from.ear.reset();
  listen();
}

/// Both, or none: one alone tells nothing.
void FeedOffset::listen() {
  const bool both = heard_[0].track && heard_[1].track;
  for (Heard& of : heard_) {
    if (!both) of.ear.reset();
    if (!both || of.ear) continue;
    auto made = transcode::LoudnessProbe::make(*of.track, align::Envelope::kHop);
    if (made.ok()) of.ear = std::make_unique<Ear>(made.take());
  }
}

void FeedOffset::tick(base::Micros utc, const Clocks& clocks) {
  note_clocks(clocks);
  if (utc < next_ || !heard_[0].ear || !heard_[1].ear) return;
  compare();
  next_ = utc + (tracker_.offset() ? kWatch : kSearch);
}

/// A feed whose clock was anchored anew is elsewhere than before.
void FeedOffset::note_clocks(const Clocks& clocks) {
  bool jumped = false;
  for (std::size_t i = 0; i < clocks.size(); ++i) {
    const std::optional<base::Micros> before = std::exchange(heard_[i].clock, clocks[i]);
    jumped = jumped || (before && clocks[i] && std::abs(distance(*before, *clocks[i])) > kSameClock);
  }
  if (jumped) forget();
}

void FeedOffset::compare() {
  const align::Match match = correlator_.compare(heard_[0].ear->envelope, heard_[1].ear->envelope);
  tracker_.note(match);
  settle();
}

/// Time stamps of one clock are exact; loudness tells whether they are.
void FeedOffset::settle() {
  const Known before = std::exchange(known_, Known{});
  if (tracker_.offset()) {
    known_ = {job::Alignment::kLoudness, tracker_.offset()->value, tracker_.offset()->confidence};
    const auto& [primary, backup] = std::pair(heard_[0].clock, heard_[1].clock);
    if (primary && backup) {
      const base::Micros by_stamps = distance(*primary, *backup);
      const bool agrees = std::abs(by_stamps - known_.offset) <= align::OffsetTracker::kSame;
      if (agrees) known_ = {job::Alignment::kPts, by_stamps, known_.confidence};
    }
  }
  const bool news =
      known_.method != before.method || std::abs(known_.offset - before.offset) > 2 * align::OffsetTracker::kSame;
  if (!news) return;
  if (known_.method == job::Alignment::kNone) {
    base::log_info("worker", "it is not known any more how far the feeds are apart", {{"channel", channel_}});
    return;
  }
  base::log_info("worker", "both feeds carry one programme",
                 {{"channel", channel_},
                  {"method", job::to_string(known_.method)},
                  {"backup_behind_ms", known_.offset / base::kMillisecond}});
}

}  // namespace worker
