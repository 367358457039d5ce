#include "ts/audio_framers.h"

#include <array>

#include "base/byte_reader.h"
#include "media/opus.h"

namespace ts {
namespace {

/// Control header of one Opus access unit.
struct OpusHeader {
  std::size_t size = 0;  ///< of the header
  std::size_t unit = 0;  ///< of what follows it
  int start_trim = 0;    ///< Units: samples at 48 kHz
};

/// Six 20 ms frames of 1,275 bytes for each of eight channels, rounded up: longer ones are no Opus.
constexpr std::size_t kMaxOpusUnit = std::size_t{64} << 10;

base::Result<OpusHeader> parse_opus_header(base::View bytes) {
  base::ByteReader in(bytes);
  TRY(const std::uint16_t prefix, in.u16("control_header_prefix"));
  if ((prefix & 0xffe0) != 0x7fe0) return base::Error{base::Code::kMalformed, "control_header_prefix"};
  OpusHeader header;
  for (std::uint8_t more = 0xff; more == 0xff;) {
    TRY(more, in.u8("au_size"));
    header.unit += more;
    if (header.unit > kMaxOpusUnit) return base::Error{base::Code::kMalformed, "au_size"};
  }
  if ((prefix & 0x10) != 0) {
    TRY(const std::uint16_t trim, in.u16("start_trim"));
    header.start_trim = trim & 0x1fff;
  }
  if ((prefix & 0x08) != 0) TRY_OK(in.u16("end_trim"));
  if ((prefix & 0x04) != 0) {
    TRY(const std::uint8_t length, in.u8("control_extension_length"));
    TRY_OK(in.skip(length, "control_extension"));
  }
  header.size = in.offset();
  return header;
}

/// Streams, coupled streams and mapping of family 1 for one to eight channels. Spec: [RFC 7845 5.1.1.2]
media::opus::Config opus_config(std::uint8_t channels) {
  struct Layout {
    std::uint8_t streams, coupled;
    std::array<std::uint8_t, 8> mapping;
  };
  static constexpr std::array<Layout, 8> kLayouts{{
      {1, 0, {0}},
      {1, 1, {0, 1}},
      {2, 1, {0, 2, 1}},
      {2, 2, {0, 1, 2, 3}},
      {3, 2, {0, 4, 1, 2, 3}},
      {4, 2, {0, 4, 1, 2, 3, 5}},
      {4, 3, {0, 4, 1, 2, 3, 5, 6}},
      {5, 3, {0, 6, 1, 2, 3, 4, 5, 7}},
  }};
  media::opus::Config config;
  const Layout& layout = kLayouts[channels - 1U];
  config.channels = channels;
  config.streams = layout.streams;
  config.coupled = layout.coupled;
  if (channels > 2) {
    config.family = 1;
    config.mapping.assign(layout.mapping.begin(), layout.mapping.begin() + channels);
  }
  return config;
}

}  // namespace

AudioFramer::Probe AdtsFramer::probe(base::View bytes) {
  if (bytes.size() < 7) {
    const bool could = bytes[0] == 0xff && (bytes.size() < 2 || (bytes[1] & 0xf6) == 0xf0);
    return {could ? Probe::Verdict::kMore : Probe::Verdict::kBad, 0};
  }
  const auto header = media::aac::parse_adts(bytes);
  if (!header || header->frame_size <= header->header_size) return {};
  return frame_of(header->frame_size, bytes);
}

AudioFramer::Opened AdtsFramer::open(base::View frame) {
  auto header = media::aac::parse_adts(frame);
  // Blocks after the first can only be found by decoding it; nobody makes such frames for broadcast.
  if (!header || header->raw_blocks != 1) return {};
  media::aac::Adts format = *header;
  format.header_size = format.frame_size = 0;
  if (format != format_ || !writer_.announced()) {
    auto config = media::aac::config_of_adts(frame);
    if (!config) return {};
    media::Track track;
    track.codec = media::Codec::kAac;
    track.config = config.take();
    if (!writer_.announce(std::move(track))) return {};
    format_ = format;
  }
  return {{base::Bytes::copy_of(frame.subspan(header->header_size))}, 1024, header->sample_rate};
}

AudioFramer::Probe MpegAudioFramer::probe(base::View bytes) {
  if (bytes.size() < 4) {
    const bool could = bytes[0] == 0xff && (bytes.size() < 2 || (bytes[1] & 0xe0) == 0xe0);
    return {could ? Probe::Verdict::kMore : Probe::Verdict::kBad, 0};
  }
  const auto header = media::mpeg_audio::parse_frame(bytes);
  return header ? frame_of(header->frame_size, bytes) : Probe{};
}

AudioFramer::Opened MpegAudioFramer::open(base::View frame) {
  const auto header = media::mpeg_audio::parse_frame(frame);
  if (!header) return {};
  media::Track track;
  track.codec = header->layer == 3 ? media::Codec::kMp3 : media::Codec::kMp2;
  track.audio = {header->sample_rate, header->channels, header->samples, 0};
  if (!writer_.announce(std::move(track))) return {};
  return {{base::Bytes::copy_of(frame)}, header->samples, header->sample_rate};
}

AudioFramer::Probe Ac3Framer::probe(base::View bytes) {
  constexpr int kUnitSamples = 1536;
  std::size_t size = 0;
  int samples = 0;
  while (size < bytes.size()) {
    const base::View rest = bytes.subspan(size);
    if (rest.size() < 8) {
      const bool could = rest[0] == 0x0b && (rest.size() < 2 || rest[1] == 0x77);
      if (could) return {Probe::Verdict::kMore, 0};
      break;
    }
    const auto header = media::ac3::parse_frame(rest);
    if (!header || header->frame_size == 0) break;
    const bool leads = !header->enhanced || (header->stream_type != 1 && header->substream == 0);
    if (size == 0 && !leads) break;
    if (leads && samples >= kUnitSamples) break;  // the next unit
    if (header->frame_size > rest.size()) return {Probe::Verdict::kMore, 0};
    if (leads) samples += header->samples;
    size += header->frame_size;
    if (!header->enhanced) break;
  }
  if (size == 0) return {};
  // At the end of the data: a unit of fewer than six blocks continues, a full one ends with its PES packet.
  if (samples < kUnitSamples && size == bytes.size()) return {Probe::Verdict::kMore, 0};
  return {Probe::Verdict::kFrame, size};
}

AudioFramer::Opened Ac3Framer::open(base::View frame) {
  const auto header = media::ac3::parse_frame(frame);
  if (!header) return {};
  media::Track track;
  track.codec = header->enhanced ? media::Codec::kEac3 : media::Codec::kAc3;
  track.config = header->enhanced ? media::ac3::make_dec3(*header) : media::ac3::make_dac3(*header);
  if (!writer_.announce(std::move(track))) return {};
  return {{base::Bytes::copy_of(frame)}, 1536, header->sample_rate};
}

AudioFramer::Probe OpusFramer::probe(base::View bytes) {
  if (bytes[0] != 0x7f || (bytes.size() > 1 && (bytes[1] & 0xe0) != 0xe0)) return {};
  const auto header = parse_opus_header(bytes);
  if (header) return frame_of(header->size + header->unit, bytes);
  return {header.error().code == base::Code::kTruncated ? Probe::Verdict::kMore : Probe::Verdict::kBad, 0};
}

AudioFramer::Opened OpusFramer::open(base::View frame) {
  const auto header = parse_opus_header(frame);
  if (!header || header->unit == 0 || channels_ < 1 || channels_ > 8) return {};
  const base::View unit = frame.subspan(header->size);
  const int samples = media::opus::packet_samples(unit);
  if (samples <= 0) return {};
  if (!writer_.announced()) {
    media::opus::Config config = opus_config(channels_);
    config.pre_skip = header->start_trim;
    media::Track track;
    track.codec = media::Codec::kOpus;
    track.config = media::opus::make_dops(config);
    if (!writer_.announce(std::move(track))) return {};
  }
  return {{base::Bytes::copy_of(unit)}, samples, media::opus::kSampleRate};
}

}  // namespace ts
