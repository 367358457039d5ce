#include "transcode/colour_converter.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "media/hdr.h"
#include "transcode/colour_map.h"

namespace transcode {
namespace {

constexpr int kShift = 4;  // 10-bit codes from one value of the table to the next, as a power of two
constexpr int kStep = 1 << kShift;
constexpr std::size_t kNodes = (1024 >> kShift) + 1;
constexpr int kValueBits = 12;  // of the table's values
constexpr int kLargest10 = 1023;

/// What a sum of table values, weighted by sixteenths, is shifted by for a sample of so many bits.
constexpr int shift_for(int bits) { return kShift + kValueBits - bits; }

/// 10 bits to 8 without it shows bands in skies. Units: sixteenths of an 8-bit step, less half of one.
constexpr std::array<std::array<std::uint8_t, 4>, 4> kDither{
    {{0, 8, 2, 10}, {12, 4, 14, 6}, {3, 11, 1, 9}, {15, 7, 13, 5}}};

std::uint16_t table_value(double code, int bits) {
  const double value = std::clamp(code, 0.0, static_cast<double>((1 << bits) - 1));
  return static_cast<std::uint16_t>(std::lround(value * (1 << (kValueBits - bits))));
}

/// Codes of nominal black and of the nominal ranges. Spec: [BT.2100 table 9]
struct Codes {
  explicit Codes(int bits, bool full_range)
      : black(full_range ? 0 : 16 << (bits - 8)),
        luma(full_range ? (1 << bits) - 1 : 219 << (bits - 8)),
        chroma(full_range ? (1 << bits) - 1 : 224 << (bits - 8)),
        grey(128 << (bits - 8)) {}
  double black;
  double luma;
  double chroma;
  double grey;
};

int sample_at(const AVFrame& frame, std::size_t plane, int x, int y) {
  std::uint16_t value = 0;
  std::memcpy(&value, frame.data[plane] + std::ptrdiff_t{y} * frame.linesize[plane] + std::ptrdiff_t{x} * 2, 2);
  return std::min<int>(value, kLargest10);
}

/// The half that rounds, or between 0 and twice that.
template <int kBits>
std::uint32_t rounding_at(int x, int y) {
  if constexpr (kBits > 8) return 1U << (shift_for(kBits) - 1);
  const std::uint32_t sixteenths = kDither[static_cast<std::size_t>(y & 3)][static_cast<std::size_t>(x & 3)];
  return (2 * sixteenths + 1) << (shift_for(8) - 5);
}

template <int kBits>
void put(std::uint8_t* row, int x, std::uint32_t value, std::uint32_t rounding) {
  constexpr std::uint32_t kLargest = (1U << kBits) - 1;
  const std::uint32_t sample = std::min((value + rounding) >> shift_for(kBits), kLargest);
  if constexpr (kBits > 8) {
    const auto wide = static_cast<std::uint16_t>(sample);
    std::memcpy(row + std::ptrdiff_t{x} * 2, &wide, 2);
  } else {
    row[x] = static_cast<std::uint8_t>(sample);
  }
}

/// A linear map of samples to others, in codes times 2 to the kScale.
struct Recoding {
  static constexpr int kScale = 18;  // sums of samples of ten bits fit into 31
  struct Row {
    std::int32_t luma = 0;
    std::int32_t blue = 0;
    std::int32_t red = 0;
    std::int32_t constant = 0;  ///< with the half that rounds
  };
  std::array<Row, 3> rows{};  ///< what becomes of luma, blue and red

  Recoding(const media::Colour& colour, const media::Colour& wanted, int bits) {
    const Codes in(10, colour.full_range);
    const Codes out(bits, wanted.full_range);
    const auto image = [&](const Yuv& sample) { return with_matrix(sample, colour, wanted); };
    const Yuv luma = image({1, 0, 0});
    const Yuv blue = image({0, 1, 0});
    const Yuv red = image({0, 0, 1});
    rows = {row(luma.y, blue.y, red.y, in, out.luma, out.black),
            row(luma.cb, blue.cb, red.cb, in, out.chroma, out.grey),
            row(luma.cr, blue.cr, red.cr, in, out.chroma, out.grey)};
  }

 private:
  static std::int32_t fixed(double value) { return static_cast<std::int32_t>(std::lround(value * (1 << kScale))); }
  static Row row(double luma, double blue, double red, const Codes& in, double range, double zero) {
    const double y = luma * range / in.luma;
    const double b = blue * range / in.chroma;
    const double r = red * range / in.chroma;
    return {fixed(y), fixed(b), fixed(r), fixed(zero - y * in.black - (b + r) * in.grey + 0.5)};
  }
};

template <typename Sample>
Sample* row_of(std::uint8_t* plane, int stride, int y) {
  return reinterpret_cast<Sample*>(plane + std::ptrdiff_t{y} * stride);
}

/// `Sample`: of `to`, 8 or 16 bits wide.
template <typename Sample>
void recode(const AVFrame& from, const Recoding& how, const ColourConverter::Target& to) {
  const auto code = [most = (1 << to.bits) - 1](std::int32_t sum) {
    return static_cast<Sample>(std::clamp(sum >> Recoding::kScale, 0, most));
  };
  const auto& [to_luma, to_blue, to_red] = how.rows;
  for (int y = 0; y + 1 < from.height; y += 2) {
    const auto* blue = row_of<const std::uint16_t>(from.data[1], from.linesize[1], y / 2);
    const auto* red = row_of<const std::uint16_t>(from.data[2], from.linesize[2], y / 2);
    auto* blue_out = row_of<Sample>(to.planes[1], to.strides[1], y / 2);
    auto* red_out = row_of<Sample>(to.planes[2], to.strides[2], y / 2);
    for (int x = 0; x < from.width / 2; ++x) {
      // Grey has no chroma by any matrix: luma changes nothing of it.
      blue_out[x] = code(to_blue.constant + to_blue.blue * blue[x] + to_blue.red * red[x]);
      red_out[x] = code(to_red.constant + to_red.blue * blue[x] + to_red.red * red[x]);
    }
    for (int line = y; line < y + 2; ++line) {
      const auto* luma = row_of<const std::uint16_t>(from.data[0], from.linesize[0], line);
      auto* out = row_of<Sample>(to.planes[0], to.strides[0], line);
      for (int x = 0; x < from.width / 2; ++x) {
        const std::int32_t chroma = to_luma.constant + to_luma.blue * blue[x] + to_luma.red * red[x];
        out[2 * x] = code(chroma + to_luma.luma * luma[2 * x]);
        out[2 * x + 1] = code(chroma + to_luma.luma * luma[2 * x + 1]);
      }
    }
  }
}

}  // namespace

media::Colour colour_of(const AVFrame& picture) {
  return {static_cast<std::uint8_t>(picture.color_primaries), static_cast<std::uint8_t>(picture.color_trc),
          static_cast<std::uint8_t>(picture.colorspace), full_range(picture)};
}

/// The four columns of the table around a pair of chroma samples, and where between them the pair lies.
struct ColourConverter::Cell {
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
class ColourConverter::Span {
 public:
  Span(const std::vector<Node>& table, const Cell& cell) : table_(table), cell_(cell) {}

