#include "transcode/sdr_converter.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "transcode/sdr.h"

namespace transcode {
namespace {

constexpr int kShift = 4;  // 10-bit codes from one value of the table to the next, as a power of two
constexpr int kStep = 1 << kShift;
constexpr std::size_t kNodes = (1024 >> kShift) + 1;
constexpr int kValueShift = 4;  // the table's values are 8-bit samples times 16
constexpr int kWeightShift = kShift + kValueShift;
constexpr std::uint32_t kHalf = 1U << (kWeightShift - 1);
constexpr int kLargest10 = 1023;

/// 10 bits to 8 without it shows bands in skies. Units: sixteenths of an 8-bit step, less half of one.
constexpr std::array<std::array<std::uint8_t, 4>, 4> kDither{
    {{0, 8, 2, 10}, {12, 4, 14, 6}, {3, 11, 1, 9}, {15, 7, 13, 5}}};

std::uint16_t table_value(double sample, double scale, double offset) {
  const double value = std::clamp(offset + scale * sample, 0.0, 255.0);
  return static_cast<std::uint16_t>(std::lround(value * (1 << kValueShift)));
}

int sample_at(const AVFrame& frame, std::size_t plane, int x, int y) {
  std::uint16_t value = 0;
  std::memcpy(&value, frame.data[plane] + std::ptrdiff_t{y} * frame.linesize[plane] + std::ptrdiff_t{x} * 2, 2);
  return std::min<int>(value, kLargest10);
}

std::uint32_t dither_at(int x, int y) {
  const std::uint32_t sixteenths = kDither[static_cast<std::size_t>(y & 3)][static_cast<std::size_t>(x & 3)];
  return (2 * sixteenths + 1) << (kWeightShift - 5);
}

std::uint8_t rounded(std::uint32_t value, std::uint32_t rounding) {
  return static_cast<std::uint8_t>(std::min<std::uint32_t>((value + rounding) >> kWeightShift, 255));
}

}  // namespace

media::Colour colour_of(const AVFrame& picture) {
  return {static_cast<std::uint8_t>(picture.color_primaries), static_cast<std::uint8_t>(picture.color_trc),
          static_cast<std::uint8_t>(picture.colorspace),
          picture.color_range == AVCOL_RANGE_JPEG || picture.format == AV_PIX_FMT_YUVJ420P};
}

/// The four columns of the table around a pair of chroma samples, and where between them the pair lies.
struct SdrConverter::Cell {
  Cell(int blue, int red) {
    const auto column = [](int b, int r) {
      return (static_cast<std::size_t>(b) * kNodes + static_cast<std::size_t>(r)) * kNodes;
    };
    const int b = blue >> kShift;
    const int r = red >> kShift;
    columns = {column(b, r), column(b, r + 1), column(b + 1, r), column(b + 1, r + 1)};
    past_blue = static_cast<std::uint16_t>(blue & (kStep - 1));
    past_red = static_cast<std::uint16_t>(red & (kStep - 1));
  }

  std::array<std::size_t, 4> columns{};
  std::uint16_t past_blue = 0;  ///< sixteenths
  std::uint16_t past_red = 0;
};

/// A cell's colours at the two steps of luma around a sample: most neighbours share them.
class SdrConverter::Span {
 public:
  Span(const std::vector<Node>& table, const Cell& cell) : table_(table), cell_(cell) {}

  /// Units of the result: 8-bit samples times 2 to the kWeightShift. `component`: 0 luma, 1 blue, 2 red.
  std::uint32_t value(std::size_t component, int luma) {
    const auto node = static_cast<std::size_t>(luma >> kShift);
    if (node != node_) blend(node);
    const int past = luma & (kStep - 1);
    return static_cast<std::uint32_t>(ends_[component] * (kStep - past) + ends_[component + 4] * past);
  }

 private:
  /// Two nodes, of four numbers each: one vector register. Values times 16 fit into the numbers.
  typedef std::uint16_t Ends __attribute__((vector_size(16)));

