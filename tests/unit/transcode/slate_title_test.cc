#include "transcode/slate_title.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "unit/transcode/font_file.h"
#include "unit/transcode/picture.h"

namespace transcode {
namespace {

using testing::luma_at;
using testing::make_picture;
using testing::shared_font;
using testing::white_of;
using Under = SlateTitle::Under;

SlateTitle titled(const std::string& text) {
  SlateTitle title(shared_font(), 2);
  title.set(text);
  return title;
}

TEST(SlateTitle, WithoutATextOrAFontIsThePictureItself) {
  SlateTitle none = titled("");
  SlateTitle without_font(nullptr, 2);
  without_font.set("HELLO");
  for (SlateTitle* title : {&none, &without_font}) {
    EXPECT_TRUE(title->empty());
    FramePtr picture = make_picture(320, 180, 100, 100);
    const std::uint8_t* const samples = picture->data[0];
    EXPECT_EQ(title->over(0, std::move(picture), Under::kDarkened)->data[0], samples);
  }
}

TEST(SlateTitle, IsWrittenOnACopyInEachSize) {
  SlateTitle title = titled("HELLO");
  const FramePtr large = make_picture(320, 180, 100, 100);
  const FramePtr small = make_picture(160, 90, 100, 100);
  const FramePtr on_large = title.over(0, FramePtr(av_frame_clone(large.get())), Under::kAsItIs);
  const FramePtr on_small = title.over(1, FramePtr(av_frame_clone(small.get())), Under::kAsItIs);
  EXPECT_GT(white_of(*on_large), 0.001);
  EXPECT_GT(white_of(*on_small), 0.001);
  EXPECT_EQ(on_small->width, 160);
  EXPECT_EQ(luma_at(*on_large, 4, 4), 100) << "as it is beside the text";
  EXPECT_EQ(white_of(*large), 0);
  EXPECT_EQ(on_large->pts, 7) << "and all that is said of the picture";
}

TEST(SlateTitle, LeavesEverySampleAboveAndBelowItAsItWas) {
  SlateTitle title = titled("HELLO");
  FramePtr picture = make_picture(320, 180, 100, 200);
  for (int plane = 0; plane < 3; ++plane) picture->data[plane][5 * picture->linesize[plane] + 7] = 33;
  const FramePtr made = title.over(0, std::move(picture), Under::kAsItIs);
  for (int plane = 0; plane < 3; ++plane) EXPECT_EQ(made->data[plane][5 * made->linesize[plane] + 7], 33) << plane;
  EXPECT_EQ(luma_at(*made, 319, 179), 200);
  EXPECT_EQ(made->data[1][89 * made->linesize[1] + 159], 128);
}

TEST(SlateTitle, DarkensByHalfTheWayToBlackInTheRangeOfThePicture) {
  SlateTitle title = titled("HELLO");
  EXPECT_NEAR(luma_at(*title.over(0, make_picture(320, 180, 100, 200), Under::kDarkened), 4, 4), 58, 1);
  EXPECT_NEAR(luma_at(*title.over(0, make_picture(320, 180, 100, 200), Under::kDarkened), 316, 4), 108, 1);
  FramePtr full = make_picture(320, 180, 100, 200);
  full->color_range = AVCOL_RANGE_JPEG;
  const FramePtr made = title.over(1, std::move(full), Under::kDarkened);
  EXPECT_NEAR(luma_at(*made, 4, 4), 50, 1);
  int brightest = 0;
  for (int i = 0; i < 320 * 180; ++i) brightest = std::max(brightest, luma_at(*made, i % 320, i / 320));
  EXPECT_EQ(brightest, 255);
}

TEST(SlateTitle, IsAsBrightAsHdrsWhiteOnAPictureOfHdr) {
  for (const auto& [transfer, white] : {std::pair{AVCOL_TRC_SMPTE2084, 0.58}, {AVCOL_TRC_ARIB_STD_B67, 0.75}}) {
    SlateTitle title = titled("HELLO");
    FramePtr picture(av_frame_alloc());
    picture->format = AV_PIX_FMT_YUV420P10LE;
    picture->width = 320;
    picture->height = 180;
    picture->color_trc = transfer;
    ASSERT_EQ(av_frame_get_buffer(picture.get(), 0), 0);
    for (int plane = 0; plane < 3; ++plane) {
      for (int y = 0; y < (plane == 0 ? 180 : 90); ++y) {
        auto* row = reinterpret_cast<std::uint16_t*>(picture->data[plane] + y * picture->linesize[plane]);
        std::fill_n(row, plane == 0 ? 320 : 160, static_cast<std::uint16_t>(plane == 0 ? 400 : 512));
      }
    }
    const FramePtr made = title.over(0, std::move(picture), Under::kDarkened);
    const auto luma = [&](int x, int y) {
      return reinterpret_cast<const std::uint16_t*>(made->data[0] + y * made->linesize[0])[x];
    };
    int brightest = 0;
    for (int i = 0; i < 320 * 180; ++i) brightest = std::max<int>(brightest, luma(i % 320, i / 320));
    EXPECT_NEAR(brightest, 64 + 876 * white, 2);
    EXPECT_NEAR(luma(4, 4), 232, 2) << "half the way from 400 to black";
  }
}

TEST(SlateTitle, TakesTheColourOutOfWhatItCovers) {
  SlateTitle title = titled("HELLO");
  FramePtr red = make_picture(320, 180, 100, 100);
  for (int y = 0; y < 90; ++y) std::fill_n(red->data[2] + std::ptrdiff_t{y} * red->linesize[2], 160, 228);
  const FramePtr made = title.over(0, std::move(red), Under::kDarkened);
  EXPECT_NEAR(made->data[2][0], 178, 1) << "half as red where it is dark";
  int least = 255;
  for (int y = 0; y < 90; ++y) {
    for (int x = 0; x < 160; ++x) least = std::min<int>(least, made->data[2][y * made->linesize[2] + x]);
  }
  EXPECT_NEAR(least, 128, 1) << "grey where the text is";
}

TEST(SlateTitle, IsMadeOnceForAStill) {
  SlateTitle title = titled("HELLO");
  const FramePtr still = make_picture(320, 180, 100, 100);
  const auto again = [&] { return title.over(0, FramePtr(av_frame_clone(still.get())), Under::kAsItIs); };
  const FramePtr first = again();
  EXPECT_EQ(again()->data[0], first->data[0]) << "the same memory";
  title.set("OTHER");
  EXPECT_NE(again()->data[0], first->data[0]);
  EXPECT_NEAR(white_of(*first), white_of(*titled("HELLO").over(0, make_picture(320, 180, 100, 100), Under::kAsItIs)),
              0.0001)
      << "what was given out stays as it was";
}

TEST(SlateTitle, IsMadeAnewForTheNextPicture) {
  SlateTitle title = titled("HELLO");
  const FramePtr first = title.over(0, make_picture(320, 180, 100, 100), Under::kAsItIs);
  const FramePtr second = title.over(0, make_picture(320, 180, 60, 60), Under::kAsItIs);
  EXPECT_EQ(luma_at(*second, 4, 4), 60);
  EXPECT_GT(white_of(*second), 0.001);
}

TEST(SlateTitle, IsLeftOutWhereTheFontIsNone) {
  SlateTitle title(base::SharedFile::make(base::view_of("no font")).take(), 1);
  title.set("HELLO");
  const FramePtr made = title.over(0, make_picture(320, 180, 100, 100), Under::kDarkened);
  EXPECT_EQ(luma_at(*made, 4, 4), 100);
  EXPECT_EQ(white_of(*made), 0);
}

TEST(SlateTitle, OfANewTextIsNotTheOldOne) {
  SlateTitle title = titled("WIDE ENOUGH");
  const double much = white_of(*title.over(0, make_picture(320, 180, 100, 100), Under::kAsItIs));
  title.set("I");
  EXPECT_LT(white_of(*title.over(0, make_picture(320, 180, 100, 100), Under::kAsItIs)), much / 2);
  title.set("");
  EXPECT_EQ(white_of(*title.over(0, make_picture(320, 180, 100, 100), Under::kAsItIs)), 0);
}

}  // namespace
}  // namespace transcode
