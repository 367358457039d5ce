// What a TagDemuxer does with the codecs whose frames have to be looked into: H.264 and HEVC, AV1, AAC in ADTS.

#include <utility>

#include "media/aac.h"
#include "media/av1.h"
#include "rtmp/adts.h"
#include "rtmp/tag_demuxer.h"

namespace rtmp {

using base::Bytes;
using media::Codec;

NalTrack& TagDemuxer::nal_of(TrackState& state, Codec codec) {
  if (!state.nal || state.nal->codec() != codec) {
    flush(state);
    state.nal = std::make_unique<NalTrack>(codec);
  }
  return *state.nal;
}

/// A sequence header: the decoder configuration of the pictures after it.
void TagDemuxer::on_nal_header(TrackState& state, const TagPart& part) {
  NalTrack& nal = nal_of(state, *part.codec);
  flush(state);
  if (const base::Status status = nal.take_header(part.body); !status.ok()) {
    drop(&state, Notice::Kind::kBadConfig, status.error().message());
    return;
  }
  // Once pictures have come, the configuration is announced with the next key frame (see deliver()): parameter sets
  // that come with that frame may differ from the header's, and take precedence.
  const Bytes& config = nal.config();
  if (!state.begun && !config.empty()) announce_config(state, nal.codec(), config, Notice::Kind::kBadConfig);
}

/// Takes NAL units in, and delivers the pictures that they make whole: none, one or more.
void TagDemuxer::on_nal_frames(TrackState& state, const TagPart& part, base::Micros arrived, Bytes body) {
  NalTrack& nal = nal_of(state, *part.codec);
  const std::uint64_t late = nal.late_pieces();
  std::vector<AccessUnit> whole;
  if (const base::Status status = nal.feed(part, time_, arrived, std::move(body), whole); !status.ok()) {
    drop(&state, Notice::Kind::kDamagedFrame, status.error().message());
    return;
  }
  if (nal.late_pieces() != late) drop(&state, Notice::Kind::kDamagedFrame, "a slice after its picture");
  for (const AccessUnit& unit : whole) deliver(state, unit);
}

/// Gives a whole picture out; where it is a key frame with another configuration, announces that first.
void TagDemuxer::deliver(TrackState& state, const AccessUnit& unit) {
  NalTrack& nal = *state.nal;
  std::optional<NalTrack::Frame> frame = nal.open(unit);
  if (!frame) return;  // parameter sets alone, or not decodable before the next key frame
  const Bytes& config = nal.config();
  if (frame->key && !config.empty()) announce_config(state, nal.codec(), config, Notice::Kind::kBadConfig);
  if (!state.announced || state.track.codec != nal.codec()) {
    drop(&state, Notice::Kind::kNoConfig, "frames before their sequence header, or a key frame with parameter sets");
    return;
  }
  media::Packet packet;
  packet.arrived = unit.arrived;
  packet.key = frame->key;
  packet.idr = frame->idr;
  packet.data = std::move(frame->data);
  give_picture(state, {unit.time, unit.composition, unit.nanoseconds}, std::move(packet));
}

/// Holds the first pictures of a track back until it is known what their stamps mean.
void TagDemuxer::give_picture(TrackState& state, const Moment& moment, media::Packet&& packet) {
  if (state.order_known) {
    give(state, moment, std::move(packet));
    return;
  }
  state.early.push_back({moment, std::move(packet)});
  const bool composed = moment.composition != 0;
  const bool slow = moment.time - state.early.front().moment.time > StampOrder::kLongest;
  if (composed || slow || state.early.size() == StampOrder::kEnough ||
      !may_reorder(state.track.codec, state.track.config.view())) {
    give_early(state);
  }
}

void TagDemuxer::give_early(TrackState& state) {
  if (state.early.empty()) return;
  std::vector<std::int64_t> stamps;
  for (const EarlyPicture& picture : state.early) stamps.push_back(picture.moment.time);
  if (state.early.back().moment.composition == 0) state.order.begin(stamps);
  state.order_known = true;
  for (EarlyPicture& picture : std::exchange(state.early, {})) give(state, picture.moment, std::move(picture.packet));
}

void TagDemuxer::flush(TrackState& state) {
  if (!state.nal) return;
  if (const std::optional<AccessUnit> unit = state.nal->flush()) deliver(state, *unit);
  give_early(state);
}

void TagDemuxer::flush() {
  for (TrackState& state : tracks_) flush(state);
}

/// Takes the temporal delimiter off, and the sequence header over; false where the frame is to be left out.
bool TagDemuxer::shape_av1(TrackState& state, media::Packet& packet) {
  const base::Result<std::vector<media::av1::Obu>> obus = media::av1::split_obus(packet.data.view());
  if (!obus) {
    drop(&state, Notice::Kind::kDamagedFrame, obus.error().message());
    return false;
  }
  std::size_t delimiters = 0;
  bool leading = true;
  for (const media::av1::Obu& obu : *obus) {
    leading = leading && obu.type == media::av1::kTemporalDelimiter;
    if (leading) delimiters += obu.whole.size();
    if (obu.type != media::av1::kSequenceHeader || !packet.key) continue;
    const auto config = media::av1::make_av1c(obu.whole);
    if (config.ok()) announce_config(state, Codec::kAv1, *config, Notice::Kind::kBadConfig);
  }
  packet.data = packet.data.slice(delimiters);
  return !packet.data.empty();
}

/// AAC in ADTS, which FLV does not have and encoders send: true where the message was that.
bool TagDemuxer::on_adts(TrackState& state, const TagPart& part, base::Micros arrived, const Bytes& payload) {
  const std::vector<AdtsFrame> frames = split_adts(part.body);
  std::int64_t samples = 0;
  for (const AdtsFrame& frame : frames) {
    const auto config = media::aac::config_of_adts(frame.whole);
    if (!config) {
      drop(&state, Notice::Kind::kDamagedFrame, config.error().message());
      continue;
    }
    if (!agrees_with_adts(state.track, frame.whole) || !state.announced) {
      if (!announce_config(state, Codec::kAac, *config, Notice::Kind::kDamagedFrame)) continue;
    }
    media::Packet packet;
    packet.arrived = arrived;
    packet.key = packet.idr = true;
    packet.data = payload.slice(static_cast<std::size_t>(frame.raw.data() - payload.data()), frame.raw.size());
    const int rate = state.track.audio.sample_rate;
    const std::int64_t after = rate > 0 ? media::rescale(samples, rate, state.track.timescale) : 0;
    give(state, {time_ + after, 0, part.nanoseconds}, std::move(packet));
    samples += state.track.audio.frame_samples;
  }
  return !frames.empty();
}

}  // namespace rtmp
