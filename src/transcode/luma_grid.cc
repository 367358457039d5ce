#include "transcode/luma_grid.h"

#include <algorithm>
#include <cstddef>
#include <optional>

extern "C" {
#include <libavutil/frame.h>
#include <libavutil/pixdesc.h>
}

#include "transcode/av.h"

namespace transcode {
namespace {

struct LumaPlane {
  bool wide = false;  ///< 2 bytes a sample
  std::uint32_t black = 0;
  std::uint32_t white = 0;
};

std::optional<LumaPlane> luma_plane(const AVFrame& frame) {
  const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  constexpr std::uint64_t kOther = AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_HWACCEL |
                                   AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_BE | AV_PIX_FMT_FLAG_FLOAT;
  if (format == nullptr || (format->flags & kOther) != 0 || frame.data[0] == nullptr) return std::nullopt;
  const AVComponentDescriptor& luma = format->comp[0];
  const int bits = luma.depth + luma.shift;
  if (luma.plane != 0 || luma.offset != 0 || bits < 8 || bits > 16 || luma.step != (bits > 8 ? 2 : 1)) {
    return std::nullopt;
  }
  const auto scaled = [&](std::uint32_t level) { return level << (bits - 8); };
  if (full_range(frame)) return LumaPlane{bits > 8, 0, scaled(256) - 1};
  return LumaPlane{bits > 8, scaled(16), scaled(235)};
}

template <typename Sample>
void add_row(const Sample* row, std::uint32_t* sums, int width) {
  for (int x = 0; x < width; ++x) sums[x] += row[x];
}

}  // namespace

bool Shrinker::shrink(const AVFrame& frame, LumaGrid& to) {
  const auto plane = luma_plane(frame);
  const int width = frame.width;
  const int height = frame.height;
  if (!plane || width <= 0 || height <= 0) return false;
  to.columns = std::min(width, LumaGrid::kColumns);
  to.rows = std::min(height, LumaGrid::kRows);
  to.luma.resize(static_cast<std::size_t>(to.columns) * static_cast<std::size_t>(to.rows));
  auto* cell = to.luma.data();
  for (int row = 0; row < to.rows; ++row) {
    const int top = row * height / to.rows;
    const int bottom = (row + 1) * height / to.rows;
    sums_.assign(static_cast<std::size_t>(width), 0);
    for (int y = top; y < bottom; ++y) {
      const std::uint8_t* line = frame.data[0] + std::ptrdiff_t{y} * frame.linesize[0];
      if (plane->wide) {
        add_row(reinterpret_cast<const std::uint16_t*>(line), sums_.data(), width);
      } else {
        add_row(line, sums_.data(), width);
      }
    }
    int left = 0;
    for (int column = 0; column < to.columns; ++column) {
      const int right = (column + 1) * width / to.columns;
      std::uint32_t sum = 0;
      for (int x = left; x < right; ++x) sum += sums_[static_cast<std::size_t>(x)];
      const float average = static_cast<float>(sum) / static_cast<float>((right - left) * (bottom - top));
      const float level =
          (average - static_cast<float>(plane->black)) * 255.0F / static_cast<float>(plane->white - plane->black);
      *cell++ = static_cast<std::uint8_t>(std::clamp(level + 0.5F, 0.0F, 255.0F));
      left = right;
    }
  }
  return true;
}

}  // namespace transcode
