#include "rtmp/tag_demuxer.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "media/describe.h"
#include "media/nal.h"
#include "rtmp/cue_point.h"
#include "rtmp/data_event.h"
#include "rtmp/text_event.h"

namespace rtmp {
namespace {

using base::Bytes;
using base::View;
using media::Codec;

constexpr std::size_t kMaxFeedTracks = 16;  // RT-42
constexpr std::int64_t kSmoothed = 100;     // RT-26, milliseconds
constexpr int kSurelyOther = 4;             // frames in a row of another codec: the first few may be damaged
constexpr std::int64_t kTimescale = 1000;
// How far a cue point's own time may be from its message's, and a text's from the newest media's. Units: ms.
constexpr double kCueBehind = 5000;
constexpr double kCueAhead = 60'000;
constexpr std::uint32_t kVideoIds = 1000;
constexpr std::uint32_t kAudioIds = 2000;

/// The slice of `payload` that `part` looks at.
Bytes slice_of(const Bytes& payload, View part) {
  return payload.slice(static_cast<std::size_t>(part.data() - payload.data()), part.size());
}

/// Codecs whose frames say all there is to know.
bool describes_itself(Codec codec) { return codec == Codec::kAc3 || codec == Codec::kEac3 || codec == Codec::kMp3; }

bool has_nal_units(Codec codec) { return codec == Codec::kH264 || codec == Codec::kHevc; }

}  // namespace

void TagDemuxer::feed(Type type, std::uint32_t timestamp, base::Micros arrived, const Bytes& payload) {
  if (type == Type::kDataAmf0) {
    on_data(timestamp, arrived, payload.view());
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
    on_unplayable(*state, part);
  } else if (part.unit == Unit::kFrames) {
    state->strange = 0;
    on_frames(*state, part, arrived, payload);
  } else if (part.unit == Unit::kMetadata) {
    on_colour(*state, part);
  } else {
    on_sequence_start(*state, part);
  }
}

void TagDemuxer::on_unplayable(TrackState& state, const TagPart& part) {
  const char* const kind = part.kind == media::Kind::kVideo ? "video track " : "audio track ";
  drop(&state, Notice::Kind::kUnplayable, kind + std::to_string(part.track) + ": cannot play " + part.codec_name());
  if (!state.announced || part.unit != Unit::kFrames || ++state.strange < kSurelyOther) return;
  flush(state);
  state.announced = false;
  sink_.on_event(media::TrackGone{state.track.id});
}

void TagDemuxer::on_sequence_start(TrackState& state, const TagPart& part) {
  if (describes_itself(*part.codec)) return;  // its frames will tell
  if (has_nal_units(*part.codec)) {
    on_nal_header(state, part);
    return;
  }
  base::Result<Bytes> config = parse_sequence_start(part);
  if (!config) {
    drop(&state, Notice::Kind::kBadConfig, config.error().message());
    return;
  }
  announce_config(state, *part.codec, *config, Notice::Kind::kBadConfig);
}

/// Announces a track with this configuration unless it is the one announced. False where it cannot be described.
bool TagDemuxer::announce_config(TrackState& state, Codec codec, const Bytes& config, Notice::Kind otherwise) {
  if (state.announced && state.track.codec == codec && same_config(codec, state.track.config.view(), config.view())) {
    return true;
  }
  media::Track track;
  track.id = state.track.id;
  track.codec = codec;
  track.config = config;
  if (track.kind() == media::Kind::kVideo) track.video.frame_rate = info_.frame_rate;
  base::Result<media::Track> described = media::describe(std::move(track));
  if (!described) {
    drop(&state, otherwise, described.error().message());
    return false;
  }
  announce(state, described.take());
  return true;
}

/// Reports a track that is new or has changed to the sink; a repeated sequence header changes nothing (RT-24).
void TagDemuxer::announce(TrackState& state, media::Track track) {
  track.id = state.track.id;
  track.timescale = kTimescale;
  for (const auto& [id, language] : info_.audio_languages) {
    if (track.kind() == media::Kind::kAudio && track.id == kAudioIds + id) track.language = language;
  }
  if (state.colour) {
    track.video.colour = state.colour->colour;
    if (state.colour->bit_depth != 0) track.video.bit_depth = state.colour->bit_depth;
  }
  if (state.announced && media::same_format(state.track, track)) return;
  give_early(state);
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

void TagDemuxer::on_data(std::uint32_t timestamp, base::Micros arrived, View payload) {
  base::Result<StreamInfo> info = parse_metadata(payload);
  if (!info) return on_cue_point(timestamp, arrived, payload);  // RT-23: advisory, as is all that travels this way
  info_ = info.take();
  sink_.on_stream_info(info_);
  announced_ = {info_.video, info_.audio};
  sink_.on_event(announced_);
}

void TagDemuxer::on_cue_point(std::uint32_t timestamp, base::Micros arrived, View payload) {
  if (!clock_begun_) return;
  std::int64_t time = time_ + static_cast<std::int32_t>(timestamp - last_timestamp_);
  base::Result<CuePoint> cue = parse_cue_point(payload);
  if (!cue) {
    if (base::Result<FrameInfo> info = parse_frame_info(payload)) {
      info->time = time;
      return sink_.on_frame_info(*info);
    }
    on_text(time, arrived, payload);
    base::Result<Bytes> tag = parse_data_event(payload);
    if (tag) sink_.on_event(media::Cue{tag.take(), {time, kTimescale}, arrived, false, media::Cue::Kind::kId3});
    return;
  }
  // Encoders whose "time" counts from elsewhere send the message when the splice takes place.
  const double ahead = cue->seconds.value_or(0) * kTimescale - static_cast<double>(time);
  if (cue->seconds && ahead >= -kCueBehind && ahead <= kCueAhead) time += std::llround(ahead);
  sink_.on_event(media::Cue{cue->section, {time, kTimescale}, arrived, false});
}

void TagDemuxer::on_text(std::int64_t time, base::Micros arrived, View payload) {
  base::Result<TextEvent> event = parse_text_event(payload);
  if (!event) {
    if (event.error().code != base::Code::kNotFound) ++counters_.texts_bad;
    return;
  }
  ++counters_.texts;
  if (event->repaired) ++counters_.texts_bad;
  // Some senders of data stamp all of it with 0.
  const double ahead = static_cast<double>(time - time_);
  if (ahead < -kCueBehind || ahead > kCueAhead) time = time_;
  sink_.on_event(media::Text{std::move(event->text), std::move(event->language), {time, kTimescale}, arrived});
}

void TagDemuxer::on_frames(TrackState& state, const TagPart& part, base::Micros arrived, const Bytes& payload) {
  if (part.body.empty()) return;  // RT-25: silence
  const Codec codec = *part.codec;
  if (has_nal_units(codec)) {
    on_nal_frames(state, part, arrived, slice_of(payload, part.body));
    return;
  }
  if (codec == Codec::kAac && on_adts(state, part, arrived, payload)) return;
  if (describes_itself(codec) && !describe_by_frame(state, part)) return;
  media::Packet packet;
  packet.arrived = arrived;
  packet.key = part.key;
  packet.idr = part.key;
  packet.data = slice_of(payload, part.body);
  if (codec == Codec::kAv1 && !shape_av1(state, packet)) return;
  const bool same = state.track.codec == codec;
  if (same && !state.announced && !state.track.config.empty()) announce(state, state.track);
  if (!same || !state.announced) {
    drop(&state, Notice::Kind::kNoConfig, "frames before their sequence header");
    return;
  }
  give(state, {time_, part.composition, part.nanoseconds}, std::move(packet));
}

/// Announces a track by its own frame; false where the frame does not parse.
bool TagDemuxer::describe_by_frame(TrackState& state, const TagPart& part) {
  base::Result<media::Track> track = describe_frame(*part.codec, part.body);
  if (!track) {
    drop(&state, Notice::Kind::kDamagedFrame, track.error().message());
    return false;
  }
  // Only what playlists and init sections declare makes a new track: E-AC-3 headers differ in bit rate from frame to
  // frame.
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

void TagDemuxer::give(TrackState& state, const Moment& moment, media::Packet&& packet) {
  constexpr std::uint32_t kHalfMillisecond = 500'000;
  std::int32_t composition = moment.composition;
  if (state.track.kind() == media::Kind::kVideo) {
    composition = state.composition.filter(moment.time, moment.composition);
    if (composition != moment.composition) {
      ++counters_.repaired;
      notice(&state, Notice::Kind::kBadTime,
             "composition time of " + std::to_string(moment.composition) + " ms, taken for " +
                 std::to_string(composition) + " ms");
    }
  }
  packet.track_id = state.track.id;
  packet.dts = state.order.active() ? state.order.next(moment.time) : moment.time;
  if (state.begun && packet.dts <= state.last_dts && state.last_dts - packet.dts <= kSmoothed) {
    packet.dts = state.last_dts + 1;
  }
  packet.pts = moment.time + composition + (moment.nanoseconds >= kHalfMillisecond ? 1 : 0);
  if (composition >= 0) packet.pts = std::max(packet.pts, packet.dts);
  state.begun = true;
  state.last_dts = packet.dts;
  ++counters_.packets;
  sink_.on_packet(std::move(packet));
}

TagDemuxer::TrackState* TagDemuxer::track_of(const TagPart& part) {
  const std::uint32_t id = (part.kind == media::Kind::kVideo ? kVideoIds : kAudioIds) + part.track;
  for (TrackState& state : tracks_) {
    if (state.track.id == id) return &state;
  }
  if (tracks_.size() == kMaxFeedTracks) return nullptr;
  tracks_.emplace_back();
  tracks_.back().track.id = id;
  return &tracks_.back();
}

/// Counts what is left out; reports it to the sink the first time.
void TagDemuxer::drop(TrackState* state, Notice::Kind kind, std::string text) {
  ++counters_.dropped;
  notice(state, kind, std::move(text));
}

void TagDemuxer::notice(TrackState* state, Notice::Kind kind, std::string text) {
  std::uint32_t& noticed = state != nullptr ? state->noticed : noticed_;
  const std::uint32_t bit = 1U << static_cast<unsigned>(kind);
  if ((noticed & bit) != 0) return;
  noticed |= bit;
  sink_.on_notice({kind, state != nullptr ? state->track.id : 0, std::move(text)});
  if (kind != Notice::Kind::kUnplayable || state == nullptr) return;
  // What will never come is not to be waited for.
  bool& announced = state->track.id < kAudioIds ? announced_.video : announced_.audio;
  if (std::exchange(announced, false)) sink_.on_event(announced_);
}

}  // namespace rtmp