  /// Units of the result: samples times 2 to the shift_for() their bits. `component`: 0 luma, 1 blue, 2 red.
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

void ColourConverter::prepare(const Made& wanted) {
  if (made_ == wanted) return;
  made_ = wanted;
  table_.resize(kNodes * kNodes * kNodes);
  const ColourMap map(wanted.from, wanted.to);
  const Codes in(10, wanted.from.full_range);
  const Codes out(wanted.bits, wanted.to.full_range);
  const auto code = [](std::size_t node) { return static_cast<double>(node) * kStep; };
  auto node = table_.begin();
  for (std::size_t b = 0; b < kNodes; ++b) {
    for (std::size_t r = 0; r < kNodes; ++r) {
      for (std::size_t y = 0; y < kNodes; ++y, ++node) {
        const Yuv shown =
            map.map({(code(y) - in.black) / in.luma, (code(b) - in.grey) / in.chroma, (code(r) - in.grey) / in.chroma});
        *node = {table_value(out.black + out.luma * shown.y, wanted.bits),
                 table_value(out.grey + out.chroma * shown.cb, wanted.bits),
                 table_value(out.grey + out.chroma * shown.cr, wanted.bits), 0};
      }
    }
  }
}

/// Two by two samples of luma and the one of chroma that they share.
template <int kBits>
void ColourConverter::convert_block(const AVFrame& from, const Target& to, int x, int y) const {
  const Cell cell(sample_at(from, 1, x / 2, y / 2), sample_at(from, 2, x / 2, y / 2));
  Span span(table_, cell);
  int sum = 0;
  for (int line = y; line < y + 2; ++line) {
    std::uint8_t* row = to.planes[0] + std::ptrdiff_t{line} * to.strides[0];
    for (int column = x; column < x + 2; ++column) {
      const int luma = sample_at(from, 0, column, line);
      sum += luma;
      put<kBits>(row, column, span.value(0, luma), rounding_at<kBits>(column, line));
    }
  }
  constexpr std::uint32_t kHalf = 1U << (shift_for(kBits) - 1);
  const int mean = (sum + 2) / 4;
  for (const std::size_t plane : {1U, 2U}) {
    put<kBits>(to.planes[plane] + std::ptrdiff_t{y / 2} * to.strides[plane], x / 2, span.value(plane, mean), kHalf);
  }
}

template <int kBits>
void ColourConverter::convert_all(const AVFrame& from, const Target& to) const {
  for (int y = 0; y + 1 < from.height; y += 2) {
    for (int x = 0; x + 1 < from.width; x += 2) convert_block<kBits>(from, to, x, y);
  }
}

void ColourConverter::convert(const AVFrame& from, const media::Colour& colour, const Target& to) {
  if (!differs_by_matrix(colour, to.colour)) return convert_by_table(from, colour, to);
  const Recoding how(colour, to.colour, to.bits);
  if (to.bits > 8) return recode<std::uint16_t>(from, how, to);
  recode<std::uint8_t>(from, how, to);
}

void ColourConverter::convert_by_table(const AVFrame& from, const media::Colour& colour, const Target& to) {
  prepare({colour, to.colour, to.bits});
  if (to.bits > 8) return convert_all<10>(from, to);
  convert_all<8>(from, to);
}

void tag_as(AVFrame& picture, const media::Colour& colour) {
  picture.color_primaries = static_cast<AVColorPrimaries>(colour.primaries);
  picture.color_trc = static_cast<AVColorTransferCharacteristic>(colour.transfer);
  picture.colorspace = static_cast<AVColorSpace>(colour.matrix);
  picture.color_range = colour.full_range ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
  if (media::dynamic_range(colour) != media::DynamicRange::kSdr) return;
  for (const AVFrameSideDataType type :
       {AV_FRAME_DATA_MASTERING_DISPLAY_METADATA, AV_FRAME_DATA_CONTENT_LIGHT_LEVEL, AV_FRAME_DATA_DYNAMIC_HDR_PLUS,
        AV_FRAME_DATA_DOVI_RPU_BUFFER, AV_FRAME_DATA_DOVI_METADATA, AV_FRAME_DATA_DYNAMIC_HDR_VIVID,
        AV_FRAME_DATA_ICC_PROFILE}) {
    av_frame_remove_side_data(&picture, type);
  }
}

}  // namespace transcode
