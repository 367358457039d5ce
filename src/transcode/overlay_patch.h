#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "transcode/av.h"
#include "transcode/colour_map.h"
#include "transcode/scaler.h"

namespace transcode {

/// A rectangle of a picture. Units: samples of luma, all even.
struct PatchPlace {
  int left = 0;
  int top = 0;
  int width = 0;
  int height = 0;
};

/// What lies over one sample of luma.
struct Tint {
  float cover = 0;  ///< how much of the sample is seen no longer, 0 to 1
  Yuv part;         ///< what is seen in its place, in the colours of the picture, times `cover`
};

/// Something that lies over a rectangle of pictures in one look: what is left of each sample, and what is added to it.
/// Nothing outside of the rectangle changes. Thread: any.
class OverlayPatch {
 public:
  /// `tints`: row after row. REQUIRES: as many as the place has samples.
  OverlayPatch(const PatchPlace& place, std::span<const Tint> tints, const Look& look);

  /// Puts it on the picture. REQUIRES: of the format of the look, writable, and the place lies inside.
  void blend(AVFrame& picture) const;

 private:
  struct Plane {
    std::vector<std::uint16_t> keep;  ///< of kBlendWhole
    std::vector<std::uint32_t> add;   ///< samples times kBlendWhole
  };
  template <typename Sample>
  void blend_plane(AVFrame& picture, std::size_t plane) const;

  const PatchPlace place_;
  const bool deep_;
  std::array<Plane, 3> planes_;
};

}  // namespace transcode
