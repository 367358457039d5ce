#include "media/av1.h"

#include <gtest/gtest.h>

#include "hex.h"
#include "samples.h"

namespace media::av1 {
namespace {

TEST(Av1c, ReadsWhatSvtAv1Writes) {
  const auto bytes = hex(samples::kAv1c);
  const auto config = parse_av1c(bytes);
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(codec_string(*config), "av01.0.01M.10");  // CM-29
  const auto obus = split_obus(config->obus);
  ASSERT_TRUE(obus.ok());
  ASSERT_EQ(obus->size(), 1u);
  const auto header = parse_sequence_header((*obus)[0].payload);
  ASSERT_TRUE(header.ok());
  EXPECT_EQ(header->video.width, 640);
  EXPECT_EQ(header->video.height, 360);
  EXPECT_EQ(header->bit_depth, 10);
  EXPECT_FALSE(header->monochrome);
}

TEST(Av1c, IsMadeFromTheSequenceHeader) {
  const base::Bytes original = hex_bytes(samples::kAv1c);
  const auto made = make_av1c(original.view().subspan(4));
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(*made, original);
  EXPECT_FALSE(make_av1c(hex("1200")).ok());
}

TEST(Av1c, RefusesTruncatedHeaders) {
  const auto bytes = hex(samples::kAv1c);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    if (size == 4) continue;  // configOBUs may be left out
    EXPECT_FALSE(parse_av1c(base::View{bytes}.first(size)).ok()) << size;
  }
  const base::View payload = base::View{bytes}.subspan(6);
  for (std::size_t size = 0; size + 1 < payload.size(); ++size) {
    EXPECT_FALSE(parse_sequence_header(payload.first(size)).ok()) << size;
  }
}

TEST(Obus, RefusesEndlessSizes) {
  EXPECT_FALSE(split_obus(hex("0a ffffffffffffffffff 01")).ok());
  EXPECT_FALSE(split_obus(hex("0a 05 00")).ok());
  EXPECT_FALSE(split_obus(hex("8a 00")).ok());
  EXPECT_FALSE(split_obus(hex("0c")).ok());
  const auto without_size = split_obus(hex("1200 30 aabbcc"));
  ASSERT_TRUE(without_size.ok());
  EXPECT_EQ((*without_size)[1].payload.size(), 3u);
}

TEST(Av1Picture, KeyNeedsASequenceHeaderAndAShownKeyFrame) {
  const auto sequence = std::string{"0a0b0000000cc4ff6700be1010"};
  EXPECT_TRUE(inspect(hex("1200" + sequence + "32021000")).key);
  EXPECT_FALSE(inspect(hex("1200" + sequence + "32023000")).key);  // inter frame
  EXPECT_FALSE(inspect(hex("1200"
                           "32021000"))
                   .key);
  EXPECT_FALSE(inspect(hex("1200"
                           "1a0180"))
                   .key);  // an existing frame shown
  EXPECT_TRUE(inspect(hex("1200"
                          "1a0180"))
                  .coded);
  EXPECT_FALSE(inspect(hex("0aff")).coded);
}

}  // namespace
}  // namespace media::av1
