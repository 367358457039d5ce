#include "worker/feed_sound.h"

#include <algorithm>
#include <utility>

namespace worker {

void FeedSound::restart() {
  track_.reset();
  listening_.reset();
  loudness_.restart();
  newest_.reset();
  sound_until_.reset();
}

void FeedSound::hear(const media::Event& event) {
  if (const auto* track = std::get_if<media::Track>(&event)) {
    take(*track);
  } else if (const auto* gone = std::get_if<media::TrackGone>(&event)) {
    if (!track_ || track_->id != gone->track_id) return;
    track_.reset();
    listening_.reset();
  } else if (const auto* packet = std::get_if<media::Packet>(&event)) {
    take(*packet);
  }
}

void FeedSound::take(const media::Track& track) {
  if (track.kind() != media::Kind::kAudio || (track_ && track_->id != track.id)) return;
  const bool same = track_ && media::same_format(*track_, track) && track_->timescale == track.timescale;
  track_ = track;
  if (!same) listening_.reset();
  open();
}

void FeedSound::take(const media::Packet& packet) {
  newest_ = packet.arrived;
  if (!sound_until_) sound_until_ = packet.arrived;
  if (!track_ || packet.track_id != track_->id) return;
  sound_until_ = packet.arrived;
  if (listening_) listening_->probe.feed(packet, *listening_, measured_ ? &loudness_ : nullptr);
}

void FeedSound::listen(bool on) {
  listens_ = on;
  open();
}

void FeedSound::open() {
  if (!listens_ || !track_) return listening_.reset();
  if (listening_) return;
  auto made = transcode::LoudnessProbe::make(*track_, align::Envelope::kHop, silence_peak_);
  if (made.ok()) listening_ = std::make_unique<Listening>(made.take());
}

void FeedSound::forget() {
  if (listening_) listening_->envelope.restart();
}

loudness::Reading FeedSound::loudness(base::Micros utc) const {
  loudness::Reading reading = loudness_.reading();
  if (!sounds(utc)) reading.momentary = reading.short_term = std::nullopt;
  return reading;
}

std::optional<double> FeedSound::loudness_of(std::uint32_t track_id) const {
  return track_ && track_->id == track_id ? loudness_.reading().integrated : std::nullopt;
}

FeedSound::Health FeedSound::health(base::Micros utc) const {
  if (!listens_ || !sound_until_) return {};
  Health health;
  if (listening_) health = {listening_->probe.heard(), listening_->probe.silent()};
  const base::Micros missing = utc - *sound_until_;
  if (missing >= kMissing) health.silent_for += missing;
  return health;
}

}  // namespace worker
