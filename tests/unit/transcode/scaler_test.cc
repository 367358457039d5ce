#include "transcode/scaler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

extern "C" {
#include <libavutil/pixdesc.h>
}

#include "transcode/colour_converter.h"
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
    Scaler scaler(64, 64, {AV_PIX_FMT_YUV420P, {2, 2, 2, true}});
    const FramePtr scaled = scaler.scale(*make_picture(size, size, 250, 250, AV_PIX_FMT_YUVJ420P), kSquare);
    ASSERT_NE(scaled, nullptr);
    EXPECT_EQ(scaled->format, AV_PIX_FMT_YUV420P);
    EXPECT_EQ(scaled->color_range, AVCOL_RANGE_JPEG);
    EXPECT_NEAR(luma_at(*scaled, 32, 32), 250, 1) << "not squeezed into limited range";
  }
}

// They were dark grey: 16, the black of limited range.
TEST(Scaler, MakesBarsBlackInFullRangeToo) {
  Scaler scaler(160, 80, {AV_PIX_FMT_YUV420P, {2, 2, 2, true}});
  const FramePtr tagged = grey(80, 80);
  tagged->color_range = AVCOL_RANGE_JPEG;
  EXPECT_EQ(luma_at(*scaler.scale(*tagged, kSquare), 5, 40), 0);
  EXPECT_EQ(luma_at(*scaler.scale(*grey(80, 80, AV_PIX_FMT_YUVJ420P), kSquare), 5, 40), 0);
  EXPECT_EQ(luma_at(*Scaler(160, 80).scale(*grey(80, 80), kSquare), 5, 40), kBlack);
}

// 4:2:2 and 4:4:4 of full range came out squeezed into limited range, and tagged as full.
TEST(Scaler, KeepsFullRangeOfOtherSubsamplingsToo) {
  Scaler scaler(64, 64, {AV_PIX_FMT_YUV420P, {2, 2, 2, true}});
  for (const AVPixelFormat format : {AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ444P}) {
    const FramePtr scaled = scaler.scale(*make_picture(64, 64, 250, 250, format), kSquare);
    ASSERT_NE(scaled, nullptr);
    EXPECT_EQ(scaled->color_range, AVCOL_RANGE_JPEG);
    EXPECT_NEAR(luma_at(*scaled, 32, 32), 250, 1) << av_get_pix_fmt_name(format);
  }
}

