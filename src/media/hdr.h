#pragma once

#include <cstdint>
#include <vector>

#include "media/track.h"

namespace media {

/// What a picture's brightness means, by H.273's transfer characteristics.
enum class DynamicRange : std::uint8_t { kSdr, kPq, kHlg };

constexpr DynamicRange dynamic_range(const Colour& colour) {
  if (colour.transfer == 16) return DynamicRange::kPq;
  return colour.transfer == 18 ? DynamicRange::kHlg : DynamicRange::kSdr;
}

/// HDR10 static metadata as the payloads of the mdcv and clli boxes, which are those of HEVC's SEI, too; empty where
/// there are none.
/// Units: primaries G, B, R and white 0.00002; luminances 0.0001 cd/m2; light levels cd/m2.
struct HdrMetadata {
  std::vector<std::uint8_t> mastering_display;  ///< 24 bytes
  std::vector<std::uint8_t> content_light;      ///< 4 bytes

  bool empty() const { return mastering_display.empty() && content_light.empty(); }
};

/// What the decoder configuration of an HEVC or AV1 track says; nothing for other codecs.
HdrMetadata hdr_metadata(const Track& track);

}  // namespace media
