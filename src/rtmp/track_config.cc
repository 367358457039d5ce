#include "rtmp/track_config.h"

#include <algorithm>
#include <vector>

#include "base/byte_writer.h"
#include "media/aac.h"
#include "media/ac3.h"
#include "media/av1.h"
#include "media/flac.h"
#include "media/mpeg_audio.h"
#include "media/opus.h"

namespace rtmp {
namespace {

using base::Bytes;
using base::Code;
using base::Error;
using base::View;

base::Result<Bytes> av1(View body) {
  TRY_OK(media::av1::parse_av1c(body));
  return Bytes::copy_of(body);
}

/// The descriptor is tag 0x80, length, then av1C's four bytes but for the last, whose top bits differ.
/// Spec: [AV1 in MPEG-2 TS 2.2].
base::Result<Bytes> av1_of_descriptor(View body) {
  constexpr std::uint8_t kTag = 0x80;
  if (body.size() < 6 || body[0] != kTag || body[1] < 4) return Error{Code::kMalformed, "AV1 video descriptor"};
  std::vector<std::uint8_t> av1c(body.begin() + 2, body.begin() + 6);
  av1c[3] &= 0x1F;
  return av1(av1c);
}

/// VPCodecConfigurationRecord comes with or without the version and flags of its box.
base::Result<Bytes> vp9(View body) {
  constexpr std::size_t kRecord = 8;
  const bool boxed = body.size() >= kRecord + 4 && body[0] == 1 && body[1] == 0 && body[2] == 0 && body[3] == 0;
  if (boxed) return Bytes::copy_of(body);
  if (body.size() < kRecord) return Error{Code::kTruncated, "VP9 configuration"};
  base::ByteWriter out;
  out.u32(0x01000000);
  out.bytes(body);
  return out.take_bytes();
}

base::Result<Bytes> aac(View body) {
  // Without a program config element it has five bytes, and encoders fill up to 16. A frame whose packet type is
  // damaged looks like a longer one.
  constexpr std::size_t kMostPlain = 64;
  TRY(const media::aac::Config config, media::aac::parse_config(body));
  if (config.channel_config != 0 && body.size() > kMostPlain) {
    return Error{Code::kMalformed, "AudioSpecificConfig of a frame's size", kMostPlain};
  }
  return Bytes::copy_of(body);
}

base::Result<Bytes> opus(View body) {
  TRY(const media::opus::Config config, media::opus::parse_opus_head(body));
  return media::opus::make_dops(config);
}

base::Result<Bytes> flac(View body) { return media::flac::make_dfla(body); }

/// The sequence header that the frames need; empty where the record has none.
View sequence_header_of(View av1c) {
  const auto config = media::av1::parse_av1c(av1c);
  if (!config) return {};
  const auto obus = media::av1::split_obus(config->obus);
  if (!obus) return {};
  for (const media::av1::Obu& obu : *obus) {
    if (obu.type == media::av1::kSequenceHeader) return obu.payload;
  }
  return {};
}

bool same_aac(View a, View b) {
  const auto left = media::aac::parse_config(a);
  const auto right = media::aac::parse_config(b);
  // Channels that a program config element names are not all that it says.
  if (!left || !right || left->channel_config == 0) return false;
  return *left == *right;
}

}  // namespace

bool same_config(media::Codec codec, View a, View b) {
  if (std::equal(a.begin(), a.end(), b.begin(), b.end())) return true;
  if (codec == media::Codec::kAac) return same_aac(a, b);
  if (codec != media::Codec::kAv1) return false;
  const View left = sequence_header_of(a);
  const View right = sequence_header_of(b);
  return !left.empty() && std::equal(left.begin(), left.end(), right.begin(), right.end());
}

bool agrees_with_adts(const media::Track& track, View frame) {
  if (track.codec != media::Codec::kAac) return false;
  const auto config = media::aac::parse_config(track.config.view());
  const auto header = media::aac::parse_adts(frame);
  return config.ok() && header.ok() && config->object_type == header->object_type &&
         config->core_sample_rate == header->sample_rate &&
         (header->channel_config == 0 || config->channel_config == header->channel_config);
}

base::Result<Bytes> parse_sequence_start(const TagPart& part) {
  using media::Codec;
  const bool descriptor = part.unit == Unit::kTsSequenceStart;
  if (!part.codec || (descriptor && *part.codec != Codec::kAv1)) {
    return Error{Code::kUnsupported, "sequence start of " + part.codec_name()};
  }
  switch (*part.codec) {
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
