#include "transcode/overlay_patch.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace transcode {
namespace {

constexpr int kBlendShift = 12;
constexpr int kBlendWhole = 1 << kBlendShift;

/// The codes of a component: nominal 0, and from there to nominal 1.
struct PlaneCodes {
  double zero = 0;
  double range = 0;
  double most = 0;  ///< the largest that there is
};

PlaneCodes luma_codes(int bits, bool full) {
  const double most = (1 << bits) - 1;
  return full ? PlaneCodes{0, most, most} : PlaneCodes{16.0 * (1 << (bits - 8)), 219.0 * (1 << (bits - 8)), most};
}

PlaneCodes chroma_codes(int bits, bool full) {
  const double most = (1 << bits) - 1;
  return {128.0 * (1 << (bits - 8)), full ? most : 224.0 * (1 << (bits - 8)), most};
}

std::uint16_t keep_of(double cover) {
  return static_cast<std::uint16_t>(std::lround((1 - std::clamp(cover, 0.0, 1.0)) * kBlendWhole));
}

/// Never more than the largest code: half a code above it is the full range's most saturated chroma.
std::uint32_t add_of(double cover, double part, const PlaneCodes& codes) {
  const double most = codes.most * cover;
  return static_cast<std::uint32_t>(
      std::lround(std::clamp(codes.zero * cover + codes.range * part, 0.0, most) * kBlendWhole));
}

}  // namespace

OverlayPatch::OverlayPatch(const PatchPlace& place, std::span<const Tint> tints, const Look& look)
    : place_(place), deep_(look.format != AV_PIX_FMT_YUV420P) {
  const int bits = deep_ ? 10 : 8;
  const PlaneCodes luma = luma_codes(bits, look.colour.full_range);
  const PlaneCodes chroma = chroma_codes(bits, look.colour.full_range);
  for (const Tint& tint : tints) {
    planes_[0].keep.push_back(keep_of(tint.cover));
    planes_[0].add.push_back(add_of(tint.cover, tint.part.y, luma));
  }
  const auto at = [&](int x, int y) {
    return tints[static_cast<std::size_t>(y) * static_cast<std::size_t>(place.width) + static_cast<std::size_t>(x)];
  };
  for (int y = 0; y < place.height; y += 2) {
    for (int x = 0; x < place.width; x += 2) {
      double cover = 0;
      double blue = 0;
      double red = 0;
      for (const Tint& tint : {at(x, y), at(x + 1, y), at(x, y + 1), at(x + 1, y + 1)}) {
        cover += tint.cover / 4.0;
        blue += tint.part.cb / 4;
        red += tint.part.cr / 4;
      }
      planes_[1].keep.push_back(keep_of(cover));
      planes_[1].add.push_back(add_of(cover, blue, chroma));
      planes_[2].add.push_back(add_of(cover, red, chroma));
    }
  }
  planes_[2].keep = planes_[1].keep;
}

void OverlayPatch::blend(AVFrame& picture) const {
  for (std::size_t plane = 0; plane < planes_.size(); ++plane) {
    deep_ ? blend_plane<std::uint16_t>(picture, plane) : blend_plane<std::uint8_t>(picture, plane);
  }
}

template <typename Sample>
void OverlayPatch::blend_plane(AVFrame& picture, std::size_t plane) const {
  const int shift = plane == 0 ? 0 : 1;
  const int width = place_.width >> shift;
  const std::uint16_t* keep = planes_[plane].keep.data();
  const std::uint32_t* add = planes_[plane].add.data();
  for (int y = place_.top >> shift; y < (place_.top + place_.height) >> shift; ++y) {
    auto* const row = reinterpret_cast<Sample*>(picture.data[plane] + std::ptrdiff_t{y} * picture.linesize[plane]) +
                      (place_.left >> shift);
    for (int x = 0; x < width; ++x) {
      row[x] =
          static_cast<Sample>((row[x] * static_cast<std::uint32_t>(keep[x]) + add[x] + kBlendWhole / 2) >> kBlendShift);
    }
    keep += width;
    add += width;
  }
}

}  // namespace transcode
