#include <gtest/gtest.h>

#include "base/base64.h"
#include "unit/ts/demuxed.h"

/// Splice information in a transport stream (TS-7).
namespace ts {
namespace {

using Lines = std::vector<std::string>;

constexpr std::uint16_t kCues = 0x1f0;

Blob bytes_of(const char* base64) { return base::base64_decoded(base64).value(); }
/// The standard's splice_insert of 50 bytes, and its splice_null of 20.
Blob insert() { return bytes_of("/DAvAAAAAAAA///wFAVIAACPf+/+c2nALv4AUsz1AAAAAAAKAAhDVUVJAAABNWLbowo="); }
Blob null() { return bytes_of("/DARAAAAAAAAAP/wAAAAAHpPv/8="); }

Mux with_cues(const std::vector<MuxStream>& cues) {
  Mux mux;
  std::vector<MuxStream> streams{{0x1b, kVideo, {}}};
  streams.insert(streams.end(), cues.begin(), cues.end());
  mux.pat({{1, kPmtPid}}).pmt(1, kPmtPid, streams);
  return mux;
}
Mux with_cues() { return with_cues({{0x86, kCues, registration("CUEI")}}); }

TEST(Cues, ComeWhereTheyAreInTheStreamWithTheNewestStamp) {
  Mux mux = with_cues();
  mux.pes(kVideo, {.pts = 7200, .dts = 3600}, h264_key()).section(kCues, insert());
  mux.pes(kVideo, {.pts = 14400, .dts = 7200}, h264_p()).section(kCues, null());
  const Demuxed run(mux.bytes());
  EXPECT_EQ(run.trace.lines, (Lines{"cue 50 bytes at 3600", "track 256 avc1.42C00C 320x180",
                                    "256 pts 7200 dts 3600 idr", "cue 20 bytes at 7200", "256 pts 14400 dts 7200"}));
  EXPECT_EQ(run.trace.cues[0].data, base::Bytes::adopt(insert()));
  EXPECT_EQ(run.trace.cues[0].at.scale, 90000);
  EXPECT_TRUE(run.trace.cues[0].on_feed_clock);
  EXPECT_EQ(run.demuxer.counters().cues, 2U);
  EXPECT_TRUE(run.demuxer.counters().unsupported.empty());
}

TEST(Cues, AreTheSameHoweverTheBytesAreCut) {
  Mux mux = with_cues();
  mux.pes(kVideo, {.pts = 7200, .dts = 3600}, h264_key());
  mux.section(kCues, insert(), 20).section(kCues, insert(), 49);
  const Blob bytes = mux.bytes();
  const Demuxed whole(bytes);
  EXPECT_EQ(whole.trace.cues.size(), 2U);
  for (const std::size_t chunk : {1U, 7U, 187U, 189U}) EXPECT_EQ(Demuxed(bytes, chunk).trace.lines, whole.trace.lines);
}

TEST(Cues, MayComeOnSeveralPids) {
  Mux mux = with_cues({{0x86, kCues, registration("CUEI")}, {0x86, kCues + 1, registration("CUEI")}});
  mux.pes(kVideo, {.pts = 7200, .dts = 3600}, h264_key()).section(kCues, insert()).section(kCues + 1, null());
  EXPECT_EQ(Demuxed(mux.bytes()).trace.cues.size(), 2U);
}

TEST(Cues, OfMorePidsThanThereCanBeAreLeftOut) {
  std::vector<MuxStream> streams;
  for (std::uint16_t i = 0; i < 20; ++i)
    streams.push_back({0x86, static_cast<std::uint16_t>(kCues + i), registration("CUEI")});
  Mux mux = with_cues(streams);
  mux.pes(kVideo, {.pts = 7200, .dts = 3600}, h264_key());
  for (std::uint16_t i = 0; i < 20; ++i) mux.section(static_cast<std::uint16_t>(kCues + i), null());
  EXPECT_EQ(Demuxed(mux.bytes()).trace.cues.size(), CueStreams::kMost);
}

TEST(Cues, EndWhereTheirPidLeavesTheProgram) {
  Mux mux = with_cues();
  mux.pes(kVideo, {.pts = 7200, .dts = 3600}, h264_key()).section(kCues, insert());
  mux.pmt(1, kPmtPid, {{0x1b, kVideo, {}}}, 1).section(kCues, insert());
  EXPECT_EQ(Demuxed(mux.bytes()).trace.cues.size(), 1U);
}

TEST(Cues, OnThePidOfATableAreNone) {
  Mux mux = with_cues({{0x86, kPmtPid, registration("CUEI")}});
  mux.pes(kVideo, {.pts = 7200, .dts = 3600}, h264_key()).section(kPmtPid, insert());
  EXPECT_TRUE(Demuxed(mux.bytes()).trace.cues.empty());
}

TEST(Cues, ThatAreDamagedAreCountedApartFromTheMediasFaults) {
  Mux mux = with_cues();
  mux.pes(kVideo, {.pts = 7200, .dts = 3600}, h264_key());
  Blob broken = insert();
  broken[20] ^= 1;
  mux.section(kCues, broken).section(kCues, Mux::make_section(0xfc, 1, 0, {1, 2, 3}));
  mux.section(kCues, insert(), 20);
  mux.packets().erase(mux.packets().end() - 2);  // of the last section
  const Demuxed run(mux.bytes());
  EXPECT_TRUE(run.trace.cues.empty());
  EXPECT_GE(run.demuxer.counters().cues_damaged, 2U);
  EXPECT_EQ(run.demuxer.counters().crc_errors, 0U);
  EXPECT_EQ(run.demuxer.counters().cc_gaps, 0U);
}

TEST(Cues, BeforeTheFirstStampHaveNoPlace) {
  Mux mux = with_cues();
  mux.section(kCues, insert()).pes(kVideo, {.pts = 7200, .dts = 3600}, h264_key());
  const Demuxed run(mux.bytes());
  EXPECT_TRUE(run.trace.cues.empty());
  EXPECT_EQ(run.demuxer.counters().cues_damaged, 1U);
}

}  // namespace
}  // namespace ts
