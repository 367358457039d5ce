#include "transcode/colour_converter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <utility>

#include "transcode/colour_map.h"
#include "transcode/frame_pool.h"
#include "unit/transcode/colours.h"
#include "unit/transcode/picture.h"

namespace transcode {
namespace {

using testing::kHlg;
using testing::kPq;

constexpr media::Colour k709{1, 1, 1, false};

/// Ten bits a sample, all samples of a plane alike.
FramePtr flat(int size, int y, int cb, int cr) {
  FramePtr frame(av_frame_alloc());
  frame->format = AV_PIX_FMT_YUV420P10LE;
  frame->width = size;
  frame->height = size;
  EXPECT_EQ(av_frame_get_buffer(frame.get(), 0), 0);
  const int values[] = {y, cb, cr};
  for (int plane = 0; plane < 3; ++plane) {
    const auto value = static_cast<std::uint16_t>(values[plane]);
    const int side = plane == 0 ? size : size / 2;
    for (int line = 0; line < side; ++line) {
      for (int x = 0; x < side; ++x) {
        std::memcpy(frame->data[plane] + std::ptrdiff_t{line} * frame->linesize[plane] + std::ptrdiff_t{x} * 2, &value,
                    2);
      }
    }
  }
  return frame;
}

FramePtr convert(ColourConverter& converter, const AVFrame& from, const media::Colour& colour) {
  FramePtr to = FramePool().picture(AV_PIX_FMT_YUV420P, from.width, from.height);
  converter.convert(from, colour,
                    {{to->data[0], to->data[1], to->data[2], nullptr},
                     {to->linesize[0], to->linesize[1], to->linesize[2], 0},
                     8,
                     k709});
  return to;
}

double mean(const AVFrame& frame, int plane) {
  const int side = plane == 0 ? frame.width : frame.width / 2;
  double sum = 0;
  for (int line = 0; line < side; ++line) {
    for (int x = 0; x < side; ++x) sum += frame.data[plane][std::ptrdiff_t{line} * frame.linesize[plane] + x];
  }
  return sum / (side * side);
}

/// How far 8-bit samples lie from the exact conversion, over many pictures of one colour each.
struct Distance {
  void add(double sample, double exact) {
    largest = std::max(largest, std::abs(sample - exact));
    sum += std::abs(sample - exact);
    ++count;
  }
  double largest = 0;
  double sum = 0;
  int count = 0;
};

TEST(ColourConverter, ShowsWhatTheExactConversionShows) {
  ColourConverter converter;
  std::mt19937 random(1);
  const auto between = [&](int least, int most) { return std::uniform_int_distribution<int>(least, most)(random); };
  for (const media::Colour& colour : {kPq, kHlg}) {
    Distance luma;
    Distance chroma;
    for (int round = 0; round < 1000; ++round) {
      // Colours that cameras give: near the axis of greys. The hull of the gamut has edges that a table rounds off.
      const int y = between(64, 720);
      const int spread = (y - 64) / 16;
      const int cb = 512 + between(-spread, spread);
      const int cr = 512 + between(-spread, spread);
      const FramePtr to = convert(converter, *flat(4, y, cb, cr), colour);
      const Yuv exact = ColourMap(colour, k709).map({(y - 64) / 876.0, (cb - 512) / 896.0, (cr - 512) / 896.0});
      luma.add(mean(*to, 0), 16 + 219 * exact.y);
      chroma.add(mean(*to, 1), 128 + 224 * exact.cb);
      chroma.add(mean(*to, 2), 128 + 224 * exact.cr);
    }
    // PQ is the steeper: a sixteenth of its codes is a step of 1.4 in light.
    EXPECT_LT(luma.largest, 12) << int{colour.transfer};
    EXPECT_LT(luma.sum / luma.count, 0.5) << int{colour.transfer};
    EXPECT_LT(chroma.largest, 12) << int{colour.transfer};
    EXPECT_LT(chroma.sum / chroma.count, 0.6) << int{colour.transfer} << ", half of it rounding";
  }
}

/// BT.601 of 625 lines, and BT.709 in full range.
constexpr media::Colour kOldMatrix{5, 6, 5, false};
constexpr media::Colour kFullRange{1, 1, 1, true};

TEST(ColourConverter, ConvertsAnotherMatrixOrRangeToTheNearestSample) {
  ColourConverter converter;
  std::mt19937 random(2);
  for (const media::Colour& colour : {kOldMatrix, kFullRange, media::Colour{6, 6, 6, true}}) {
    const double black = colour.full_range ? 0 : 64;
    const double luma = colour.full_range ? 1023 : 876;
    const double chroma = colour.full_range ? 1023 : 896;
    for (int round = 0; round < 300; ++round) {
      const int y = std::uniform_int_distribution<int>(300, 600)(random);
      const int cb = std::uniform_int_distribution<int>(400, 620)(random);
      const int cr = std::uniform_int_distribution<int>(400, 620)(random);
      const FramePtr to = convert(converter, *flat(4, y, cb, cr), colour);
      const Yuv exact = with_matrix({(y - black) / luma, (cb - 512) / chroma, (cr - 512) / chroma}, colour, k709);
      EXPECT_NEAR(mean(*to, 0), 16 + 219 * exact.y, 0.51) << y << " " << cb << " " << cr;
      EXPECT_NEAR(mean(*to, 1), 128 + 224 * exact.cb, 0.51);
      EXPECT_NEAR(mean(*to, 2), 128 + 224 * exact.cr, 0.51);
    }
  }
}

TEST(ColourConverter, KeepsSamplesBeyondTheNominalRangeWithinTheirBits) {
  ColourConverter converter;
  for (const int y : {0, 1023}) {
    for (const int cb : {0, 1023}) {
      for (const int cr : {0, 1023}) {
        const FramePtr to = convert(converter, *flat(4, y, cb, cr), kOldMatrix);
        EXPECT_TRUE(y == 0 ? mean(*to, 0) < 128 : mean(*to, 0) > 127) << y << " " << cb << " " << cr;
      }
    }
  }
}

TEST(ColourConverter, KeepsBlackAndGreyWithoutAnyColour) {
  ColourConverter converter;
  for (int y = 64; y <= 940; y += 12) {
    const FramePtr to = convert(converter, *flat(4, y, 512, 512), kPq);
    EXPECT_EQ(mean(*to, 1), 128) << y;
    EXPECT_EQ(mean(*to, 2), 128) << y;
  }
  EXPECT_EQ(mean(*convert(converter, *flat(4, 64, 512, 512), kPq), 0), 16);
  EXPECT_EQ(mean(*convert(converter, *flat(4, 940, 512, 512), kPq), 0), 235);
}

TEST(ColourConverter, SpreadsStepsOfTenBitsOverNeighbours) {
  ColourConverter converter;
  int different = 0;
  double before = mean(*convert(converter, *flat(8, 300, 512, 512), kPq), 0);
  for (int y = 301; y < 320; ++y) {
    const double now = mean(*convert(converter, *flat(8, y, 512, 512), kPq), 0);
    EXPECT_GE(now, before) << y;
    different += now > before ? 1 : 0;
    before = now;
  }
  EXPECT_GE(different, 18) << "each step of the source shows";
}

TEST(ColourConverter, ReadsTheRangeThatTheSourceNames) {
  ColourConverter converter;
  EXPECT_EQ(mean(*convert(converter, *flat(4, 0, 512, 512), {9, 16, 9, true}), 0), 16);
  EXPECT_EQ(mean(*convert(converter, *flat(4, 1023, 512, 512), {9, 16, 9, true}), 0), 235);
  EXPECT_GT(mean(*convert(converter, *flat(4, 64, 512, 512), {9, 16, 9, true}), 0), 17) << "no black there";
  EXPECT_EQ(mean(*convert(converter, *flat(4, 64, 512, 512), kPq), 0), 16) << "and the table is made anew";
}

TEST(ColourConverter, BearsSamplesOfMoreThanTenBits) {
  ColourConverter converter;
  EXPECT_EQ(mean(*convert(converter, *flat(4, 0xffff, 512, 512), kPq), 0), 235);
  EXPECT_GT(mean(*convert(converter, *flat(4, 500, 0xffff, 0xffff), kPq), 0), 16);
}

TEST(ColourConverter, WritesOnlyAsManySamplesAsItsSourceHas) {
  ColourConverter converter;
  const FramePtr to = testing::make_picture(16, 16, 77, 77);
  const FramePtr from = flat(8, 940, 512, 512);
  converter.convert(*from, kPq,
                    {{to->data[0] + 4 * to->linesize[0] + 4, to->data[1] + 2 * to->linesize[1] + 2,
                      to->data[2] + 2 * to->linesize[2] + 2, nullptr},
                     {to->linesize[0], to->linesize[1], to->linesize[2], 0},
                     8,
                     k709});
  for (const int at : {3, 12}) EXPECT_EQ(testing::luma_at(*to, at, 8), 77) << at;
  for (const int at : {3, 12}) EXPECT_EQ(testing::luma_at(*to, 8, at), 77) << at;
  for (const int at : {4, 11}) EXPECT_EQ(testing::luma_at(*to, at, at), 235) << at;
}

TEST(ColourConverter, TagsAPictureAsBt709WithoutWhatDescribedItsLight) {
  const FramePtr picture = testing::make_picture(16, 16, 77, 77);
  picture->color_trc = AVCOL_TRC_SMPTE2084;
  picture->color_primaries = AVCOL_PRI_BT2020;
  picture->colorspace = AVCOL_SPC_BT2020_NCL;
  picture->color_range = AVCOL_RANGE_JPEG;
  ASSERT_NE(av_frame_new_side_data(picture.get(), AV_FRAME_DATA_MASTERING_DISPLAY_METADATA, 8), nullptr);
  ASSERT_NE(av_frame_new_side_data(picture.get(), AV_FRAME_DATA_CONTENT_LIGHT_LEVEL, 8), nullptr);
  ASSERT_NE(av_frame_new_side_data(picture.get(), AV_FRAME_DATA_A53_CC, 8), nullptr);
  EXPECT_EQ(colour_of(*picture), (media::Colour{9, 16, 9, true}));
  tag_as(*picture, k709);
  EXPECT_EQ(colour_of(*picture), (media::Colour{1, 1, 1, false}));
  ASSERT_EQ(picture->nb_side_data, 1);
  EXPECT_EQ(picture->side_data[0]->type, AV_FRAME_DATA_A53_CC) << "captions stay";
}

/// A sample of ten bits.
int deep_at(const AVFrame& frame, int plane, int x, int y) {
  std::uint16_t value = 0;
  std::memcpy(&value, frame.data[plane] + std::ptrdiff_t{y} * frame.linesize[plane] + std::ptrdiff_t{x} * 2, 2);
  return value;
}

TEST(ColourConverter, MakesTenBitsWhereTenAreWanted) {
  ColourConverter converter;
  const FramePtr to = FramePool().picture(AV_PIX_FMT_YUV420P10LE, 8, 8);
  const auto into = [&](const AVFrame& from, const media::Colour& colour) {
    converter.convert(from, colour,
                      {{to->data[0], to->data[1], to->data[2], nullptr},
                       {to->linesize[0], to->linesize[1], to->linesize[2], 0},
                       10,
                       kPq});
  };
  into(*flat(8, 940, 512, 512), k709);
  for (const int at : {0, 7}) EXPECT_NEAR(deep_at(*to, 0, at, at), 64 + 876 * 0.5807, 2) << "203 cd/m2";
  for (const int plane : {1, 2}) EXPECT_EQ(deep_at(*to, plane, 3, 3), 512);
  into(*flat(8, 64, 512, 512), k709);
  EXPECT_EQ(deep_at(*to, 0, 4, 4), 64) << "black stays black";
  into(*flat(8, 721, 512, 512), kHlg);
  EXPECT_NEAR(deep_at(*to, 0, 4, 4), 64 + 876 * 0.5807, 4) << "and the table is made anew";
}

TEST(ColourConverter, WritesTheRangeOfValuesThatIsWanted) {
  ColourConverter converter;
  const FramePtr to = FramePool().picture(AV_PIX_FMT_YUV420P, 4, 4);
  for (const auto& [in, out] : {std::pair{64, 0}, {940, 255}}) {
    converter.convert(*flat(4, in, 512, 512), k709,
                      {{to->data[0], to->data[1], to->data[2], nullptr},
                       {to->linesize[0], to->linesize[1], to->linesize[2], 0},
                       8,
                       {1, 1, 1, true}});
    EXPECT_NEAR(mean(*to, 0), out, 1) << "the table cuts the corner at the largest sample";
    EXPECT_EQ(mean(*to, 1), 128);
  }
}

TEST(ColourConverter, LeavesWhatDescribesTheLightOnAPictureOfHdr) {
  const FramePtr picture = testing::make_picture(16, 16, 77, 77);
  ASSERT_NE(av_frame_new_side_data(picture.get(), AV_FRAME_DATA_CONTENT_LIGHT_LEVEL, 8), nullptr);
  tag_as(*picture, kHlg);
  EXPECT_EQ(colour_of(*picture), kHlg);
  EXPECT_EQ(picture->nb_side_data, 1);
}

}  // namespace
}  // namespace transcode
