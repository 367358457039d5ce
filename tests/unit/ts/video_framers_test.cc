#include "ts/video_framers.h"

#include <gtest/gtest.h>

#include "unit/ts/framer_feed.h"
#include "unit/ts/ts_builder.h"

namespace ts {
namespace {

using Lines = std::vector<std::string>;

TEST(Mpeg2Framer, TakesIntraPicturesBehindASequenceHeaderForKeys) {  // TS-13
  const Blob sequence = hex("000001b3 02002013 ffffe018 000001b5 148a00010000 000001b8 00080040");
  const Blob intra = hex("00000100 000f fff8 00000101 1234");
  const Blob predicted = hex("00000100 0057 fff8 00000101 1234");
  FramerFeed<Mpeg2Framer> feed;
  feed.unit(0, predicted).unit(1, sequence + intra).unit(2, predicted);
  ASSERT_EQ(feed.trace.packets.size(), 2U);
  EXPECT_EQ(feed.trace.lines[0], "track 256  32x32");
  EXPECT_TRUE(feed.trace.packets[0].key);
  EXPECT_FALSE(feed.trace.packets[1].key);
  EXPECT_EQ(feed.trace.packets[0].data, base::Bytes::adopt(sequence + intra));
  EXPECT_EQ(feed.counters.frames_bad, 1U);
}

TEST(Av1Framer, TurnsStartCodesIntoSizes) {  // TS-13
  // Temporal delimiter, sequence header and key frame header that libaom made for 64x64, as OBUs with sizes.
  const Blob sequence = hex("0a0a 00000002afff9b5f2008");
  const auto parsed = media::av1::split_obus(sequence);
  ASSERT_TRUE(parsed.ok());
  const Blob payload(parsed->at(0).payload.begin(), parsed->at(0).payload.end());
  Blob escaped = hex("08") + payload;
  escaped.insert(escaped.begin() + 3, 3);  // 00 00 03 00 …
  FramerFeed<Av1Framer> feed;
  feed.unit(0, hex("000001 10") + hex("000001") + escaped + hex("000001 30 1400300008 21"));
  ASSERT_EQ(feed.trace.packets.size(), 1U);
  const Blob frame = hex("32 06 1400300008 21");
  EXPECT_EQ(feed.trace.packets[0].data, base::Bytes::adopt(sequence + frame));
  EXPECT_TRUE(feed.trace.packets[0].key);
}

}  // namespace
}  // namespace ts
