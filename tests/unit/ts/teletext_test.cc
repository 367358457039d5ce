#include <gtest/gtest.h>

#include "unit/ts/demuxed.h"

/// Teletext in a transport stream (TS-10).
namespace ts {
namespace {

using Lines = std::vector<std::string>;

constexpr std::uint16_t kTeletext = 0x220;

/// Of page 888 in English, subtitles; and of page 889 in German, for people who do not hear.
Blob two_pages() { return hex("560a 656e67 10 88 646575 28 89"); }
MuxPes at(std::optional<std::uint64_t> pts) { return {.pts = pts, .stream_id = 0xbd}; }
/// 45 bytes less than a whole number of 184.
Blob units(std::uint8_t id = 0x10) {
  Blob data(139, 0xff);
  data[0] = id;
  return data;
}

Mux with_teletext(const Blob& descriptor = two_pages()) {
  Mux mux;
  mux.pat({{1, kPmtPid}}).pmt(1, kPmtPid, {{0x1b, kVideo, {}}, {0x06, kTeletext, descriptor}});
  return mux;
}
Lines teletext_of(const Demuxed& run) {
  Lines lines = run.trace.lines;
  std::erase_if(lines, [](const std::string& line) { return !line.starts_with("teletext"); });
  return lines;
}

TEST(Teletext, ComesWithItsOwnTime) {
  Mux mux = with_teletext();
  mux.pes(kVideo, {.pts = 7200, .dts = 3600}, h264_key()).pes(kTeletext, at(5400), units());
  const Demuxed run(mux.bytes());
  EXPECT_EQ(teletext_of(run), (Lines{"teletext 544 described at 0", "teletext 544 139 bytes at 5400"}));
  EXPECT_EQ(run.trace.teletexts[1].data, base::Bytes::adopt(units()));
  EXPECT_EQ(run.trace.teletexts[1].at.scale, 90000);
  EXPECT_EQ(run.demuxer.counters().teletext, 1U);
  EXPECT_TRUE(run.demuxer.counters().unsupported.empty());
}

TEST(Teletext, IsDescribedByThePmt) {
  const Demuxed run(with_teletext().bytes());
  ASSERT_EQ(run.trace.teletexts.size(), 1U);
  const media::TeletextPages wanted{{0x888, "eng", true, false}, {0x889, "deu", true, true}};
  EXPECT_EQ(*run.trace.teletexts[0].pages, wanted);
  EXPECT_EQ(run.demuxer.teletext_pages(), wanted);
}

TEST(Teletext, PagesThatAreNoSubtitlesAreDescribedToo) {
  const Demuxed run(with_teletext(hex("5605 000000 09 00")).bytes());
  EXPECT_EQ(run.demuxer.teletext_pages(), (media::TeletextPages{{0x100, "", false, false}}));
}

TEST(Teletext, IsDescribedAnewWhenThePmtChanges) {
  Mux mux = with_teletext();
  mux.pmt(1, kPmtPid, {{0x1b, kVideo, {}}, {0x06, kTeletext, two_pages()}}, 1);
  mux.pmt(1, kPmtPid, {{0x1b, kVideo, {}}, {0x06, kTeletext, hex("5605 667261 10 88")}}, 2);
  mux.pmt(1, kPmtPid, {{0x1b, kVideo, {}}}, 3);
  mux.pes(kVideo, {.pts = 7200, .dts = 3600}, h264_key()).pes(kTeletext, at(5400), units());
  const Demuxed run(mux.bytes());
  ASSERT_EQ(run.trace.teletexts.size(), 2U);
  EXPECT_EQ(run.trace.teletexts[1].pages->at(0).language, "fra");
  EXPECT_TRUE(run.demuxer.teletext_pages().empty());
}

TEST(Teletext, WithoutATimeHasTheNewestOfTheMedia) {
  Mux mux = with_teletext();
  mux.pes(kVideo, {.pts = 7200, .dts = 3600}, h264_key()).pes(kTeletext, at(std::nullopt), units());
  EXPECT_EQ(teletext_of(Demuxed(mux.bytes())).back(), "teletext 544 139 bytes at 3600");
}

TEST(Teletext, OfAnotherClockHasTheNewestOfTheMedia) {
  Mux mux = with_teletext();
  mux.pes(kVideo, {.pts = 7200, .dts = 3600}, h264_key()).pes(kTeletext, at(90'000 * 11), units());
  mux.pes(kVideo, {.pts = 14400, .dts = 7200}, h264_p()).pes(kTeletext, at(90'000 * 9), units());
  const Demuxed run(mux.bytes());
  EXPECT_EQ(teletext_of(run)[1], "teletext 544 139 bytes at 3600");
  EXPECT_EQ(teletext_of(run)[2], "teletext 544 139 bytes at 810000");
  EXPECT_EQ(run.trace.packets.back().dts, 7200) << "the media's clock does not follow it";
}

TEST(Teletext, TimeGoesOnWhereStampsWrap) {
  constexpr std::uint64_t kEnd = (std::uint64_t{1} << 33) - 3600;
  Mux mux = with_teletext();
  mux.pes(kVideo, {.pts = kEnd, .dts = kEnd}, h264_key()).pes(kTeletext, at(3600), units());
  EXPECT_EQ(teletext_of(Demuxed(mux.bytes())).back(),
            "teletext 544 139 bytes at " + std::to_string((std::int64_t{1} << 33) + 3600));
}

TEST(Teletext, IsTheSameHoweverTheBytesAreCut) {
  Mux mux = with_teletext();
  mux.pes(kVideo, {.pts = 7200, .dts = 3600}, h264_key()).pes(kTeletext, at(5400), units());
  mux.pes(kTeletext, at(9000), units() + units());
  const Demuxed whole(mux.bytes());
  EXPECT_EQ(teletext_of(whole).size(), 3U);
  for (const std::size_t chunk : {1U, 7U, 187U, 189U})
    EXPECT_EQ(Demuxed(mux.bytes(), chunk).trace.lines, whole.trace.lines);
}

TEST(Teletext, ThatIsDamagedIsCountedApartFromTheMediasFaults) {
  Mux mux = with_teletext();
  mux.pes(kTeletext, at(1800), units());  // before every stamp
  mux.pes(kVideo, {.pts = 7200, .dts = 3600}, h264_key());
  mux.pes(kTeletext, at(5400), units() + units() + units());
  mux.packets().erase(mux.packets().end() - 2);
  mux.pes(kTeletext, at(9000), units());
  const Demuxed run(mux.bytes());
  EXPECT_EQ(teletext_of(run).back(), "teletext 544 139 bytes at 9000");
  EXPECT_EQ(run.demuxer.counters().teletext, 1U);
  EXPECT_EQ(run.demuxer.counters().teletext_damaged, 2U);
  EXPECT_EQ(run.demuxer.counters().pes_damaged, 0U);
  EXPECT_EQ(run.demuxer.counters().cc_gaps, 0U);
}

TEST(Teletext, OfMorePidsThanThereCanBeIsLeftOut) {
  std::vector<MuxStream> streams{{0x1b, kVideo, {}}};
  for (std::uint16_t i = 0; i < 10; ++i)
    streams.push_back({0x06, static_cast<std::uint16_t>(kTeletext + i), two_pages()});
  Mux mux;
  mux.pat({{1, kPmtPid}}).pmt(1, kPmtPid, streams);
  EXPECT_EQ(Demuxed(mux.bytes()).trace.teletexts.size(), TeletextStreams::kMost);
}

TEST(Teletext, OnThePidOfATableIsNone) {
  Mux mux;
  mux.pat({{1, kPmtPid}}).pmt(1, kPmtPid, {{0x1b, kVideo, {}}, {0x06, kPmtPid, two_pages()}});
  EXPECT_TRUE(Demuxed(mux.bytes()).trace.teletexts.empty());
}

TEST(Teletext, DvbSubtitlesAreKnownAndNotUsed) {
  Mux mux;
  mux.pat({{1, kPmtPid}}).pmt(1, kPmtPid, {{0x1b, kVideo, {}}, {0x06, kTeletext, hex("5908 656e67 10 0001 0001")}});
  mux.pes(kVideo, {.pts = 7200, .dts = 3600}, h264_key()).pes(kTeletext, at(5400), units(0x20));
  const Demuxed run(mux.bytes());
  EXPECT_TRUE(run.trace.teletexts.empty());
  EXPECT_EQ(run.demuxer.bitmap_subtitles(), 1U);
  EXPECT_EQ(run.demuxer.counters().unsupported.at(0x06), 1U);
}

}  // namespace
}  // namespace ts
