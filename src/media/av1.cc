#include "media/av1.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "base/byte_writer.h"
#include "media/bit_reader.h"
#include "media/video_usability.h"

namespace media::av1 {
namespace {

using base::Code;
using base::Error;
using base::View;

/// What later fields of the sequence header depend on.
struct Timing {
  bool decoder_model = false;
  unsigned delay_bits = 0;
  bool display_delay = false;
};

void read_timing(BitReader& reader, Timing& timing, SequenceHeader& header) {
  const std::uint64_t tick = reader.bits(32);
  const std::uint64_t scale = reader.bits(32);
  if (reader.flag()) {  // equal_picture_interval
    const std::uint64_t ticks = std::uint64_t{reader.ue()} + 1;
    if (!reader.failed() && ticks < 0x10000) header.video.frame_rate = sane_rate(scale, tick * ticks);
  }
  timing.decoder_model = reader.flag();
  if (!timing.decoder_model) return;
  timing.delay_bits = reader.bits(5) + 1;
  reader.skip(32 + 5 + 5);
}

void read_operating_points(BitReader& reader, SequenceHeader& header) {
  Timing timing;
  if (reader.flag()) read_timing(reader, timing, header);
  timing.display_delay = reader.flag();
  const std::uint32_t count = reader.bits(5) + 1;
  for (std::uint32_t i = 0; i < count; ++i) {
    reader.skip(12);  // operating_point_idc
    const std::uint32_t level = reader.bits(5);
    const bool high_tier = level > 7 && reader.flag();
    if (i == 0) {
      header.level = static_cast<std::uint8_t>(level);
      header.high_tier = high_tier;
    }
    if (timing.decoder_model && reader.flag()) reader.skip(2 * timing.delay_bits + 1);
    if (timing.display_delay && reader.flag()) reader.skip(4);
  }
}

void skip_tools(BitReader& reader, bool reduced) {
  if (!reduced && reader.flag()) reader.skip(4 + 3);  // frame id lengths
  reader.skip(3);                                     // superblock size, filter intra, intra edge
  if (!reduced) {
    reader.skip(4);
    const bool order_hint = reader.flag();
    if (order_hint) reader.skip(2);
    const bool screen_content = reader.flag() || reader.flag();  // chosen by frame, or forced on
    if (screen_content && !reader.flag()) reader.skip(1);
    if (order_hint) reader.skip(3);
  }
  reader.skip(3);  // superres, cdef, restoration
}

void read_colour(BitReader& reader, SequenceHeader& header) {
  const bool high = reader.flag();
  const bool twelve = header.profile == 2 && high && reader.flag();
  header.bit_depth = twelve ? 12 : high ? 10 : 8;
  header.monochrome = header.profile != 1 && reader.flag();
  Colour& colour = header.video.colour;
  if (reader.flag()) {
    colour.primaries = static_cast<std::uint8_t>(reader.bits(8));
    colour.transfer = static_cast<std::uint8_t>(reader.bits(8));
    colour.matrix = static_cast<std::uint8_t>(reader.bits(8));
  }
  const bool srgb = colour.primaries == 1 && colour.transfer == 13 && colour.matrix == 0;
  if (srgb && !header.monochrome) {
    colour.full_range = true;
    header.subsampling_x = header.subsampling_y = false;
    return;
  }
  colour.full_range = reader.flag();
  if (header.monochrome) return;
  header.subsampling_x = header.profile != 1;
  header.subsampling_y = header.profile == 0;
  if (header.profile == 2 && header.bit_depth == 12) {
    header.subsampling_x = reader.flag();
    header.subsampling_y = header.subsampling_x && reader.flag();
  }
  if (header.subsampling_x && header.subsampling_y) header.chroma_position = static_cast<std::uint8_t>(reader.bits(2));
}

constexpr std::uint8_t kContentLight = 1;
constexpr std::uint8_t kMasteringDisplay = 2;

/// AV1 counts primaries in 2^-16, the greatest luminance in 2^-8 and the least in 2^-14 cd/m2.
constexpr std::int64_t kBoxPrimaries = 50'000;
constexpr std::int64_t kBoxLuminance = 10'000;
constexpr std::int64_t kObuPrimaries = 1 << 16;
constexpr std::int64_t kObuMost = 1 << 8;
constexpr std::int64_t kObuLeast = 1 << 14;

std::uint64_t counted(std::uint64_t value, std::int64_t from, std::int64_t to, std::uint64_t largest) {
  const auto rescaled = (static_cast<std::int64_t>(value) * to + from / 2) / from;
  return std::min(static_cast<std::uint64_t>(rescaled), largest);
}

/// R, G, B of AV1 are G, B, R of the box, and the other way round.
constexpr std::array<std::size_t, 4> kObuFromBox{2, 0, 1, 3};
constexpr std::array<std::size_t, 4> kBoxFromObu{1, 2, 0, 3};

/// How one form of the mastering display is written.
struct DisplayForm {
  std::int64_t primaries;
  std::int64_t most;
  std::int64_t least;
};
constexpr DisplayForm kBoxForm{kBoxPrimaries, kBoxLuminance, kBoxLuminance};
constexpr DisplayForm kObuForm{kObuPrimaries, kObuMost, kObuLeast};

/// 24 bytes of one form in the other. REQUIRES: 24 bytes.
std::vector<std::uint8_t> reformed(View display, const DisplayForm& from, const DisplayForm& to,
                                   const std::array<std::size_t, 4>& order) {
  BitReader reader{display};
  std::array<std::pair<std::uint32_t, std::uint32_t>, 4> points;
  for (auto& [x, y] : points) {
    x = reader.bits(16);
    y = reader.bits(16);
  }
  base::ByteWriter writer{24};
  for (const std::size_t at : order) {
    writer.u16(counted(points[at].first, from.primaries, to.primaries, UINT16_MAX));
    writer.u16(counted(points[at].second, from.primaries, to.primaries, UINT16_MAX));
  }
  writer.u32(counted(reader.bits(32), from.most, to.most, UINT32_MAX));
  writer.u32(counted(reader.bits(32), from.least, to.least, UINT32_MAX));
  const View made = writer.view();
  return {made.begin(), made.end()};
}

void write_metadata_obu(base::ByteWriter& writer, std::uint8_t type, View payload) {
  writer.u8((kMetadata << 3) | 2);    // with a size
  writer.u8(1 + payload.size() + 1);  // less than 128: one byte of leb128
  writer.u8(type);
  writer.bytes(payload);
  writer.u8(0x80);  // trailing bits
}

}  // namespace

base::Result<std::vector<Obu>> split_obus(View bytes) {
  std::vector<Obu> obus;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t start = at;
    const std::uint8_t head = bytes[at++];
    if ((head & 0x80) != 0) return Error{Code::kMalformed, "OBU header", start};
    if ((head & 4) != 0) ++at;  // extension
    std::uint64_t size = 0;
    if ((head & 2) != 0) {
      bool more = true;
      for (unsigned i = 0; more; ++i) {
        if (at >= bytes.size()) return Error{Code::kTruncated, "OBU size", at};
        if (i == 8) return Error{Code::kMalformed, "OBU size", at};
        size |= static_cast<std::uint64_t>(bytes[at] & 0x7f) << (7 * i);
        more = (bytes[at++] & 0x80) != 0;
      }
    } else if (at <= bytes.size()) {
      size = bytes.size() - at;
    }
    if (at > bytes.size() || size > bytes.size() - at) return Error{Code::kTruncated, "OBU", start};
    const auto end = at + static_cast<std::size_t>(size);
    obus.push_back(
        {static_cast<std::uint8_t>((head >> 3) & 15), bytes.subspan(start, end - start), bytes.subspan(at, end - at)});
    at = end;
  }
  return obus;
}

