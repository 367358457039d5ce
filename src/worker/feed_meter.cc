#include "worker/feed_meter.h"

#include "media/time.h"

namespace worker {

void FeedMeter::Follower::take(base::Micros arrived, base::Micros stamp) {
  const base::Micros zero = arrived - stamp;
  if (begun && (arrived < *begun || arrived - *begun >= kSpan)) {
    if (arrived >= *begun) pace = Pace{soonest, latest - soonest};
    begun.reset();
  }
  if (!begun) {
    begun = arrived;
    soonest = latest = zero;
  }
  soonest = std::min(soonest, zero);
  latest = std::max(latest, zero);
}

void FeedMeter::take(const media::Event& event) {
  if (const auto* track = std::get_if<media::Track>(&event)) {
    note(*track);
  } else if (const auto* gone = std::get_if<media::TrackGone>(&event)) {
    note(*gone);
  } else if (const auto* packet = std::get_if<media::Packet>(&event)) {
    note(*packet);
  }
}

void FeedMeter::note(const media::Track& track) {
  if (track.kind() == media::Kind::kText || track.timescale <= 0) return;
  Follower& follower = track.kind() == media::Kind::kVideo ? video_ : audio_;
  if (follower.track && *follower.track != track.id) return;
  follower.track = track.id;
  follower.timescale = track.timescale;
}

void FeedMeter::note(const media::TrackGone& gone) {
  for (Follower* follower : {&video_, &audio_}) {
    if (follower->track == gone.track_id) *follower = {};
  }
}

void FeedMeter::note(const media::Packet& packet) {
  if (packet.track_id == video_.track) {
    const base::Micros stamp = media::rescale(packet.dts, video_.timescale, base::kSecond);
    video_.take(packet.arrived, stamp);
    note_picture(packet, stamp);
  } else if (packet.track_id == audio_.track) {
    audio_.take(packet.arrived, media::rescale(packet.pts, audio_.timescale, base::kSecond));
  }
}

void FeedMeter::note_picture(const media::Packet& packet, base::Micros stamp) {
  ++pictures_;
  const base::Micros step = newest_ ? stamp - *newest_ : 0;
  if (step > 0 && step <= kMostStep) played_ += step;
  newest_ = stamp;
  if (!packet.key) return;
  if (key_frames_ > 0) gop_ = played_ - key_at_;
  ++key_frames_;
  if (!packet.idr) ++open_;
  key_at_ = played_;
}

std::optional<base::Micros> FeedMeter::sound_behind() const {
  if (!video_.pace || !audio_.pace) return std::nullopt;
  return audio_.pace->zero - video_.pace->zero;
}

}  // namespace worker
