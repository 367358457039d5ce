#include "media/video_usability.h"

#include <array>

namespace media {
namespace {

/// Sample aspect ratios 1 to 16 of [H.273 table 3].
constexpr std::array<std::array<std::uint8_t, 2>, 17> kAspects{{{1, 1},
                                                                {1, 1},
                                                                {12, 11},
                                                                {10, 11},
                                                                {16, 11},
                                                                {40, 33},
                                                                {24, 11},
                                                                {20, 11},
                                                                {32, 11},
                                                                {80, 33},
                                                                {18, 11},
                                                                {15, 11},
                                                                {64, 33},
                                                                {160, 99},
                                                                {4, 3},
                                                                {3, 2},
                                                                {2, 1}}};
constexpr std::uint32_t kExtendedAspect = 255;

}  // namespace

Crop read_crop(BitReader& reader) {
  Crop crop;
  crop.left = reader.ue();
  crop.right = reader.ue();
  crop.top = reader.ue();
  crop.bottom = reader.ue();
  return crop;
}

base::Status set_size(VideoParams& video, std::uint64_t width, std::uint64_t height, const Crop& crop,
                      std::uint64_t unit_x, std::uint64_t unit_y) {
  const std::uint64_t cut_x = (crop.left + crop.right) * unit_x;
  const std::uint64_t cut_y = (crop.top + crop.bottom) * unit_y;
  if (cut_x >= width || cut_y >= height) return base::Error{base::Code::kMalformed, "picture size"};
  if (width > 16384 + 64 || height > 16384 + 64) return base::Error{base::Code::kTooLarge, "picture size"};
  video.width = static_cast<int>(width - cut_x);
  video.height = static_cast<int>(height - cut_y);
  return base::Ok{};
}

void read_vui_display(BitReader& reader, VideoParams& video) {
  if (reader.flag()) {
    const std::uint32_t aspect = reader.bits(8);
    std::int64_t num = 1;
    std::int64_t den = 1;
    if (aspect == kExtendedAspect) {
      num = reader.bits(16);
      den = reader.bits(16);
    } else if (aspect < kAspects.size()) {
      num = kAspects[aspect][0];
      den = kAspects[aspect][1];
    }
    if (num > 0 && den > 0) video.pixel_aspect = reduce({num, den});
  }
  if (reader.flag()) reader.skip(1);  // overscan
  if (reader.flag()) {
    reader.skip(3);  // video_format
    video.colour.full_range = reader.flag();
    if (reader.flag()) {
      video.colour.primaries = static_cast<std::uint8_t>(reader.bits(8));
      video.colour.transfer = static_cast<std::uint8_t>(reader.bits(8));
      video.colour.matrix = static_cast<std::uint8_t>(reader.bits(8));
    }
  }
  if (reader.flag()) {
    reader.ue();
    reader.ue();
  }
}

Rational sane_rate(std::uint64_t num, std::uint64_t den) {
  if (num == 0 || den == 0 || num > den * 1000 || num * 10 < den) return Rational{};
  return reduce({static_cast<std::int64_t>(num), static_cast<std::int64_t>(den)});
}

}  // namespace media
