#include "ts/video_framers.h"

#include <gtest/gtest.h>

#include "unit/ts/ts_builder.h"

namespace ts {
namespace {

using Lines = std::vector<std::string>;

template <typename Framer>
struct Feed {
  Counters counters;
  Trace trace;
  TrackWriter writer{256, "", trace, counters};
  Framer framer{writer};

  Feed& unit(std::optional<std::int64_t> pts, const Blob& data, bool bounded = false) {
    framer.feed({pts, std::nullopt, 0, bounded, base::Bytes::copy_of(data)});
    return *this;
  }
};

Blob hevc_sets() {
  return hex(
      "00000001 40010c01ffff01600000030090000003000003003c959409"
      "00000001 42010101600000030090000003000003003ca00a080c1f3e595952930bc05a02000003000200000300321000000001"
      "4401c073c189");
}

TEST(H264Framer, StripsDelimiterFillerAndParameterSets) {  // TS-13
  Feed<H264Framer> feed;
  feed.unit(0, h264_key() + hex("000001 0cffff80"));
  EXPECT_EQ(feed.trace.lines, (Lines{"track 256 avc1.42C00C 320x180", "256 pts 0 idr"}));
  EXPECT_EQ(feed.trace.packets[0].data, base::Bytes::adopt(hex("0000000a 65b8 5555555555555555")));
  EXPECT_EQ(feed.trace.tracks.at(256).video.frame_rate, (media::Rational{25, 1}));
}

TEST(H264Framer, AnnouncesTheTrackAgainWhenItsParameterSetsChange) {
  Feed<H264Framer> feed;
  feed.unit(0, h264_key()).unit(1, h264_key()).unit(2, h264_sets_360() + h264_idr()).unit(3, h264_p());
  EXPECT_EQ(feed.trace.lines, (Lines{"track 256 avc1.42C00C 320x180", "256 pts 0 idr", "256 pts 1 idr",
                                     "track 256 avc1.42C01E 640x360", "256 pts 2 idr", "256 pts 3"}));
}

TEST(H264Framer, DropsAndCountsPicturesBeforeTheParameterSets) {
  Feed<H264Framer> feed;
  feed.unit(0, h264_p()).unit(1, h264_key());
  EXPECT_EQ(feed.trace.packets.size(), 1U);
  EXPECT_EQ(feed.counters.frames_bad, 1U);
}

TEST(H264Framer, TakesParameterSetsThatComeInAPesOfTheirOwn) {
  Feed<H264Framer> feed;
  feed.unit(0, h264_sets_180()).unit(1, h264_idr());
  EXPECT_EQ(feed.trace.lines, (Lines{"track 256 avc1.42C00C 320x180", "256 pts 1 idr"}));
  EXPECT_EQ(feed.counters.frames_bad, 0U);
}

TEST(H264Framer, TellsAnOpenGopKeyFromAnIdr) {
  const Blob recovery_point = hex("000001 06 06 01 84 80");
  const Blob intra = hex("000001 41b8") + Blob(8, 0x55);
  Feed<H264Framer> feed;
  feed.unit(0, h264_sets_180() + recovery_point + intra);
  EXPECT_EQ(feed.trace.lines.back(), "256 pts 0 key");
}

TEST(H264Framer, PutsAPictureTogetherThatSeveralPesCarry) {  // TS-6
  Feed<H264Framer> feed;
  feed.unit(0, h264_key(64000), true);
  EXPECT_TRUE(feed.trace.packets.empty());
  feed.unit(std::nullopt, Blob(64000, 0x55), true).unit(std::nullopt, Blob(100, 0x55), true);
  ASSERT_EQ(feed.trace.packets.size(), 1U);
  EXPECT_EQ(feed.trace.packets[0].data.size(), 4 + 2 + 64000 + 64000 + 100U);
  feed.unit(1, h264_p(64000), true).unit(2, h264_p(), true);
  EXPECT_EQ(feed.trace.packets.size(), 3U);
}

TEST(H264Framer, DropsAndCountsAPesWithoutATimestamp) {
  Feed<H264Framer> feed;
  feed.unit(0, h264_key()).unit(std::nullopt, h264_p());
  EXPECT_EQ(feed.trace.packets.size(), 1U);
  EXPECT_EQ(feed.counters.untimed, 1U);
}

TEST(HevcFramer, TellsIdrAndCraApart) {  // TS-13
  Feed<HevcFramer> feed;
  feed.unit(0, hex("000001 460150") + hevc_sets() + hex("000001 2601af") + Blob(8, 0x55));  // AUD, sets, IDR_W_RADL
  feed.unit(1, hex("000001 0201d0") + Blob(8, 0x55));
  feed.unit(2, hex("000001 2a01af") + Blob(8, 0x55));  // CRA
  EXPECT_EQ(feed.trace.lines,
            (Lines{"track 256 hvc1.1.6.L60.90 320x180", "256 pts 0 idr", "256 pts 1", "256 pts 2 key"}));
  EXPECT_EQ(feed.trace.packets[0].data, base::Bytes::adopt(hex("0000000b 2601af 5555555555555555")));
}

TEST(Mpeg2Framer, TakesIntraPicturesBehindASequenceHeaderForKeys) {  // TS-13
  const Blob sequence = hex("000001b3 02002013 ffffe018 000001b5 148a00010000 000001b8 00080040");
  const Blob intra = hex("00000100 000f fff8 00000101 1234");
  const Blob predicted = hex("00000100 0057 fff8 00000101 1234");
  Feed<Mpeg2Framer> feed;
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
  Feed<Av1Framer> feed;
  feed.unit(0, hex("000001 10") + hex("000001") + escaped + hex("000001 30 1400300008 21"));
  ASSERT_EQ(feed.trace.packets.size(), 1U);
  const Blob frame = hex("32 06 1400300008 21");
  EXPECT_EQ(feed.trace.packets[0].data, base::Bytes::adopt(sequence + frame));
  EXPECT_TRUE(feed.trace.packets[0].key);
}

}  // namespace
}  // namespace ts
