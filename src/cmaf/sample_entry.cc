#include "cmaf/sample_entry.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "cmaf/box_writer.h"
#include "media/flac.h"
#include "media/hdr.h"
#include "media/hevc.h"

namespace cmaf {
namespace {

using base::ByteWriter;
using base::View;
using media::Codec;
using media::Track;

struct EntryNames {
  std::string_view entry;
  std::string_view config;
};

EntryNames names_of(Codec codec) {
  switch (codec) {
    case Codec::kH264: return {"avc1", "avcC"};
    case Codec::kHevc: return {"hvc1", "hvcC"};
    case Codec::kAv1: return {"av01", "av1C"};
    case Codec::kVp9: return {"vp09", "vpcC"};
    case Codec::kOpus: return {"Opus", "dOps"};
    case Codec::kAc3: return {"ac-3", "dac3"};
    case Codec::kEac3: return {"ec-3", "dec3"};
    case Codec::kFlac: return {"fLaC", "dfLa"};
    default: return {"mp4a", "esds"};
  }
}

/// The configuration as the sample entry must have it: packets have 4-byte lengths whatever the feed had, and hvc1 says
/// that every parameter set is here (CM-5).
std::vector<std::uint8_t> entry_config(const Track& track) {
  std::vector<std::uint8_t> config(track.config.begin(), track.config.end());
  if (track.codec == Codec::kH264) config[4] |= 3;
  if (track.codec == Codec::kHevc) {
    config[21] |= 3;
    std::size_t at = 23;
    for (unsigned arrays = config[22]; arrays > 0; --arrays) {
      const unsigned type = config[at] & 0x3fu;
      if (type >= media::hevc::kVps && type <= media::hevc::kPps) config[at] |= 0x80;
      unsigned units = config[at + 1] * 256u + config[at + 2];
      for (at += 3; units > 0; --units) at += 2 + config[at] * 256u + config[at + 1];
    }
  }
  return config;
}

void write_colour(ByteWriter& writer, const Track& track) {
  const Box box{writer, "colr"};
  writer.text("nclx");
  writer.u16(track.video.colour.primaries);
  writer.u16(track.video.colour.transfer);
  writer.u16(track.video.colour.matrix);
  writer.u8(track.video.colour.full_range ? 0x80 : 0);
}

void write_pixel_aspect(ByteWriter& writer, const Track& track) {
  const bool known = track.video.pixel_aspect.known();
  const Box box{writer, "pasp"};
  writer.u32(known ? static_cast<std::uint64_t>(track.video.pixel_aspect.num) : 1);
  writer.u32(known ? static_cast<std::uint64_t>(track.video.pixel_aspect.den) : 1);
}

void write_hdr(ByteWriter& writer, const Track& track) {
  const media::HdrMetadata metadata = media::hdr_metadata(track);
  if (!metadata.mastering_display.empty()) {
    const Box box{writer, "mdcv"};
    writer.bytes(metadata.mastering_display);
  }
  if (!metadata.content_light.empty()) {
    const Box box{writer, "clli"};
    writer.bytes(metadata.content_light);
  }
}

void write_video_entry(ByteWriter& writer, const Track& track) {
  const EntryNames names = names_of(track.codec);
  const Box entry{writer, names.entry};
  writer.zeros(6);
  writer.u16(1);  // data_reference_index
  writer.zeros(16);
  writer.u16(static_cast<std::uint64_t>(track.video.width));
  writer.u16(static_cast<std::uint64_t>(track.video.height));
  writer.u32(0x00480000);  // 72 dpi, as the standard's template has it
  writer.u32(0x00480000);
  writer.u32(0);
  writer.u16(1);     // frame_count
  writer.zeros(32);  // compressorname
  writer.u16(0x18);  // depth: colour without alpha
  writer.u16(0xffff);
  {
    const Box config{writer, names.config};
    writer.bytes(entry_config(track));
  }
  write_colour(writer, track);
  write_pixel_aspect(writer, track);
  write_hdr(writer, track);
}

/// Tag and length of an MPEG-4 descriptor; lengths take 7 bits a byte [ISO 14496-1 8.3.3].
void write_descriptor_head(ByteWriter& writer, std::uint8_t tag, std::size_t length) {
  writer.u8(tag);
  for (unsigned shift = 21; shift > 0; shift -= 7) {
    if (length >> shift != 0) writer.u8(0x80 | ((length >> shift) & 0x7f));
  }
  writer.u8(length & 0x7f);
}

std::size_t descriptor_size(std::size_t length) {
  return 2 + length + (length >= 1u << 7 ? 1 : 0) + (length >= 1u << 14 ? 1 : 0) + (length >= 1u << 21 ? 1 : 0);
}

void write_esds(ByteWriter& writer, const Track& track) {
  constexpr std::uint8_t kAac = 0x40;
  constexpr std::uint8_t kMpeg1Audio = 0x6b;
  constexpr std::uint8_t kMpeg2Audio = 0x69;
  const bool aac = track.codec == Codec::kAac;
  // MPEG-2 layer III is what has the lower sample rates.
  const std::uint8_t object_type = aac ? kAac : track.audio.sample_rate < 32000 ? kMpeg2Audio : kMpeg1Audio;
  const std::size_t specific = aac ? descriptor_size(track.config.size()) : 0;
  const std::size_t decoder = 13 + specific;
  const Box box{writer, "esds", 0, 0};
  write_descriptor_head(writer, 3, 3 + descriptor_size(decoder) + descriptor_size(1));
  writer.u16(0);  // ES_ID: 0 in a file [ISO 14496-14 3.1.2]
  writer.u8(0);
  write_descriptor_head(writer, 4, decoder);
  writer.u8(object_type);
  writer.u8(0x15);  // audio stream, upstream 0, reserved 1
  writer.u24(0);    // decoder buffer and bit rates: not given
  writer.zeros(8);
  if (aac) {
    write_descriptor_head(writer, 5, track.config.size());
    writer.bytes(track.config.view());
  }
  write_descriptor_head(writer, 6, 1);
  writer.u8(2);  // SL packet header: the one for files
}

void write_audio_entry(ByteWriter& writer, const Track& track) {
  const EntryNames names = names_of(track.codec);
  std::uint64_t bits = 16;
  if (track.codec == Codec::kFlac) {
    if (const auto config = media::flac::parse_dfla(track.config.view()))
      bits = static_cast<std::uint64_t>(config->bits);
  }
  const Box entry{writer, names.entry};
  writer.zeros(6);
  writer.u16(1);  // data_reference_index
  writer.zeros(8);
  writer.u16(static_cast<std::uint64_t>(track.audio.channels));
  writer.u16(bits);
  writer.u32(0);
  // 16.16; a rate that does not fit is in the configuration and the timescale only.
  writer.u16(track.audio.sample_rate <= 0xffff ? static_cast<std::uint64_t>(track.audio.sample_rate) : 0);
  writer.u16(0);
  if (track.codec == Codec::kAac || track.codec == Codec::kMp3) return write_esds(writer, track);
  const Box config{writer, names.config};
  writer.bytes(track.config.view());
}

}  // namespace

void write_sample_entry(ByteWriter& writer, const Track& track) {
  if (track.kind() == media::Kind::kVideo) {
    write_video_entry(writer, track);
  } else {
    write_audio_entry(writer, track);
  }
}

}  // namespace cmaf
