#pragma once

#include <cstdint>
#include <vector>

struct AVFrame;

namespace transcode {

/// The luma of a picture, averaged over equal cells. Thread: one at a time.
struct LumaGrid {
  static constexpr int kColumns = 320;
  static constexpr int kRows = 180;

  int columns = 0;  ///< kColumns, or the picture's width where that is less
  int rows = 0;
  std::vector<std::uint8_t> luma;  ///< row by row, 0 black to 255 white, whatever the picture's range and depth
};

/// Makes grids of decoded pictures.
class Shrinker {
 public:
  /// False where the picture has no luma plane of 8 to 16 bits in this machine's byte order (RGB, packed formats).
  bool shrink(const AVFrame& frame, LumaGrid& to);

 private:
  std::vector<std::uint32_t> sums_;  ///< one row of cells: of each column of pixels
};

}  // namespace transcode
