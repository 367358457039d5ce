#include "rtmp/track_config.h"

#include <vector>

#include "base/byte_writer.h"
#include "media/aac.h"
#include "media/ac3.h"
#include "media/av1.h"
#include "media/flac.h"
#include "media/h264.h"
#include "media/hevc.h"
#include "media/mpeg_audio.h"
#include "media/opus.h"

namespace rtmp {
namespace {

using base::Bytes;
using base::Code;
using base::Error;
using base::View;

/// The configuration with lengthSizeMinusOne, in the low bits of the byte at `offset`, made 3.
Bytes with_long_lengths(View config, std::size_t offset) {
  std::vector<std::uint8_t> copy(config.begin(), config.end());
  copy[offset] |= 3;
  return Bytes::adopt(std::move(copy));
}

base::Result<TrackConfig> avc(View body) {
  TRY(const media::h264::Config config, media::h264::parse_avcc(body));
  return TrackConfig{with_long_lengths(body, 4), config.length_size};
}

base::Result<TrackConfig> hevc(View body) {
  TRY(const media::hevc::Config config, media::hevc::parse_hvcc(body));
  return TrackConfig{with_long_lengths(body, 21), config.length_size};
}

base::Result<TrackConfig> av1(View body) {
  TRY_OK(media::av1::parse_av1c(body));
  return TrackConfig{Bytes::copy_of(body)};
}

/// The descriptor is tag 0x80, length, then av1C's four bytes but for the last, whose top bits differ.
/// Spec: [AV1 in MPEG-2 TS 2.2].
base::Result<TrackConfig> av1_of_descriptor(View body) {
  constexpr std::uint8_t kTag = 0x80;
  if (body.size() < 6 || body[0] != kTag || body[1] < 4) return Error{Code::kMalformed, "AV1 video descriptor"};
  std::vector<std::uint8_t> av1c(body.begin() + 2, body.begin() + 6);
  av1c[3] &= 0x1F;
  return av1(av1c);
}

/// VPCodecConfigurationRecord comes with or without the version and flags of its box.
base::Result<TrackConfig> vp9(View body) {
  constexpr std::size_t kRecord = 8;
  const bool boxed = body.size() >= kRecord + 4 && body[0] == 1 && body[1] == 0 && body[2] == 0 && body[3] == 0;
  if (boxed) return TrackConfig{Bytes::copy_of(body)};
  if (body.size() < kRecord) return Error{Code::kTruncated, "VP9 configuration"};
  base::ByteWriter out;
  out.u32(0x01000000);
  out.bytes(body);
  return TrackConfig{out.take_bytes()};
}

base::Result<TrackConfig> aac(View body) {
  TRY_OK(media::aac::parse_config(body));
  return TrackConfig{Bytes::copy_of(body)};
}

base::Result<TrackConfig> opus(View body) {
  TRY(const media::opus::Config config, media::opus::parse_opus_head(body));
  return TrackConfig{media::opus::make_dops(config)};
}

base::Result<TrackConfig> flac(View body) {
  TRY(Bytes config, media::flac::make_dfla(body));
  return TrackConfig{std::move(config)};
}

}  // namespace

base::Result<TrackConfig> parse_sequence_start(const TagPart& part) {
  using media::Codec;
  const bool descriptor = part.unit == Unit::kTsSequenceStart;
  if (!part.codec || (descriptor && *part.codec != Codec::kAv1)) {
    return Error{Code::kUnsupported, "sequence start of " + part.codec_name()};
  }
  switch (*part.codec) {
    case Codec::kH264: return avc(part.body);
    case Codec::kHevc: return hevc(part.body);
    case Codec::kAv1: return descriptor ? av1_of_descriptor(part.body) : av1(part.body);
    case Codec::kVp9: return vp9(part.body);
    case Codec::kAac: return aac(part.body);
    case Codec::kOpus: return opus(part.body);
    case Codec::kFlac: return flac(part.body);
    default: return Error{Code::kUnsupported, "sequence start of " + part.codec_name()};
  }
}

base::Result<media::Track> describe_frame(media::Codec codec, View frame) {
  media::Track track;
  track.codec = codec;
  if (codec == media::Codec::kMp3) {
    TRY(const media::mpeg_audio::Frame header, media::mpeg_audio::parse_frame(frame));
    track.audio = {header.sample_rate, header.channels, header.samples, 0};
    return track;
  }
  if (codec != media::Codec::kAc3 && codec != media::Codec::kEac3) {
    return Error{Code::kUnsupported, "codec with a sequence start"};
  }
  TRY(const media::ac3::Frame header, media::ac3::parse_frame(frame));
  if (header.enhanced != (codec == media::Codec::kEac3)) return Error{Code::kMalformed, "AC-3 of the other kind"};
  track.config = header.enhanced ? media::ac3::make_dec3(header) : media::ac3::make_dac3(header);
  track.audio = {header.sample_rate, header.channels, header.samples, 0};
  return track;
}

}  // namespace rtmp
