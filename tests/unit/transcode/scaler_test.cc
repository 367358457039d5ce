#include "transcode/scaler.h"

#include <gtest/gtest.h>

#include "unit/transcode/picture.h"

namespace transcode {
namespace {

using testing::kSquare;
using testing::luma_at;
using testing::make_picture;

constexpr int kBlack = 16;  // of limited range
constexpr int kGrey = 120;

FramePtr grey(int width, int height, AVPixelFormat format = AV_PIX_FMT_YUV420P) {
  return make_picture(width, height, kGrey, kGrey, format);
}

/// Where the picture stands in its frame: the first and last column and line that are not black.
struct PictureArea {
  int left = 0;
  int right = 0;
  int top = 0;
  int bottom = 0;
  bool operator==(const PictureArea&) const = default;
};

PictureArea area_of(const AVFrame& frame) {
  PictureArea area{0, frame.width - 1, 0, frame.height - 1};
  const auto black = [&](int x, int y) { return luma_at(frame, x, y) < (kBlack + kGrey) / 2; };
  while (area.left < frame.width && black(area.left, frame.height / 2)) ++area.left;
  while (area.right > 0 && black(area.right, frame.height / 2)) --area.right;
  while (area.top < frame.height && black(frame.width / 2, area.top)) ++area.top;
  while (area.bottom > 0 && black(frame.width / 2, area.bottom)) --area.bottom;
  return area;
}

void PrintTo(const PictureArea& area, std::ostream* out) {
  *out << area.left << ".." << area.right << " x " << area.top << ".." << area.bottom;
}

TEST(Scaler, PassesAPictureOnWithoutACopyThatHasItsSizeAlready) {
  Scaler scaler(64, 36);
  const FramePtr picture = grey(64, 36);
  picture->interlaced_frame = 1;
  const FramePtr scaled = scaler.scale(*picture, kSquare);
  ASSERT_NE(scaled, nullptr);
  EXPECT_EQ(scaled->data[0], picture->data[0]);
  EXPECT_EQ(scaled->pts, 7);
  EXPECT_EQ(scaled->sample_aspect_ratio.num, 1);
  EXPECT_EQ(scaled->interlaced_frame, 0);
}

TEST(Scaler, FillsItsSizeWithAPictureOfItsShape) {
  Scaler scaler(64, 36);
  const FramePtr scaled = scaler.scale(*grey(320, 180), kSquare);
  EXPECT_EQ(scaled->width, 64);
  EXPECT_EQ(scaled->height, 36);
  EXPECT_EQ(scaled->pts, 7);
  EXPECT_EQ(area_of(*scaled), (PictureArea{0, 63, 0, 35}));
}

TEST(Scaler, PutsBarsBesideANarrowPictureAndAboveAWideOne) {
  Scaler scaler(160, 80);
  EXPECT_EQ(area_of(*scaler.scale(*grey(80, 80), kSquare)), (PictureArea{40, 119, 0, 79}));
  EXPECT_EQ(area_of(*scaler.scale(*grey(160, 40), kSquare)), (PictureArea{0, 159, 20, 59}));
  EXPECT_EQ(area_of(*scaler.scale(*grey(320, 160), kSquare)), (PictureArea{0, 159, 0, 79})) << "and none again";
}

TEST(Scaler, LeavesBarsOutThatWouldBeTwoHundredthsWideOrLess) {
  Scaler scaler(200, 100);
  EXPECT_EQ(area_of(*scaler.scale(*grey(196, 100), kSquare)), (PictureArea{0, 199, 0, 99}));
  EXPECT_EQ(area_of(*scaler.scale(*grey(204, 100), kSquare)), (PictureArea{0, 199, 0, 99}));
  EXPECT_EQ(area_of(*scaler.scale(*grey(194, 100), kSquare)), (PictureArea{2, 195, 0, 99}));
  EXPECT_EQ(area_of(*scaler.scale(*grey(206, 100), kSquare)), (PictureArea{0, 199, 2, 97}));
}

TEST(Scaler, TakesTheShapeOfPixelsFromThePictureBeforeThatOfItsTrack) {
  Scaler scaler(160, 80);
  const FramePtr picture = grey(80, 80);
  EXPECT_EQ(area_of(*scaler.scale(*picture, {2, 1})), (PictureArea{0, 159, 0, 79})) << "the track's";
  picture->sample_aspect_ratio = {1, 1};
  EXPECT_EQ(area_of(*scaler.scale(*picture, {2, 1})), (PictureArea{40, 119, 0, 79})) << "its own";
  picture->sample_aspect_ratio = {0, 1};
  EXPECT_EQ(area_of(*scaler.scale(*picture, {0, 1})), (PictureArea{40, 119, 0, 79})) << "nobody knows: square";
}

TEST(Scaler, KeepsTwoLinesOfAPictureThatIsHardlyHigh) {
  Scaler scaler(64, 64);
  const FramePtr flat = scaler.scale(*grey(512, 4), kSquare);
  for (const int line : {29, 32}) EXPECT_EQ(luma_at(*flat, 10, line), kBlack);
  for (const int line : {30, 31}) EXPECT_NEAR(luma_at(*flat, 10, line), kGrey, 2);
  const FramePtr tall = scaler.scale(*grey(4, 512), kSquare);
  EXPECT_EQ(luma_at(*tall, 29, 10), kBlack);
  for (const int column : {30, 31}) EXPECT_NEAR(luma_at(*tall, column, 10), kGrey, 2);
}

TEST(Scaler, MakesPlanarFourTwoNoughtOfOtherPixelFormats) {
  Scaler scaler(64, 36);
  const FramePtr scaled = scaler.scale(*grey(64, 36, AV_PIX_FMT_YUVA420P), kSquare);
  ASSERT_NE(scaled, nullptr);
  EXPECT_EQ(scaled->format, AV_PIX_FMT_YUV420P);
  EXPECT_EQ(luma_at(*scaled, 10, 10), kGrey);
}

TEST(Scaler, KeepsFullRangeAsATagOfItsPixels) {
  for (const int size : {64, 128}) {
    Scaler scaler(64, 64);
    const FramePtr scaled = scaler.scale(*make_picture(size, size, 250, 250, AV_PIX_FMT_YUVJ420P), kSquare);
    ASSERT_NE(scaled, nullptr);
    EXPECT_EQ(scaled->format, AV_PIX_FMT_YUV420P);
    EXPECT_EQ(scaled->color_range, AVCOL_RANGE_JPEG);
    EXPECT_NEAR(luma_at(*scaled, 32, 32), 250, 1) << "not squeezed into limited range";
  }
}

// They were dark grey: 16, the black of limited range.
TEST(Scaler, MakesBarsBlackInFullRangeToo) {
  Scaler scaler(160, 80);
  const FramePtr tagged = grey(80, 80);
  tagged->color_range = AVCOL_RANGE_JPEG;
  EXPECT_EQ(luma_at(*scaler.scale(*tagged, kSquare), 5, 40), 0);
  EXPECT_EQ(luma_at(*scaler.scale(*grey(80, 80, AV_PIX_FMT_YUVJ420P), kSquare), 5, 40), 0);
  EXPECT_EQ(luma_at(*scaler.scale(*grey(80, 80), kSquare), 5, 40), kBlack);
}

TEST(Scaler, GivesNothingForAPictureWithoutASize) {
  Scaler scaler(64, 36);
  const FramePtr picture = grey(64, 36);
  picture->width = 0;
  EXPECT_EQ(scaler.scale(*picture, kSquare), nullptr);
  picture->width = 64;
  picture->height = 0;
  EXPECT_EQ(scaler.scale(*picture, kSquare), nullptr);
}

/// All of one luma, tagged as PQ in BT.2020.
FramePtr pq(int size, int luma) {
  FramePtr picture = make_picture(size, size, luma, luma);
  picture->color_trc = AVCOL_TRC_SMPTE2084;
  picture->color_primaries = AVCOL_PRI_BT2020;
  picture->colorspace = AVCOL_SPC_BT2020_NCL;
  return picture;
}

TEST(Scaler, MakesStandardDynamicRangeOfAPictureThatHasMore) {
  const int white = 16 + 219 * 58 / 100;  // 203 cd/m2: grey for a display that knows nothing of PQ
  for (const int size : {64, 128}) {
    Scaler scaler(64, 64);
    const FramePtr scaled = scaler.scale(*pq(size, white), kSquare);
    ASSERT_NE(scaled, nullptr);
    EXPECT_EQ(scaled->color_trc, AVCOL_TRC_BT709);
    EXPECT_EQ(scaled->color_primaries, AVCOL_PRI_BT709);
    EXPECT_EQ(scaled->colorspace, AVCOL_SPC_BT709);
    EXPECT_NEAR(luma_at(*scaled, 30, 30), 16 + 219 * 0.90, 3) << size;
    EXPECT_EQ(scaled->pts, 7);
    const FramePtr plain = scaler.scale(*grey(size, size), kSquare);
    EXPECT_EQ(luma_at(*plain, 30, 30), kGrey) << "the next picture is none";
  }
}

TEST(Scaler, PutsBlackBarsBesideAPictureThatItConverts) {
  Scaler scaler(160, 80);
  const FramePtr scaled = scaler.scale(*pq(80, 180), kSquare);
  EXPECT_EQ(area_of(*scaled), (PictureArea{40, 119, 0, 79}));
  EXPECT_EQ(luma_at(*scaled, 10, 10), kBlack);
}

}  // namespace
}  // namespace transcode
