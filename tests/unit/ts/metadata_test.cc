#include <gtest/gtest.h>

#include "media/id3.h"
#include "unit/ts/demuxed.h"

/// Timed metadata (ID3) in a transport stream (TS-11).
namespace ts {
namespace {

using Lines = std::vector<std::string>;

constexpr std::uint16_t kTags = 0x1f2;

/// As Apple's tools, MediaLive and ffmpeg write it: application and format are "ID3 ".
Blob id3_descriptor() { return Blob{0x26, 13, 0xff, 0xff, 'I', 'D', '3', ' ', 0xff, 'I', 'D', '3', ' ', 0x00, 0x0f}; }

Mux with_tags(const std::vector<MuxStream>& tags) {
  Mux mux;
  std::vector<MuxStream> streams{{0x1b, kVideo, {}}};
  streams.insert(streams.end(), tags.begin(), tags.end());
  mux.pat({{1, kPmtPid}}).pmt(1, kPmtPid, streams);
  return mux;
}
Mux with_tags() { return with_tags({{0x15, kTags, id3_descriptor()}}); }

Blob id3(std::string_view text) {
  const base::Bytes tag = media::write_id3_text("score", text);
  return Blob(tag.begin(), tag.end());
}

MuxPes stamp(std::uint64_t pts) { return {.pts = pts, .stream_id = 0xbd}; }

TEST(TimedMetadata, ComeAtTheirOwnStamps) {
  Mux mux = with_tags();
  mux.pes(kVideo, {.pts = 7200, .dts = 3600}, h264_key()).pes(kTags, stamp(18'000), id3("1 : 0"));
  mux.pes(kVideo, {.pts = 14400, .dts = 7200}, h264_p());
  const Demuxed run(mux.bytes());
  ASSERT_EQ(run.trace.cues.size(), 1U);
  const media::Cue& cue = run.trace.cues[0];
  EXPECT_EQ(cue.kind, media::Cue::Kind::kId3);
  EXPECT_EQ(cue.data, media::write_id3_text("score", "1 : 0"));
  EXPECT_EQ(cue.at.ticks, 18'000);
  EXPECT_FALSE(cue.on_feed_clock) << "that is when it takes place";
  EXPECT_EQ(run.trace.packets.size(), 2U) << "the media's clock is as it was";
  EXPECT_EQ(run.demuxer.counters().cues, 1U);
  EXPECT_TRUE(run.demuxer.counters().unsupported.empty());
}

TEST(TimedMetadata, AreTheSameHoweverTheBytesAreCut) {
  Mux mux = with_tags();
  mux.pes(kVideo, {.pts = 7200, .dts = 3600}, h264_key());
  mux.pes(kTags, stamp(18'000), id3(std::string(500, 'x'))).pes(kTags, stamp(27'000), id3("b"));
  const Blob bytes = mux.bytes();
  const Demuxed whole(bytes);
  EXPECT_EQ(whole.trace.cues.size(), 2U);
  for (const std::size_t chunk : {1U, 7U, 187U, 189U}) EXPECT_EQ(Demuxed(bytes, chunk).trace.lines, whole.trace.lines);
}

TEST(TimedMetadata, OfOtherFormatsAreNotTaken) {
  const Blob klv{0x26, 9, 0x01, 0x00, 0xff, 'K', 'L', 'V', 'A', 0x00, 0x0f};
  for (const Blob& descriptors : {Blob{}, klv, Blob{0x26, 0}, Blob{0x26, 3, 0xff, 0xff, 'I'}}) {
    Mux mux = with_tags({{0x15, kTags, descriptors}});
    mux.pes(kVideo, {.pts = 7200, .dts = 3600}, h264_key()).pes(kTags, stamp(18'000), id3("1 : 0"));
    EXPECT_TRUE(Demuxed(mux.bytes()).trace.cues.empty());
  }
  const Blob by_format{0x26, 9, 0x01, 0x00, 0xff, 'I', 'D', '3', ' ', 0x00, 0x0f};
  for (const Blob& descriptors : {by_format, registration("ID3 ")}) {
    Mux mux = with_tags({{0x15, kTags, descriptors}});
    mux.pes(kVideo, {.pts = 7200, .dts = 3600}, h264_key()).pes(kTags, stamp(18'000), id3("1 : 0"));
    EXPECT_EQ(Demuxed(mux.bytes()).trace.cues.size(), 1U);
  }
}

TEST(TimedMetadata, ThatAreUnusableAreCountedApartFromTheMediasFaults) {
  Mux mux = with_tags();
  mux.pes(kTags, stamp(0), id3("early"));
  mux.pes(kVideo, {.pts = 7200, .dts = 3600}, h264_key());
  mux.pes(kTags, {.stream_id = 0xbd}, id3("no stamp"));
  mux.pes(kTags, stamp(18'000), Blob{'I', 'D', '3'});
  mux.pes(kTags, stamp(18'000), id3(std::string(20'000, 'x')));
  mux.pes(kTags, stamp(27'000), id3("fine"));
  const Demuxed run(mux.bytes());
  EXPECT_EQ(run.trace.cues.size(), 1U);
  EXPECT_EQ(run.demuxer.counters().cues_damaged, 4U);
  EXPECT_EQ(run.demuxer.counters().pes_damaged, 0U);
  EXPECT_EQ(run.demuxer.counters().pes_oversized, 0U);
}

TEST(TimedMetadata, OneWhosePacketIsLostIsLost) {
  Mux mux = with_tags();
  mux.pes(kVideo, {.pts = 7200, .dts = 3600}, h264_key());
  const std::size_t before = mux.packets().size();
  mux.pes(kTags, stamp(18'000), id3(std::string(500, 'x')));
  mux.packets().erase(mux.packets().begin() + static_cast<std::ptrdiff_t>(before) + 1);
  mux.pes(kTags, stamp(27'000), id3("next"));
  const Demuxed run(mux.bytes());
  ASSERT_EQ(run.trace.cues.size(), 1U);
  EXPECT_EQ(run.trace.cues[0].at.ticks, 27'000);
  EXPECT_EQ(run.demuxer.counters().cues_damaged, 1U);
  EXPECT_EQ(run.demuxer.counters().cc_gaps, 0U) << "not the media's";
}

TEST(TimedMetadata, FollowTheMapOfTheProgram) {
  Mux mux = with_tags();
  mux.pes(kVideo, {.pts = 7200, .dts = 3600}, h264_key()).pes(kTags, stamp(18'000), id3("a"));
  mux.pmt(1, kPmtPid, {{0x1b, kVideo, {}}}, 1).pes(kTags, stamp(27'000), id3("b"));
  EXPECT_EQ(Demuxed(mux.bytes()).trace.cues.size(), 1U);
}

TEST(TimedMetadata, AcrossTheWrapOfTheClockAreNearThePicture) {
  Mux mux = with_tags();
  const std::uint64_t wrap = std::uint64_t{1} << 33;
  mux.pes(kVideo, {.pts = wrap - 3600, .dts = wrap - 7200}, h264_key()).pes(kTags, stamp(9000), id3("a"));
  const Demuxed run(mux.bytes());
  ASSERT_EQ(run.trace.cues.size(), 1U);
  EXPECT_EQ(run.trace.cues[0].at.ticks, static_cast<std::int64_t>(wrap) + 9000);
}

}  // namespace
}  // namespace ts
