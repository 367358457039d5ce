#include "media/opus.h"

#include <gtest/gtest.h>

#include "hex.h"
#include "samples.h"

namespace media::opus {
namespace {

TEST(Dops, RoundTrips) {
  for (const auto text : {samples::kDopsStereo, samples::kDops51}) {
    const auto config = parse_dops(hex(text));
    ASSERT_TRUE(config.ok());
    EXPECT_EQ(config->pre_skip, 312);
    EXPECT_EQ(make_dops(*config), hex_bytes(text));
  }
  EXPECT_EQ(parse_dops(hex(samples::kDops51))->channels, 6);
}

TEST(Dops, RefusesEveryTruncation) {
  const auto bytes = hex(samples::kDops51);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(parse_dops(base::View{bytes}.first(size)).ok()) << size;
  }
  EXPECT_FALSE(parse_dops(hex("000301380000bb80000000")).ok());  // three channels need a mapping
  EXPECT_FALSE(parse_dops(hex("000001380000bb80000000")).ok());
  EXPECT_FALSE(parse_dops(hex("010201380000bb80000000")).ok());
}

TEST(OpusHead, BecomesDops) {
  const auto head = hex("4f70757348656164 01 02 3801 80bb0000 0000 00");
  const auto config = parse_opus_head(head);
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(make_dops(*config), hex_bytes(samples::kDopsStereo));
  for (std::size_t size = 0; size < head.size(); ++size) {
    EXPECT_FALSE(parse_opus_head(base::View{head}.first(size)).ok()) << size;
  }
  EXPECT_FALSE(parse_opus_head(hex("4f70757348656165 01 02 3801 80bb0000 0000 00")).ok());
}

TEST(OpusHead, HasAtLeastOneChannel) {
  const auto mono = parse_opus_head(hex("4f70757348656164 01 01 3801 80bb0000 0000 00"));
  ASSERT_TRUE(mono.ok());
  EXPECT_EQ(mono->channels, 1);
  EXPECT_FALSE(parse_opus_head(hex("4f70757348656164 01 00 3801 80bb0000 0000 00")).ok());
}

TEST(OpusPacket, CountsSamples) {
  EXPECT_EQ(packet_samples(hex("fc")), 960);     // CELT 20 ms, one frame
  EXPECT_EQ(packet_samples(hex("e0")), 120);     // CELT 2.5 ms
  EXPECT_EQ(packet_samples(hex("08")), 960);     // SILK 20 ms
  EXPECT_EQ(packet_samples(hex("18")), 2880);    // SILK 60 ms
  EXPECT_EQ(packet_samples(hex("68")), 960);     // hybrid 20 ms
  EXPECT_EQ(packet_samples(hex("f9")), 1920);    // two frames
  EXPECT_EQ(packet_samples(hex("fb03")), 2880);  // three frames
  EXPECT_EQ(packet_samples(hex("fb")), 0);
  EXPECT_EQ(packet_samples(hex("fb3f")), 0);  // 1.26 s
  EXPECT_EQ(packet_samples({}), 0);
}

}  // namespace
}  // namespace media::opus
