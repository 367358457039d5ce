#include "media/ac3.h"

#include <gtest/gtest.h>

#include "hex.h"
#include "samples.h"

namespace media::ac3 {
namespace {

TEST(Ac3Frame, ReadsWhatFfmpegWrites) {
  const auto frame = parse_frame(hex("0b77b50b1e40ebf8"));
  ASSERT_TRUE(frame.ok());
  EXPECT_FALSE(frame->enhanced);
  EXPECT_EQ(frame->sample_rate, 48000);
  EXPECT_EQ(frame->channels, 6);
  EXPECT_EQ(frame->bit_rate, 448);
  EXPECT_EQ(frame->frame_size, 1792u);
  EXPECT_EQ(make_dac3(*frame), hex_bytes(samples::kDac351));
}

TEST(Ac3Frame, CountsTheOddWordAt44100) {
  const auto even = parse_frame(hex("0b77c2ea544043e1"));
  ASSERT_TRUE(even.ok());
  EXPECT_EQ(even->sample_rate, 44100);
  EXPECT_EQ(even->frame_size, 834u);  // 192 kbit/s: 417 words
  EXPECT_EQ(make_dac3(*even), hex_bytes(samples::kDac3Stereo44));
  const auto odd = parse_frame(hex("0b77c2ea554043e1"));
  ASSERT_TRUE(odd.ok());
  EXPECT_EQ(odd->frame_size, 836u);
}

TEST(Eac3Frame, ReadsWhatFfmpegWrites) {
  const auto frame = parse_frame(hex("0b77037f3f87c000"));
  ASSERT_TRUE(frame.ok());
  EXPECT_TRUE(frame->enhanced);
  EXPECT_EQ(frame->sample_rate, 48000);
  EXPECT_EQ(frame->channels, 6);
  EXPECT_EQ(frame->samples, 1536);
  EXPECT_EQ(frame->frame_size, 1792u);
  EXPECT_EQ(make_dec3(*frame), hex_bytes(samples::kDec351));
}

TEST(Ac3Frame, RefusesWhatIsNone) {
  EXPECT_EQ(parse_frame(hex("0b77b50b1e40eb")).error().code, base::Code::kTruncated);
  EXPECT_FALSE(parse_frame(hex("0b78b50b1e40ebf8")).ok());
  EXPECT_FALSE(parse_frame(hex("0b77b50bde40ebf8")).ok());  // reserved rate
  EXPECT_FALSE(parse_frame(hex("0b77b50b2640ebf8")).ok());  // frame size code 38
  EXPECT_EQ(parse_frame(hex("0b77b50b1ef8ebf8")).error().code, base::Code::kUnsupported);
}

TEST(Ac3Boxes, ReadBack) {
  const auto dac3 = parse_dac3(hex(samples::kDac351));
  ASSERT_TRUE(dac3.ok());
  EXPECT_EQ(dac3->channels, 6);
  EXPECT_EQ(dac3->bit_rate, 448);
  EXPECT_EQ(make_dac3(*dac3), hex_bytes(samples::kDac351));
  const auto dec3 = parse_dec3(hex(samples::kDec351));
  ASSERT_TRUE(dec3.ok());
  EXPECT_EQ(dec3->channels, 6);
  EXPECT_EQ(make_dec3(*dec3), hex_bytes(samples::kDec351));
  const auto dac3_bytes = hex(samples::kDac351);
  const auto dec3_bytes = hex(samples::kDec351);
  for (std::size_t size = 0; size < 3; ++size) {
    EXPECT_FALSE(parse_dac3(base::View{dac3_bytes}.first(size)).ok());
  }
  for (std::size_t size = 0; size < 5; ++size) {
    EXPECT_FALSE(parse_dec3(base::View{dec3_bytes}.first(size)).ok());
  }
}

TEST(Ac3, HasOnlyTheBitRatesOfItsTable) {
  for (const int rate : {32'000, 384'000, 448'000, 640'000}) EXPECT_TRUE(is_bit_rate(rate)) << rate;
  for (const int rate : {0, 400'000, 448'001, 1'024'000, -32'000}) EXPECT_FALSE(is_bit_rate(rate)) << rate;
}

}  // namespace
}  // namespace media::ac3
