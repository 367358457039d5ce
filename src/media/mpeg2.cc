#include "media/mpeg2.h"

#include <algorithm>
#include <array>
#include <optional>

#include "media/bit_reader.h"
#include "media/video_usability.h"

namespace media::mpeg2 {
namespace {

using base::Code;
using base::Error;
using base::View;

constexpr std::uint8_t kPicture = 0x00;
constexpr std::uint8_t kSequence = 0xb3;
constexpr std::uint8_t kExtension = 0xb5;
constexpr std::uint8_t kGroup = 0xb8;
constexpr std::uint32_t kSequenceExtension = 1;
constexpr std::uint32_t kDisplayExtension = 2;

constexpr std::array<Rational, 9> kFrameRates{
    {{0, 1}, {24000, 1001}, {24, 1}, {25, 1}, {30000, 1001}, {30, 1}, {50, 1}, {60000, 1001}, {60, 1}}};

/// Offset after the next start code at or after `from`, where its value stands; nothing at the end.
std::optional<std::size_t> next_start_code(View bytes, std::size_t from) {
  for (std::size_t at = from; at + 3 < bytes.size(); ++at) {
    if (bytes[at] == 0 && bytes[at + 1] == 0 && bytes[at + 2] == 1) return at + 3;
  }
  return std::nullopt;
}

struct Sequence {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t aspect = 1;
  Rational rate;
  bool progressive = true;  ///< MPEG-1 is
  Colour colour;
};

base::Status read_header(BitReader& reader, Sequence& sequence) {
  sequence.width = reader.bits(12);
  sequence.height = reader.bits(12);
  sequence.aspect = reader.bits(4);
  const std::uint32_t rate = reader.bits(4);
  if (reader.failed()) return Error{Code::kTruncated, "MPEG-2 sequence header"};
  if (rate == 0 || rate >= kFrameRates.size()) return Error{Code::kMalformed, "MPEG-2 frame rate code"};
  sequence.rate = kFrameRates[rate];
  return base::Ok{};
}

void read_extension(BitReader& reader, Sequence& sequence) {
  const std::uint32_t kind = reader.bits(4);
  if (kind == kSequenceExtension) {
    reader.skip(8);
    const bool progressive = reader.flag();
    reader.skip(2);
    const std::uint32_t width = reader.bits(2);
    const std::uint32_t height = reader.bits(2);
    reader.skip(12 + 1 + 8 + 1);
    const std::uint32_t rate_num = reader.bits(2);
    const std::uint32_t rate_den = reader.bits(5);
    if (reader.failed()) return;
    sequence.progressive = progressive;
    sequence.width |= width << 12;
    sequence.height |= height << 12;
    sequence.rate = reduce({sequence.rate.num * (rate_num + 1), sequence.rate.den * (rate_den + 1)});
  } else if (kind == kDisplayExtension) {
    reader.skip(3);
    if (!reader.flag()) return;
    Colour colour;
    colour.primaries = static_cast<std::uint8_t>(reader.bits(8));
    colour.transfer = static_cast<std::uint8_t>(reader.bits(8));
    colour.matrix = static_cast<std::uint8_t>(reader.bits(8));
    if (!reader.failed()) sequence.colour = colour;
  }
}

/// aspect_ratio_information gives the picture's aspect, not a pixel's, but for 1 (square).
Rational pixel_aspect(const Sequence& sequence) {
  constexpr std::array<Rational, 5> kPictures{{{0, 1}, {0, 1}, {4, 3}, {16, 9}, {221, 100}}};
  if (sequence.aspect < 2 || sequence.aspect >= kPictures.size()) return {1, 1};
  const Rational picture = kPictures[sequence.aspect];
  return reduce({picture.num * sequence.height, picture.den * sequence.width});
}

}  // namespace

base::Result<VideoParams> parse_sequence(View bytes) {
  Sequence sequence;
  bool found = false;
  for (auto at = next_start_code(bytes, 0); at; at = next_start_code(bytes, *at)) {
    const std::uint8_t code = bytes[*at];
    BitReader reader{bytes.subspan(*at + 1)};
    if (code == kSequence) {
      if (found) break;
      TRY_OK(read_header(reader, sequence));
      found = true;
    } else if (found && code == kExtension) {
      read_extension(reader, sequence);
    } else if (found && (code == kPicture || code == kGroup)) {
      break;
    }
  }
  if (!found) return Error{Code::kNotFound, "MPEG-2 sequence header"};
  VideoParams video;
  TRY_OK(set_size(video, sequence.width, sequence.height, Crop{}, 1, 1));
  video.frame_rate = sequence.rate;
  video.pixel_aspect = pixel_aspect(sequence);
  video.colour = sequence.colour;
  video.interlaced = !sequence.progressive;
  return video;
}

Picture inspect(View access_unit) {
  Picture picture;
  bool closed_group = false;
  for (auto at = next_start_code(access_unit, 0); at; at = next_start_code(access_unit, *at)) {
    const View rest = access_unit.subspan(*at + 1);
    switch (access_unit[*at]) {
      case kSequence: picture.parameter_sets = true; break;
      case kGroup: closed_group = rest.size() > 3 && (rest[3] & 0x40) != 0; break;
      case kPicture: {
        if (rest.size() < 2) return picture;
        const unsigned type = (rest[1] >> 3) & 7;  // after temporal_reference, 10 bits
        picture.coded = true;
        picture.key = type == 1 && picture.parameter_sets;
        picture.idr = picture.key && closed_group;
        picture.disposable = type == 3;
        return picture;
      }
      default: break;
    }
  }
  return picture;
}

}  // namespace media::mpeg2