base::Result<SequenceHeader> parse_sequence_header(View payload) {
  BitReader reader{payload};
  SequenceHeader header;
  header.profile = static_cast<std::uint8_t>(reader.bits(3));
  if (header.profile > 2) return Error{Code::kMalformed, "AV1 profile"};
  reader.skip(1);  // still_picture
  header.reduced_still_picture = reader.flag();
  if (header.reduced_still_picture) {
    header.level = static_cast<std::uint8_t>(reader.bits(5));
  } else {
    read_operating_points(reader, header);
  }
  const unsigned width_bits = reader.bits(4) + 1;
  const unsigned height_bits = reader.bits(4) + 1;
  const std::uint64_t width = std::uint64_t{reader.bits(width_bits)} + 1;
  const std::uint64_t height = std::uint64_t{reader.bits(height_bits)} + 1;
  skip_tools(reader, header.reduced_still_picture);
  read_colour(reader, header);
  reader.skip(1);  // film_grain_params_present, the last field that must be there
  if (reader.failed()) return Error{Code::kTruncated, "AV1 sequence header", payload.size()};
  header.video.bit_depth = header.bit_depth;
  TRY_OK(set_size(header.video, width, height, Crop{}, 1, 1));
  return header;
}

base::Result<Config> parse_av1c(View av1c) {
  if (av1c.size() < 4) return Error{Code::kTruncated, "av1C", av1c.size()};
  if (av1c[0] != 0x81) return Error{Code::kMalformed, "av1C version"};
  Config config;
  config.profile = av1c[1] >> 5;
  config.level = av1c[1] & 0x1f;
  config.high_tier = (av1c[2] & 0x80) != 0;
  config.bit_depth = (av1c[2] & 0x40) == 0 ? 8 : (av1c[2] & 0x20) == 0 ? 10 : 12;
  config.monochrome = (av1c[2] & 0x10) != 0;
  config.obus = av1c.subspan(4);
  TRY_OK(split_obus(config.obus));
  return config;
}

