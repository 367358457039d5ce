#include "ts/framer.h"

#include "media/describe.h"
#include "ts/audio_framers.h"
#include "ts/latm.h"
#include "ts/nal_framer.h"
#include "ts/video_framers.h"

namespace ts {

bool TrackWriter::announce(media::Track track) {
  track.id = pid_;
  track.timescale = 90000;
  track.language = language_;
  track.role = role_;
  auto described = media::describe(std::move(track));
  if (!described) {
    ++counters_.frames_bad;
    return false;
  }
  if (track_ && media::same_format(*track_, *described) && track_->language == described->language &&
      track_->role == described->role) {
    return true;
  }
  track_ = described.take();
  sink_.on_track(*track_);
  return true;
}

void TrackWriter::write(media::Packet&& packet) {
  packet.track_id = pid_;
  ++counters_.units;
  sink_.on_packet(std::move(packet));
}

void TrackWriter::set_descriptors(const std::string& language, media::Role role) {
  if (language == language_ && role == role_) return;
  language_ = language;
  role_ = role;
  if (!track_) return;
  track_->language = language;
  track_->role = role;
  sink_.on_track(*track_);
}

std::unique_ptr<Framer> make_framer(const StreamEntry& stream, TrackWriter& writer) {
  switch (*stream.codec) {
    case media::Codec::kH264: return std::make_unique<H264Framer>(writer);
    case media::Codec::kHevc: return std::make_unique<HevcFramer>(writer);
    case media::Codec::kAv1: return std::make_unique<Av1Framer>(writer);
    case media::Codec::kAac:
      if (stream.wrapping == Wrapping::kLatm) return std::make_unique<LatmFramer>(writer);
      return std::make_unique<AdtsFramer>(writer);
    case media::Codec::kOpus: return std::make_unique<OpusFramer>(writer, stream.opus_channels);
    case media::Codec::kAc3:
    case media::Codec::kEac3: return std::make_unique<Ac3Framer>(writer);
    case media::Codec::kMp2:
    case media::Codec::kMp3:
    case media::Codec::kFlac: return std::make_unique<MpegAudioFramer>(writer);
    case media::Codec::kVp9:
    case media::Codec::kWebVtt:
    case media::Codec::kMpeg2Video: break;
  }
  return std::make_unique<Mpeg2Framer>(writer);
}

}  // namespace ts
