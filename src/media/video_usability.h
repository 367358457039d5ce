#pragma once

#include <cstdint>

#include "base/result.h"
#include "media/bit_reader.h"
#include "media/track.h"

/// What the sequence parameter sets of H.264 and HEVC have in common: cropping, and the display half of their VUI.
namespace media {

struct Crop {
  std::uint64_t left = 0;
  std::uint64_t right = 0;
  std::uint64_t top = 0;
  std::uint64_t bottom = 0;
};
Crop read_crop(BitReader& reader);

/// Sets width and height to the coded size less the crop, which counts in units.
/// Errors: kMalformed where nothing is left, kTooLarge above 16384 a side.
base::Status set_size(VideoParams& video, std::uint64_t width, std::uint64_t height, const Crop& crop,
                      std::uint64_t unit_x, std::uint64_t unit_y);

/// Reads from aspect_ratio_info_present_flag up to the chroma sample positions.
void read_vui_display(BitReader& reader, VideoParams& video);

/// num / den in lowest terms, or unknown where it is not between 1/10 and 1000 a second: encoders without a constant
/// rate write such.
Rational sane_rate(std::uint64_t num, std::uint64_t den);

}  // namespace media