TEST(Scaler, ConvertsTheRangeOfASourceThatIsNotThatOfTheRung) {
  Scaler limited(64, 64);
  const FramePtr squeezed = limited.scale(*make_picture(64, 64, 255, 0, AV_PIX_FMT_YUVJ420P), kSquare);
  EXPECT_EQ(squeezed->color_range, AVCOL_RANGE_MPEG);
  EXPECT_NEAR(luma_at(*squeezed, 10, 10), 235, 1);
  EXPECT_NEAR(luma_at(*squeezed, 50, 10), 16, 1);
  Scaler full(64, 64, {AV_PIX_FMT_YUV420P, {1, 1, 1, true}});
  const FramePtr stretched = full.scale(*make_picture(64, 64, 235, 16), kSquare);
  EXPECT_EQ(stretched->color_range, AVCOL_RANGE_JPEG);
  EXPECT_NEAR(luma_at(*stretched, 10, 10), 255, 1);
  EXPECT_NEAR(luma_at(*stretched, 50, 10), 0, 1);
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
    Scaler scaler(64, 64, {AV_PIX_FMT_YUV420P, {1, 1, 1, false}});
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

/// A luma sample of ten bits.
int deep_sample(const AVFrame& frame, int x, int y) {
  return reinterpret_cast<const std::uint16_t*>(frame.data[0] + std::ptrdiff_t{y} * frame.linesize[0])[x];
}

constexpr Look kDeepPq{AV_PIX_FMT_YUV420P10LE, {9, 16, 9, false}};

FramePtr deep_pq(int width, int height, int luma, AVPixelFormat format = AV_PIX_FMT_YUV420P10LE) {
  FramePtr picture(av_frame_alloc());
  picture->format = format;
  picture->width = width;
  picture->height = height;
  EXPECT_EQ(av_frame_get_buffer(picture.get(), 0), 0);
  tag_as(*picture, kDeepPq.colour);
  for (int plane = 0; plane < 3; ++plane) {
    const bool halved = plane > 0 && format == AV_PIX_FMT_YUV420P10LE;
    for (int y = 0; y < (halved ? height / 2 : height); ++y) {
      auto* row = reinterpret_cast<std::uint16_t*>(picture->data[plane] + std::ptrdiff_t{y} * picture->linesize[plane]);
      std::fill_n(row, plane == 0 ? width : width / 2, static_cast<std::uint16_t>(plane == 0 ? luma : 512));
    }
  }
  return picture;
}

TEST(Scaler, LeavesTenBitsOfHdrAsTheyAreInARungThatHasThem) {
  Scaler scaler(64, 64, kDeepPq);
  const FramePtr picture = deep_pq(64, 64, 501);
  EXPECT_EQ(scaler.scale(*picture, kSquare)->data[0], picture->data[0]) << "without a copy";
  for (const AVPixelFormat format : {AV_PIX_FMT_YUV420P10LE, AV_PIX_FMT_YUV422P10LE}) {
    const FramePtr scaled = scaler.scale(*deep_pq(128, 128, 501, format), kSquare);
    EXPECT_EQ(scaled->format, AV_PIX_FMT_YUV420P10LE);
    EXPECT_EQ(scaled->color_trc, AVCOL_TRC_SMPTE2084);
    EXPECT_EQ(deep_sample(*scaled, 30, 30), 501) << av_get_pix_fmt_name(format);
  }
}

TEST(Scaler, PutsBlackBarsOfTenBitsBesideAPictureOfHdr) {
  Scaler scaler(160, 80, kDeepPq);
  const FramePtr scaled = scaler.scale(*deep_pq(80, 80, 501), kSquare);
  EXPECT_EQ(deep_sample(*scaled, 10, 10), 64);
  EXPECT_EQ(deep_sample(*scaled, 39, 79), 64);
  EXPECT_EQ(deep_sample(*scaled, 80, 40), 501);
  EXPECT_EQ(deep_sample(*scaled, 150, 40), 64);
}

TEST(Scaler, ShowsSdrInARungOfHdrAsBrightAsHdrsWhite) {
  Scaler scaler(64, 64, kDeepPq);
  const FramePtr scaled = scaler.scale(*make_picture(64, 64, 235, 16), kSquare);
  EXPECT_EQ(scaled->color_trc, AVCOL_TRC_SMPTE2084) << "it claims what the rung is";
  EXPECT_NEAR(deep_sample(*scaled, 10, 30), 64 + 876 * 0.5807, 3);
  EXPECT_NEAR(deep_sample(*scaled, 50, 30), 64, 1);
}

TEST(Scaler, ConvertsTheMatrixOfASourceThatIsNotThatOfTheRung) {
  Scaler scaler(64, 64, {AV_PIX_FMT_YUV420P, {1, 1, 1, false}});
  FramePtr picture = make_picture(64, 64, 100, 100);
  for (int y = 0; y < 32; ++y) std::fill_n(picture->data[2] + std::ptrdiff_t{y} * picture->linesize[2], 32, 180);
  tag_as(*picture, {1, 1, 1, false});
  EXPECT_EQ(scaler.scale(*picture, kSquare)->data[0], picture->data[0]) << "BT.709 stays as it is";
  tag_as(*picture, {1, 1, 6, false});
  const FramePtr scaled = scaler.scale(*picture, kSquare);
  EXPECT_EQ(scaled->colorspace, AVCOL_SPC_BT709);
  // R = Y + 1.402 Cr of BT.601 is Y + 1.5748 Cr of BT.709.
  const double cr = (180 - 128) / 224.0;
  const double y601 = (100 - 16) / 219.0;
  const double r = y601 + 1.402 * cr;
  const double g = y601 - 0.7141 * cr;
  const double y709 = 0.2126 * r + 0.7152 * g + 0.0722 * y601;
  EXPECT_NEAR(luma_at(*scaled, 30, 30), 16 + 219 * y709, 1.5);
  EXPECT_NEAR(scaled->data[2][0], 128 + 224 * (r - y709) / 1.5748, 1.5);
}

}  // namespace
}  // namespace transcode
