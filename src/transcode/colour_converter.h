#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "media/track.h"
#include "transcode/av.h"

namespace transcode {

/// The colour that a picture is tagged with.
media::Colour colour_of(const AVFrame& picture);

/// Converts pictures of high dynamic range or wide gamut to BT.709, by a table made from to_sdr() for every sixteenth
/// 10-bit code of luma and chroma, between which it interpolates. The table takes 2.1 MiB; it is made (about 0.15 s)
/// when a picture's colour is not that of the one before. Thread: one at a time.
class SdrConverter {
 public:
  /// Planes of 8-bit 4:2:0, or the part of them that is to be filled.
  struct Target {
    std::array<std::uint8_t*, 4> planes{};  ///< the fourth is unused, libswscale reads it
    std::array<int, 4> strides{};
  };
  /// Fills as many samples of `to` as `from` has: AV_PIX_FMT_YUV420P10LE of an even size, in `colour`.
  void convert(const AVFrame& from, const media::Colour& colour, const Target& to);

 private:
  /// What a colour is shown as: 8-bit samples, times 16.
  struct Node {
    std::uint16_t luma = 0;
    std::uint16_t blue = 0;
    std::uint16_t red = 0;
    std::uint16_t unused = 0;  ///< so that two nodes fill a vector register
  };
  struct Cell;
  class Span;
  void prepare(const media::Colour& colour);
  void convert_block(const AVFrame& from, const Target& to, int x, int y) const;

  std::optional<media::Colour> colour_;
  std::vector<Node> table_;  ///< by chroma blue, chroma red, luma
};

/// Tags `picture` as BT.709 and removes the side data that describes the light of an HDR picture.
void tag_as_sdr(AVFrame& picture);

}  // namespace transcode
