#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "media/hdr.h"
#include "media/nal.h"
#include "media/track.h"

/// AV1: OBUs, sequence header, av1C box and codec string. Spec: [AV1 bitstream 5], [AV1 in ISOBMFF 2.3].
namespace media::av1 {

inline constexpr std::uint8_t kSequenceHeader = 1;
inline constexpr std::uint8_t kTemporalDelimiter = 2;
inline constexpr std::uint8_t kFrameHeader = 3;
inline constexpr std::uint8_t kTileGroup = 4;
inline constexpr std::uint8_t kMetadata = 5;
inline constexpr std::uint8_t kFrame = 6;
inline constexpr std::uint8_t kPadding = 15;

struct Obu {
  std::uint8_t type = 0;
  base::View whole;  ///< header and size field included
  base::View payload;
};

/// The OBUs of a temporal unit or of av1C's configOBUs; one without a size field reaches to the end.
/// Errors: kTruncated, kMalformed.
base::Result<std::vector<Obu>> split_obus(base::View bytes);

struct SequenceHeader {
  std::uint8_t profile = 0;
  std::uint8_t level = 0;  ///< seq_level_idx of operating point 0
  bool high_tier = false;
  std::uint8_t bit_depth = 8;
  bool monochrome = false;
  bool subsampling_x = true;
  bool subsampling_y = true;
  std::uint8_t chroma_position = 0;
  bool reduced_still_picture = false;
  VideoParams video;  ///< frame_rate 0/1 without equal_picture_interval
};
/// Reads a sequence header OBU's payload. Errors: kTruncated, kMalformed.
base::Result<SequenceHeader> parse_sequence_header(base::View payload);

struct Config {
  std::uint8_t profile = 0;
  std::uint8_t level = 0;
  bool high_tier = false;
  std::uint8_t bit_depth = 8;
  bool monochrome = false;
  base::View obus;  ///< configOBUs; lives as long as the bytes parsed
};
/// Errors: kTruncated, kMalformed.
base::Result<Config> parse_av1c(base::View av1c);
/// av1C with this sequence header OBU (with header) as its configOBUs. Errors: as parse_sequence_header.
base::Result<base::Bytes> make_av1c(base::View sequence_header_obu);

/// HDR10 static metadata of the metadata OBUs among these; those that are cut short count for nothing.
HdrMetadata parse_hdr_obus(base::View obus);
/// Metadata OBUs that say the same, to stand behind a sequence header. Spec: [AV1 5.8.3, 5.8.4].
std::vector<std::uint8_t> make_hdr_obus(const HdrMetadata& metadata);

/// "av01.0.08M.10" (CM-29).
std::string codec_string(const Config& config);

/// What the temporal unit is: key where a sequence header comes with a shown key frame.
Picture inspect(base::View temporal_unit);

}  // namespace media::av1
