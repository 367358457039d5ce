#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "media/track.h"
#include "transcode/av.h"

namespace transcode {

/// The colour that a picture is tagged with.
media::Colour colour_of(const AVFrame& picture);

/// Converts pictures of one colour to another. Where they differ by their matrix and range alone (a backup of another
/// make): exactly, at a fifth of the cost or less. Otherwise by a table made from a ColourMap for every sixteenth
/// 10-bit code of luma and chroma, between which it interpolates. The table takes 2.1 MiB; it is made (about 0.15 s)
/// when the colours are not those of the picture before. Thread: one at a time.
class ColourConverter {
 public:
  /// Planes of 4:2:0 in 8 or 10 bits (two bytes a sample, the low one first), or the part of them that is to be filled.
  struct Target {
    std::array<std::uint8_t*, 4> planes{};  ///< the fourth is unused, libswscale reads it
    std::array<int, 4> strides{};
    int bits = 8;
    media::Colour colour;
  };
  /// Fills as many samples of `to` as `from` has: AV_PIX_FMT_YUV420P10LE of an even size, in `colour`.
  void convert(const AVFrame& from, const media::Colour& colour, const Target& to);

 private:
  /// What a colour is shown as: samples of 12 bits.
  struct Node {
    std::uint16_t luma = 0;
    std::uint16_t blue = 0;
    std::uint16_t red = 0;
    std::uint16_t unused = 0;  ///< so that two nodes fill a vector register
  };
  struct Cell;
  class Span;
  struct Made {
    media::Colour from;
    media::Colour to;
    int bits = 0;

    friend bool operator==(const Made&, const Made&) = default;
  };
  void prepare(const Made& wanted);
  void convert_by_table(const AVFrame& from, const media::Colour& colour, const Target& to);
  template <int kBits>
  void convert_all(const AVFrame& from, const Target& to) const;
  template <int kBits>
  void convert_block(const AVFrame& from, const Target& to, int x, int y) const;

  std::optional<Made> made_;
  std::vector<Node> table_;  ///< by chroma blue, chroma red, luma
};

/// Tags `picture` as of this colour and, if that is SDR, removes the side data that describes the light of an HDR
/// picture.
void tag_as(AVFrame& picture, const media::Colour& colour);

}  // namespace transcode