base::Result<base::Bytes> make_av1c(View sequence_header_obu) {
  TRY(const std::vector<Obu> obus, split_obus(sequence_header_obu));
  if (obus.size() != 1 || obus[0].type != kSequenceHeader) return Error{Code::kMalformed, "AV1 sequence header OBU"};
  TRY(const SequenceHeader header, parse_sequence_header(obus[0].payload));
  BitWriter writer;
  writer.bits(8, 0x81);
  writer.bits(3, header.profile);
  writer.bits(5, header.level);
  writer.flag(header.high_tier);
  writer.flag(header.bit_depth > 8);
  writer.flag(header.bit_depth == 12);
  writer.flag(header.monochrome);
  writer.flag(header.subsampling_x);
  writer.flag(header.subsampling_y);
  writer.bits(2, header.chroma_position);
  writer.bits(8, 0);  // initial presentation delay: not known
  base::ByteWriter bytes{4 + sequence_header_obu.size()};
  bytes.bytes(writer.take());
  bytes.bytes(sequence_header_obu);
  return bytes.take_bytes();
}

HdrMetadata parse_hdr_obus(View bytes) {
  HdrMetadata metadata;
  const auto obus = split_obus(bytes);
  if (!obus) return metadata;
  for (const Obu& obu : *obus) {
    if (obu.type != kMetadata || obu.payload.empty()) continue;
    const View said = obu.payload.subspan(1);
    if (obu.payload[0] == kContentLight && said.size() >= 4) {
      metadata.content_light.assign(said.begin(), said.begin() + 4);
    }
    if (obu.payload[0] == kMasteringDisplay && said.size() >= 24) {
      metadata.mastering_display = reformed(said.first(24), kObuForm, kBoxForm, kBoxFromObu);
    }
  }
  return metadata;
}

std::vector<std::uint8_t> make_hdr_obus(const HdrMetadata& metadata) {
  base::ByteWriter writer{64};
  if (metadata.content_light.size() == 4) write_metadata_obu(writer, kContentLight, metadata.content_light);
  if (metadata.mastering_display.size() == 24) {
    const auto display = reformed(metadata.mastering_display, kBoxForm, kObuForm, kObuFromBox);
    write_metadata_obu(writer, kMasteringDisplay, display);
  }
  const View made = writer.view();
  return {made.begin(), made.end()};
}

std::string codec_string(const Config& config) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "av01.%u.%02u%c.%02u", config.profile, config.level,
                config.high_tier ? 'H' : 'M', config.bit_depth);
  return text.data();
}

Picture inspect(View temporal_unit) {
  Picture picture;
  const auto obus = split_obus(temporal_unit);
  if (!obus) return picture;
  for (const Obu& obu : *obus) {
    if (obu.type == kSequenceHeader) picture.parameter_sets = true;
    if ((obu.type != kFrame && obu.type != kFrameHeader) || picture.coded || obu.payload.empty()) continue;
    // show_existing_frame, frame_type (0 key), show_frame.
    const unsigned head = obu.payload[0] >> 4;
    picture.coded = true;
    picture.key = picture.idr = head == 1 && picture.parameter_sets;
  }
  return picture;
}

}  // namespace media::av1
