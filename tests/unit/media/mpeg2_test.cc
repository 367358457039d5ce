#include "media/mpeg2.h"

#include <gtest/gtest.h>

#include "hex.h"

namespace media::mpeg2 {
namespace {

// Starts of what `ffmpeg -f lavfi -i testsrc2=… -c:v mpeg2video` writes.
constexpr std::string_view k576i =
    "000001b32d024033ffffe018 000001b51482000100000000 01b80008004000000100000ffff8000001b58ffff3000000 0001012bf";
constexpr std::string_view k720p =
    "000001b35002d037ffffe018 000001b5146a000100000000 01b80008004000000100000ffff8000001b58ffff341800000";

TEST(Mpeg2Sequence, ReadsInterlacedWidescreen) {
  const auto video = parse_sequence(hex(k576i));
  ASSERT_TRUE(video.ok());
  EXPECT_EQ(video->width, 720);
  EXPECT_EQ(video->height, 576);
  EXPECT_EQ(video->frame_rate, (Rational{25, 1}));
  EXPECT_EQ(video->pixel_aspect, (Rational{64, 45}));
  EXPECT_TRUE(video->interlaced);
}

TEST(Mpeg2Sequence, ReadsProgressiveHd) {
  const auto video = parse_sequence(hex(k720p));
  ASSERT_TRUE(video.ok());
  EXPECT_EQ(video->width, 1280);
  EXPECT_EQ(video->height, 720);
  EXPECT_EQ(video->frame_rate, (Rational{60000, 1001}));
  EXPECT_EQ(video->pixel_aspect, (Rational{1, 1}));
  EXPECT_FALSE(video->interlaced);
}

TEST(Mpeg2Sequence, SurvivesEveryTruncation) {
  const auto bytes = hex(k576i);
  for (std::size_t size = 0; size < 8; ++size) EXPECT_FALSE(parse_sequence(base::View{bytes}.first(size)).ok()) << size;
  for (std::size_t size = 8; size < bytes.size(); ++size) {
    EXPECT_EQ(parse_sequence(base::View{bytes}.first(size))->width, 720) << size;
  }
  EXPECT_EQ(parse_sequence(hex("00000100ffff")).error().code, base::Code::kNotFound);
  EXPECT_FALSE(parse_sequence(hex("000001b30000003300000000")).ok());
}

TEST(Mpeg2Picture, KeyIsAnIntraPictureAfterASequenceHeader) {
  const Picture picture = inspect(hex(k576i));
  EXPECT_TRUE(picture.coded && picture.key && picture.idr && picture.parameter_sets);
  EXPECT_FALSE(inspect(hex("00000100000ffff8")).key);        // I, no sequence header
  EXPECT_TRUE(inspect(hex("00000100001ffff8")).disposable);  // B
  const Picture open = inspect(hex("000001b32d024033ffffe018 000001b800080000 00000100000ffff8"));
  EXPECT_TRUE(open.key);
  EXPECT_FALSE(open.idr);
}

}  // namespace
}  // namespace media::mpeg2
