#include "transcode/logo.h"

#include <gtest/gtest.h>

#include <vector>

#include "unit/media/png_file.h"
#include "unit/transcode/colours.h"
#include "unit/transcode/picture.h"

namespace transcode {
namespace {

using media::Overlay;
using media::testing::palette_png_of;
using media::testing::png_of;
using testing::luma_at;
using testing::make_picture;
using Corner = Overlay::Corner;

constexpr Look kBt709{AV_PIX_FMT_YUV420P, {1, 1, 1, false}};
constexpr media::testing::Rgba kRed{255, 0, 0, 255};
constexpr media::testing::Rgba kWhite{255, 255, 255, 255};

Overlay at(Corner corner, int margin = 100, int width = 250) {
  return {.id = "logo", .corner = corner, .margin = margin, .width = width};
}

/// The logo on a grey picture of 320x180.
FramePtr on_grey(base::View png, const Look& look, int opacity = 1000) {
  FramePtr picture = make_picture(320, 180, 100, 100);
  if (look.format != AV_PIX_FMT_YUV420P) {
    picture.reset(av_frame_alloc());
    picture->format = look.format;
    picture->width = 320;
    picture->height = 180;
    EXPECT_EQ(av_frame_get_buffer(picture.get(), 0), 0);
  }
  Overlay overlay = at(Corner::kTopLeft, 0);
  overlay.opacity = opacity;
  const auto logo = Logo::make(png);
  EXPECT_TRUE(logo.ok());
  if (!logo.ok()) return picture;
  const auto patch = logo->patch(overlay, 320, 180, look);
  EXPECT_TRUE(patch.ok());
  if (patch.ok()) patch->blend(*picture);
  return picture;
}
std::vector<int> sample(const AVFrame& picture, int x, int y) {
  std::vector<int> codes;
  for (int plane = 0; plane < 3; ++plane) {
    const int shift = plane == 0 ? 0 : 1;
    const std::uint8_t* const row = picture.data[plane] + std::ptrdiff_t{y >> shift} * picture.linesize[plane];
    codes.push_back(picture.format == AV_PIX_FMT_YUV420P ? row[x >> shift]
                                                         : reinterpret_cast<const std::uint16_t*>(row)[x >> shift]);
  }
  return codes;
}

TEST(Logo, LiesInItsCornerAsWideAsAsked) {
  const auto place = [](Corner corner) { return place_of(at(corner), 200, 100, 640, 360); };
  EXPECT_EQ(place(Corner::kTopLeft).left, 64);
  EXPECT_EQ(place(Corner::kTopLeft).top, 64) << "of the width, too";
  EXPECT_EQ(place(Corner::kTopLeft).width, 160);
  EXPECT_EQ(place(Corner::kTopLeft).height, 80);
  EXPECT_EQ(place(Corner::kTopRight).left, 640 - 64 - 160);
  EXPECT_EQ(place(Corner::kTopRight).top, 64);
  EXPECT_EQ(place(Corner::kBottomLeft).left, 64);
  EXPECT_EQ(place(Corner::kBottomLeft).top, 360 - 64 - 80);
  EXPECT_EQ(place(Corner::kBottomRight).left, 640 - 64 - 160);
  EXPECT_EQ(place(Corner::kBottomRight).top, 360 - 64 - 80);
}

TEST(Logo, IsSmallerWhereThePictureHasNoRoomForIt) {
  const PatchPlace tall = place_of(at(Corner::kTopLeft), 100, 400, 640, 360);
  EXPECT_EQ(tall.height, 232) << "between the margins";
  EXPECT_EQ(tall.width, 58) << "in its shape";
  const PatchPlace wide = place_of(at(Corner::kTopLeft, 400, 1000), 100, 10, 640, 1280);
  EXPECT_EQ(wide.width, 128);
  EXPECT_EQ(wide.height, 12);
}

TEST(Logo, IsAlwaysInWholeSamplesOfChromaInsideThePicture) {
  for (int width = 2; width < 100; width += 2) {
    for (const Corner corner : {Corner::kTopLeft, Corner::kBottomRight}) {
      const PatchPlace place = place_of(at(corner, 37, 333), 31, 17, width, 54);
      EXPECT_EQ((place.left | place.top | place.width | place.height) % 2, 0) << width;
      EXPECT_GE(place.left, 0);
      EXPECT_GE(place.top, 0);
      EXPECT_GE(place.width, 2);
      EXPECT_GE(place.height, 2);
      EXPECT_LE(place.left + place.width, width);
      EXPECT_LE(place.top + place.height, 54);
    }
  }
}

TEST(Logo, HasItsColourInTheMatrixOfThePicture) {
  const auto red = png_of(40, 40, kRed);
  EXPECT_EQ(sample(*on_grey(red, kBt709), 40, 40), (std::vector{63, 102, 240}));
  EXPECT_EQ(sample(*on_grey(red, {AV_PIX_FMT_YUV420P, {6, 6, 6, false}}), 40, 40), (std::vector{81, 90, 240}));
  EXPECT_EQ(sample(*on_grey(red, {AV_PIX_FMT_YUV420P, {2, 2, 2, false}}), 40, 40), (std::vector{63, 102, 240}))
      << "of a source that says nothing";
  EXPECT_EQ(sample(*on_grey(red, {AV_PIX_FMT_YUV420P, {1, 1, 1, true}}), 40, 40)[0], 54);
  EXPECT_EQ(sample(*on_grey(red, kBt709), 81, 40), (std::vector{100, 128, 128})) << "beside it";
}

TEST(Logo, IsOfReferenceWhiteOnHdr) {
  const auto white = png_of(40, 40, kWhite);
  const std::vector<int> pq = sample(*on_grey(white, {AV_PIX_FMT_YUV420P10LE, testing::kPq}), 40, 40);
  EXPECT_NEAR(pq[0], 64 + 876 * 0.5807, 1) << "203 cd/m2";
  EXPECT_NEAR(pq[1], 512, 1);
  const std::vector<int> hlg = sample(*on_grey(white, {AV_PIX_FMT_YUV420P10LE, testing::kHlg}), 40, 40);
  EXPECT_NEAR(hlg[0], 64 + 876 * 0.75, 3);
  const std::vector<int> red = sample(*on_grey(png_of(40, 40, kRed), {AV_PIX_FMT_YUV420P10LE, testing::kPq}), 40, 40);
  EXPECT_LT(red[0], pq[0]);
  EXPECT_GT(red[2], 600);
  EXPECT_LT(red[2], 900) << "not the red of BT.2020";
}

TEST(Logo, IsAsTransparentAsItsSamplesAndItsOpacitySay) {
  const auto half = png_of(40, 40, {255, 255, 255, 128});
  EXPECT_NEAR(sample(*on_grey(half, kBt709), 40, 40)[0], 100 + 135 * 128 / 255.0, 1);
  EXPECT_NEAR(sample(*on_grey(half, kBt709, 500), 40, 40)[0], 100 + 135 * 64 / 255.0, 1);
  EXPECT_EQ(sample(*on_grey(half, kBt709, 0), 40, 40)[0], 100);
  EXPECT_EQ(sample(*on_grey(png_of(40, 40, {255, 255, 255, 0}), kBt709), 40, 40)[0], 100);
}

TEST(Logo, HasNoFringesOfWhatIsTransparent) {
  // White columns and black ones that nobody sees: scaled, they share samples.
  const auto stripes = png_of(320, 40, [](int x, int) {
    return x % 2 == 0 ? media::testing::Rgba{255, 255, 255, 255} : media::testing::Rgba{0, 0, 0, 0};
  });
  EXPECT_NEAR(sample(*on_grey(stripes, kBt709), 40, 4)[0], 100 + 135 * 0.5, 2) << "half of white, none of black";
}

TEST(Logo, CanHaveAPaletteOrShadesOfGrey) {
  EXPECT_EQ(sample(*on_grey(palette_png_of(40, 40, kRed), kBt709), 40, 40), (std::vector{63, 102, 240}));
  EXPECT_NEAR(sample(*on_grey(palette_png_of(40, 40, {255, 255, 255, 128}), kBt709), 40, 40)[0], 168, 1);
  base::ByteWriter grey = media::testing::png_head(1, 1, 4);  // grey and alpha
  media::testing::put_chunk(grey, "IDAT", media::testing::stored(std::vector<std::uint8_t>{0, 255, 128}));
  media::testing::put_chunk(grey, "IEND", {});
  EXPECT_NEAR(sample(*on_grey(grey.view(), kBt709), 40, 40)[0], 168, 1);
}

TEST(Logo, IsScaledUpToo) {
  EXPECT_EQ(sample(*on_grey(png_of(2, 2, kWhite), kBt709), 0, 0)[0], 235);
  EXPECT_EQ(sample(*on_grey(png_of(2, 2, kWhite), kBt709), 79, 79)[0], 235);
}

TEST(Logo, ThatCannotBeDecodedIsRefused) {
  base::ByteWriter out = media::testing::png_head(4, 4, 6);
  media::testing::put_chunk(out, "IDAT", base::view_of("no zlib"));
  media::testing::put_chunk(out, "IEND", {});
  EXPECT_FALSE(Logo::make(out.view()).ok());
  EXPECT_FALSE(Logo::make(base::view_of("no picture")).ok());
  EXPECT_FALSE(Logo::make({}).ok());
}

}  // namespace
}  // namespace transcode
