#include "worker/sbr_finder.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "media/aac.h"
#include "media/describe.h"
#include "transcode/decoder.h"

namespace worker {
namespace {

/// A configuration that says nothing of SBR, neither that it is there nor that it is not: two bytes.
bool may_have_sbr(const media::Track& track) {
  if (track.codec != media::Codec::kAac || track.config.size() != 2) return false;
  const auto config = media::aac::parse_config(track.config.view());
  return config.ok() && config->object_type == 2 && !config->sbr &&
         config->core_sample_rate <= SbrFinder::kMostCoreRate && config->channels > 0;
}

/// Whether a decoder makes twice as many samples of it.
bool has_sbr(const media::Track& track, const media::Packet& packet) {
  auto decoder = transcode::Decoder::make(track);
  if (!decoder.ok() || !decoder->send(packet, 0)) return false;
  const transcode::FramePtr frame = decoder->receive();
  return frame != nullptr && frame->sample_rate == 2 * track.audio.sample_rate;
}

media::Track with_sbr(const media::Track& track) {
  media::Track changed = track;
  changed.config = media::aac::with_sbr(track.config.view());
  auto described = media::describe(std::move(changed));
  return described.ok() ? described.take() : track;
}

}  // namespace

bool SbrFinder::holds(media::Event& event) {
  if (const auto* gone = std::get_if<media::TrackGone>(&event)) return held_.erase(gone->track_id) > 0;
  auto* track = std::get_if<media::Track>(&event);
  if (track == nullptr) return false;
  held_.erase(track->id);
  if (!may_have_sbr(*track)) return false;
  const auto known = known_.find(track->id);
  if (known != known_.end() && std::ranges::equal(known->second.config.view(), track->config.view())) {
    if (known->second.sbr) *track = with_sbr(*track);
    return false;
  }
  held_[track->id] = *track;
  return true;
}

std::optional<media::Track> SbrFinder::released_by(const media::Event& event) {
  const auto* packet = std::get_if<media::Packet>(&event);
  if (packet == nullptr || held_.empty()) return std::nullopt;
  auto held = held_.extract(packet->track_id);
  if (held.empty()) return std::nullopt;
  const media::Track& track = held.mapped();
  const bool sbr = has_sbr(track, *packet);
  known_[track.id] = {track.config, sbr};
  return sbr ? with_sbr(track) : track;
}

}  // namespace worker
