#include "rtmp/tag_demuxer.h"

#include <algorithm>
#include <utility>

#include "media/av1.h"
#include "media/describe.h"
#include "media/nal.h"

namespace rtmp {
namespace {

using base::Bytes;
using base::View;
using media::Codec;

constexpr std::size_t kMaxFeedTracks = 16;  // RT-42
constexpr std::int64_t kSmoothed = 100;     // RT-26, milliseconds
constexpr std::int64_t kTimescale = 1000;

/// The slice of `payload` that `part` looks at.
Bytes slice_of(const Bytes& payload, View part) {
  return payload.slice(static_cast<std::size_t>(part.data() - payload.data()), part.size());
}

/// Codecs whose frames say all there is to know.
bool describes_itself(Codec codec) { return codec == Codec::kAc3 || codec == Codec::kEac3 || codec == Codec::kMp3; }

}  // namespace

void TagDemuxer::feed(Type type, std::uint32_t timestamp, base::Micros arrived, const Bytes& payload) {
  if (type == Type::kDataAmf0) {
    on_data(payload.view());
    return;
  }
  if (type != Type::kAudio && type != Type::kVideo) return;

  // The signed difference carries the clock over its wrap, and back for the other track's older message.
  time_ = clock_begun_ ? time_ + static_cast<std::int32_t>(timestamp - last_timestamp_) : timestamp;
  clock_begun_ = true;
  last_timestamp_ = timestamp;

  const base::Result<std::vector<TagPart>> parts = parse_tag(type, payload.view());
  if (!parts) {
    drop(nullptr, Notice::Kind::kBadTag, parts.error().message());
    return;
  }
  for (const TagPart& part : *parts) on_part(part, arrived, payload);
}

void TagDemuxer::on_part(const TagPart& part, base::Micros arrived, const Bytes& payload) {
  if (part.unit == Unit::kCommand || part.unit == Unit::kSequenceEnd || part.unit == Unit::kChannels) return;
  TrackState* state = track_of(part);
  if (state == nullptr) {
    drop(nullptr, Notice::Kind::kTooManyTracks, "more than 16 tracks");
  } else if (part.unit == Unit::kUnknown) {
    drop(state, Notice::Kind::kUnknownPacket, "unknown packet type");
  } else if (!part.codec) {
    drop(state, Notice::Kind::kUnplayable, part.codec_name());
  } else if (part.unit == Unit::kFrames) {
    on_frames(*state, part, arrived, payload);
  } else if (part.unit == Unit::kMetadata) {
    on_colour(*state, part);
  } else {
    on_sequence_start(*state, part);
  }
}

void TagDemuxer::on_sequence_start(TrackState& state, const TagPart& part) {
  if (describes_itself(*part.codec)) return;  // its frames will tell
  base::Result<TrackConfig> config = parse_sequence_start(part);
  if (!config) {
    drop(&state, Notice::Kind::kBadConfig, config.error().message());
    return;
  }
  media::Track track;
  track.id = state.track.id;
  track.codec = *part.codec;
  track.config = config->config;
  if (track.kind() == media::Kind::kVideo) track.video.frame_rate = info_.frame_rate;
  base::Result<media::Track> described = media::describe(std::move(track));
  if (!described) {
    drop(&state, Notice::Kind::kBadConfig, described.error().message());
    return;
  }
  state.length_size = config->length_size;
  announce(state, described.take());
}

/// Tells the sink of a track that is new or has changed; a repeated sequence header changes nothing (RT-24).
void TagDemuxer::announce(TrackState& state, media::Track track) {
  track.id = state.track.id;
  track.timescale = kTimescale;
  for (const auto& [id, language] : info_.audio_languages) {
    if (track.kind() == media::Kind::kAudio && track.id == 2000U + id) track.language = language;
  }
  if (state.colour) {
    track.video.colour = state.colour->colour;
    if (state.colour->bit_depth != 0) track.video.bit_depth = state.colour->bit_depth;
  }
  if (state.announced && media::same_format(state.track, track)) return;
  state.track = std::move(track);
  state.announced = true;
  sink_.on_track(state.track);
}

void TagDemuxer::on_colour(TrackState& state, const TagPart& part) {
  const base::Result<ColourSignal> info = parse_colour_info(part.body);
  if (!info) return;  // metadata of another name, or of the future
  state.colour = *info;
  if (state.announced) announce(state, state.track);
}

void TagDemuxer::on_data(View payload) {
  base::Result<StreamInfo> info = parse_metadata(payload);
  if (!info) return;  // RT-23: advisory, and cue points and captions travel the same way
  info_ = info.take();
  sink_.on_stream_info(info_);
}

void TagDemuxer::on_frames(TrackState& state, const TagPart& part, base::Micros arrived, const Bytes& payload) {
  if (part.body.empty()) return;  // RT-25: silence
  if (describes_itself(*part.codec) && !describe_by_frame(state, part)) return;
  if (!state.announced || state.track.codec != *part.codec) {
    drop(&state, Notice::Kind::kNoConfig, "frames before their sequence header");
    return;
  }
  media::Packet packet;
  packet.track_id = state.track.id;
  packet.arrived = arrived;
  packet.key = part.key;
  packet.idr = part.key;
  if (part.kind == media::Kind::kAudio) {
    packet.data = slice_of(payload, part.body);
  } else if (!shape_video(state, part, payload, packet)) {
    return;
  }
  set_times(state, part, packet);
  ++counters_.packets;
  sink_.on_packet(std::move(packet));
}

/// Announces a track by its own frame; false where the frame does not parse.
bool TagDemuxer::describe_by_frame(TrackState& state, const TagPart& part) {
  base::Result<media::Track> track = describe_frame(*part.codec, part.body);
  if (!track) {
    drop(&state, Notice::Kind::kDamagedFrame, track.error().message());
    return false;
  }
  // Only what a player is told makes a new track: E-AC-3 headers differ in bit rate from frame to frame.
  const bool same = state.announced && state.track.codec == track->codec && state.track.audio == track->audio;
  if (same) return true;
  base::Result<media::Track> described = media::describe(track.take());
  if (!described) {
    drop(&state, Notice::Kind::kDamagedFrame, described.error().message());
    return false;
  }
  announce(state, described.take());
  return true;
}

/// Fills data, key and idr of a video packet; false where the frame is to be left out.
bool TagDemuxer::shape_video(TrackState& state, const TagPart& part, const Bytes& payload, media::Packet& packet) {
  packet.data = slice_of(payload, part.body);
  if (*part.codec == Codec::kAv1) {
    const base::Result<std::vector<media::av1::Obu>> obus = media::av1::split_obus(part.body);
    if (!obus) {
      drop(&state, Notice::Kind::kDamagedFrame, obus.error().message());
      return false;
    }
    std::size_t delimiters = 0;
    for (const media::av1::Obu& obu : *obus) {
      if (obu.type != media::av1::kTemporalDelimiter) break;
      delimiters += obu.whole.size();
    }
    packet.data = packet.data.slice(delimiters);
    return !packet.data.empty();
  }
  if (*part.codec != Codec::kH264 && *part.codec != Codec::kHevc) return true;

  const base::Result<std::vector<View>> nals = media::split_lengths(part.body, state.length_size);
  if (!nals) {
    drop(&state, Notice::Kind::kDamagedFrame, nals.error().message());
    return false;
  }
  const media::Picture picture = media::inspect(*part.codec, *nals);
  if (!picture.coded) return false;  // parameter sets or SEI alone: sequence headers rule
  packet.key = part.key || picture.key;
  packet.idr = picture.idr;
  std::size_t framed = 0;
  for (const View nal : *nals) framed += 4 + nal.size();
  // The usual frame, with 4-byte lengths and no empty unit, is passed on as it lies.
  if (state.length_size != 4 || framed != part.body.size()) packet.data = media::join_lengths(*nals);
  return true;
}

void TagDemuxer::set_times(TrackState& state, const TagPart& part, media::Packet& packet) {
  constexpr std::uint32_t kHalfMillisecond = 500'000;
  packet.pts = time_ + part.composition + (part.nanoseconds >= kHalfMillisecond ? 1 : 0);
  state.dts_shift = std::max<std::int64_t>(state.dts_shift, -part.composition);
  packet.dts = time_ - state.dts_shift;
  if (state.begun && packet.dts <= state.last_dts && state.last_dts - packet.dts <= kSmoothed) {
    packet.dts = state.last_dts + 1;
  }
  packet.pts = std::max(packet.pts, packet.dts);
  state.begun = true;
  state.last_dts = packet.dts;
}

TagDemuxer::TrackState* TagDemuxer::track_of(const TagPart& part) {
  const std::uint32_t id = (part.kind == media::Kind::kVideo ? 1000U : 2000U) + part.track;
  for (TrackState& state : tracks_) {
    if (state.track.id == id) return &state;
  }
  if (tracks_.size() == kMaxFeedTracks) return nullptr;
  tracks_.emplace_back();
  tracks_.back().track.id = id;
  return &tracks_.back();
}

/// Counts what is left out, and tells the sink the first time.
void TagDemuxer::drop(TrackState* state, Notice::Kind kind, std::string text) {
  ++counters_.dropped;
  std::uint32_t& noticed = state != nullptr ? state->noticed : noticed_;
  const std::uint32_t bit = 1U << static_cast<unsigned>(kind);
  if ((noticed & bit) != 0) return;
  noticed |= bit;
  sink_.on_notice({kind, state != nullptr ? state->track.id : 0, std::move(text)});
}

}  // namespace rtmp
