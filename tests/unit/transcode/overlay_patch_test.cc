#include "transcode/overlay_patch.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <tuple>
#include <vector>

#include "unit/transcode/colours.h"
#include "unit/transcode/picture.h"

namespace transcode {
namespace {

using testing::luma_at;
using testing::make_picture;

constexpr PatchPlace kSquareOf4{8, 4, 4, 4};
constexpr media::Colour kSdr{1, 1, 1, false};

Tint covering(float cover, Yuv colour) {
  return {cover,
          {colour.y * static_cast<double>(cover), colour.cb * static_cast<double>(cover),
           colour.cr * static_cast<double>(cover)}};
}
std::vector<Tint> all(const Tint& tint) { return std::vector<Tint>(16, tint); }

FramePtr deep_picture(int luma, int chroma) {
  FramePtr frame(av_frame_alloc());
  frame->format = AV_PIX_FMT_YUV420P10LE;
  frame->width = 32;
  frame->height = 16;
  EXPECT_EQ(av_frame_get_buffer(frame.get(), 0), 0);
  for (int plane = 0; plane < 3; ++plane) {
    for (int y = 0; y < (plane == 0 ? 16 : 8); ++y) {
      auto* const row =
          reinterpret_cast<std::uint16_t*>(frame->data[plane] + std::ptrdiff_t{y} * frame->linesize[plane]);
      for (int x = 0; x < (plane == 0 ? 32 : 16); ++x) row[x] = static_cast<std::uint16_t>(plane == 0 ? luma : chroma);
    }
  }
  return frame;
}
int code_at(const AVFrame& frame, int plane, int x, int y) {
  const std::uint8_t* const row = frame.data[plane] + std::ptrdiff_t{y} * frame.linesize[plane];
  return frame.format == AV_PIX_FMT_YUV420P ? row[x] : reinterpret_cast<const std::uint16_t*>(row)[x];
}

TEST(OverlayPatch, CoversItsPlaceAndNothingElse) {
  const FramePtr picture = make_picture(32, 16, 100, 100);
  OverlayPatch(kSquareOf4, all(covering(1, {1, 0.25, -0.25})), {AV_PIX_FMT_YUV420P, kSdr}).blend(*picture);
  for (int y = 0; y < 16; ++y) {
    for (int x = 0; x < 32; ++x) {
      const bool inside = x >= 8 && x < 12 && y >= 4 && y < 8;
      ASSERT_EQ(luma_at(*picture, x, y), inside ? 235 : 100) << x << ' ' << y;
      ASSERT_EQ(code_at(*picture, 1, x / 2, y / 2), inside ? 184 : 128);
      ASSERT_EQ(code_at(*picture, 2, x / 2, y / 2), inside ? 72 : 128);
    }
  }
}

TEST(OverlayPatch, LeavesAsMuchOfThePictureAsItDoesNotCover) {
  for (const auto& [cover, luma, chroma] :
       {std::tuple{0.0F, 100, 128}, {0.25F, 134, 142}, {0.5F, 168, 156}, {0.75F, 201, 170}}) {
    const FramePtr picture = make_picture(32, 16, 100, 100);
    OverlayPatch(kSquareOf4, all(covering(cover, {1, 0.25, 0})), {AV_PIX_FMT_YUV420P, kSdr}).blend(*picture);
    EXPECT_EQ(luma_at(*picture, 9, 5), luma) << cover;
    EXPECT_EQ(code_at(*picture, 1, 5, 3), chroma) << cover;
    EXPECT_EQ(code_at(*picture, 2, 5, 3), 128) << cover;
  }
}

TEST(OverlayPatch, HasTenBitsOnAPictureOfTen) {
  const FramePtr picture = deep_picture(401, 512);
  OverlayPatch(kSquareOf4, all(covering(0.5, {1, 0.25, -0.25})), {AV_PIX_FMT_YUV420P10LE, testing::kPq})
      .blend(*picture);
  EXPECT_EQ(code_at(*picture, 0, 9, 5), 671) << "half of 401 and of 940";
  EXPECT_EQ(code_at(*picture, 1, 5, 3), 624);
  EXPECT_EQ(code_at(*picture, 2, 5, 3), 400);
  EXPECT_EQ(code_at(*picture, 0, 7, 5), 401);
  EXPECT_EQ(code_at(*picture, 0, 12, 7), 401);
  EXPECT_EQ(code_at(*picture, 0, 9, 8), 401);
}

TEST(OverlayPatch, HasTheRangeOfThePicture) {
  const media::Colour full{1, 1, 1, true};
  const FramePtr picture = make_picture(32, 16, 100, 100);
  OverlayPatch(kSquareOf4, all(covering(1, {1, 0.5, 0})), {AV_PIX_FMT_YUV420P, full}).blend(*picture);
  EXPECT_EQ(luma_at(*picture, 9, 5), 255);
  EXPECT_EQ(code_at(*picture, 1, 5, 3), 255);
  OverlayPatch(kSquareOf4, all(covering(1, {})), {AV_PIX_FMT_YUV420P, full}).blend(*picture);
  EXPECT_EQ(luma_at(*picture, 9, 5), 0);
}

TEST(OverlayPatch, TintsChromaByTheFourSamplesThatShareIt) {
  std::vector<Tint> tints = all({});
  tints[0] = covering(1, {0.5, 0.25, 0});
  const FramePtr picture = make_picture(32, 16, 100, 100);
  OverlayPatch(kSquareOf4, tints, {AV_PIX_FMT_YUV420P, kSdr}).blend(*picture);
  EXPECT_EQ(luma_at(*picture, 8, 4), 126);
  EXPECT_EQ(luma_at(*picture, 9, 4), 100);
  EXPECT_EQ(code_at(*picture, 1, 4, 2), 142) << "a quarter of the way from 128 to 184";
  EXPECT_EQ(code_at(*picture, 1, 5, 2), 128);
}

TEST(OverlayPatch, NeverLeavesTheCodesThatThereAre) {
  const media::Colour full{1, 1, 1, true};
  for (const float cover : {0.1F, 0.3F, 0.5F, 0.9999F}) {
    const FramePtr white = make_picture(32, 16, 255, 255);
    OverlayPatch(kSquareOf4, all(covering(cover, {1, 0.5, 0.5})), {AV_PIX_FMT_YUV420P, full}).blend(*white);
    EXPECT_EQ(luma_at(*white, 9, 5), 255) << cover;
    const FramePtr black = make_picture(32, 16, 0, 0);
    OverlayPatch(kSquareOf4, all(covering(cover, {0, -0.5, -0.5})), {AV_PIX_FMT_YUV420P, full}).blend(*black);
    EXPECT_EQ(luma_at(*black, 9, 5), 0) << cover;
  }
}

}  // namespace
}  // namespace transcode