  Ends load(std::size_t corner, std::size_t node) const {
    Ends ends;
    static_assert(sizeof ends == 2 * sizeof(Node));
    std::memcpy(&ends, table_.data() + cell_.columns[corner] + node, sizeof ends);
    return ends;
  }
  static Ends between(Ends from, Ends to, std::uint16_t past) {
    return (from * static_cast<std::uint16_t>(kStep - past) + to * past + kStep / 2) >> kShift;
  }
  void blend(std::size_t node) {
    node_ = node;
    const Ends low = between(load(0, node), load(1, node), cell_.past_red);
    const Ends high = between(load(2, node), load(3, node), cell_.past_red);
    ends_ = between(low, high, cell_.past_blue);
  }

  const std::vector<Node>& table_;
  const Cell& cell_;
  std::size_t node_ = SIZE_MAX;
  Ends ends_{};
};

void SdrConverter::prepare(const media::Colour& colour) {
  if (colour_ == colour) return;
  colour_ = colour;
  table_.resize(kNodes * kNodes * kNodes);
  // Nominal ranges of 10 bits (BT.2100 table 9).
  const double black = colour.full_range ? 0 : 64;
  const double luma_range = colour.full_range ? 1023 : 876;
  const double chroma_range = colour.full_range ? 1023 : 896;
  const auto code = [](std::size_t node) { return static_cast<double>(node) * kStep; };
  auto node = table_.begin();
  for (std::size_t b = 0; b < kNodes; ++b) {
    for (std::size_t r = 0; r < kNodes; ++r) {
      for (std::size_t y = 0; y < kNodes; ++y, ++node) {
        const Yuv shown = to_sdr(
            colour, {(code(y) - black) / luma_range, (code(b) - 512) / chroma_range, (code(r) - 512) / chroma_range});
        *node = {table_value(shown.y, 219, 16), table_value(shown.cb, 224, 128), table_value(shown.cr, 224, 128), 0};
      }
    }
  }
}

/// Two by two samples of luma and the one of chroma that they share.
void SdrConverter::convert_block(const AVFrame& from, const Target& to, int x, int y) const {
  const Cell cell(sample_at(from, 1, x / 2, y / 2), sample_at(from, 2, x / 2, y / 2));
  Span span(table_, cell);
  int sum = 0;
  for (int line = y; line < y + 2; ++line) {
    std::uint8_t* out = to.planes[0] + std::ptrdiff_t{line} * to.strides[0];
    for (int column = x; column < x + 2; ++column) {
      const int luma = sample_at(from, 0, column, line);
      sum += luma;
      out[column] = rounded(span.value(0, luma), dither_at(column, line));
    }
  }
  const int mean = (sum + 2) / 4;
  to.planes[1][std::ptrdiff_t{y / 2} * to.strides[1] + x / 2] = rounded(span.value(1, mean), kHalf);
  to.planes[2][std::ptrdiff_t{y / 2} * to.strides[2] + x / 2] = rounded(span.value(2, mean), kHalf);
}

void SdrConverter::convert(const AVFrame& from, const media::Colour& colour, const Target& to) {
  prepare(colour);
  for (int y = 0; y + 1 < from.height; y += 2) {
    for (int x = 0; x + 1 < from.width; x += 2) convert_block(from, to, x, y);
  }
}

void tag_as_sdr(AVFrame& picture) {
  picture.color_primaries = AVCOL_PRI_BT709;
  picture.color_trc = AVCOL_TRC_BT709;
  picture.colorspace = AVCOL_SPC_BT709;
  picture.color_range = AVCOL_RANGE_MPEG;
  for (const AVFrameSideDataType type :
       {AV_FRAME_DATA_MASTERING_DISPLAY_METADATA, AV_FRAME_DATA_CONTENT_LIGHT_LEVEL, AV_FRAME_DATA_DYNAMIC_HDR_PLUS,
        AV_FRAME_DATA_DOVI_RPU_BUFFER, AV_FRAME_DATA_DOVI_METADATA, AV_FRAME_DATA_DYNAMIC_HDR_VIVID,
        AV_FRAME_DATA_ICC_PROFILE}) {
    av_frame_remove_side_data(&picture, type);
  }
}

}  // namespace transcode
