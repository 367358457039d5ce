#include "ts/demuxer.h"

#include <gtest/gtest.h>

#include "unit/ts/demuxed.h"

namespace ts {
namespace {

using Lines = std::vector<std::string>;

Mux avc_and_aac() {
  Mux mux;
  mux.pat({{1, kPmtPid}}).pmt(1, kPmtPid, {{0x1b, kVideo, {}}, {0x0f, kAudio, language("eng")}});
  return mux;
}

TEST(Demuxer, TellsTracksAndPacketsInTheOrderOfTheStream) {  // TS-13, TS-14
  Mux mux = avc_and_aac();
  mux.pes(kVideo, {.pts = 7200, .dts = 3600}, h264_key());
  mux.pes(kAudio, {.pts = 3600, .dts = {}, .stream_id = 0xc0}, adts(20) + adts(30));
  mux.pes(kVideo, {.pts = 14400, .dts = 7200}, h264_p());
  const Demuxed run(mux.bytes());
  EXPECT_EQ(run.trace.lines, (Lines{
                                 "track 257 mp4a.40.2 48000/2 eng",
                                 "257 pts 3600 +1920 idr",
                                 "257 pts 5520 +1920 idr",
                                 "track 256 avc1.42C00C 320x180",  // with the picture after it
                                 "256 pts 7200 dts 3600 idr",
                                 "256 pts 14400 dts 7200",
                             }));
  EXPECT_EQ(run.trace.packets[0].data, base::Bytes::adopt(Blob(20, 0x21)));
  EXPECT_EQ(run.trace.packets[1].data.size(), 30U);
  EXPECT_EQ(run.trace.packets[2].data, base::Bytes::adopt(hex("0000000a 65b8 5555555555555555")));
  EXPECT_EQ(run.trace.tracks.at(kVideo).timescale, 90000);
  EXPECT_EQ(run.trace.tracks.at(kAudio).config, base::Bytes::adopt(hex("1190")));
  EXPECT_EQ(run.counters().units, 4U);
}

TEST(Demuxer, EveryCutOfTheBytesGivesTheSameTrace) {
  Mux mux = avc_and_aac();
  for (std::uint64_t i = 0; i < 30; ++i) {
    mux.pes(kVideo, {.pts = i * 3600, .dts = {}, .bounded = i % 2 == 0}, i == 0 ? h264_key(700) : h264_p(i * 20));
    mux.pes(kAudio, {.pts = i * 1920, .dts = {}, .stream_id = 0xc0}, adts(100 + i));
  }
  mux.packets().erase(mux.packets().begin() + 20);
  const Blob bytes = mux.bytes();
  const Demuxed whole(bytes);
  EXPECT_GT(whole.trace.lines.size(), 50U);
  for (const std::size_t chunk : {1U, 2U, 3U, 7U, 47U, 187U, 188U, 189U, 376U, 1000U, 1316U}) {
    const Demuxed cut(bytes, chunk);
    EXPECT_EQ(cut.trace.lines, whole.trace.lines) << chunk;
    for (std::size_t i = 0; i < cut.trace.packets.size(); ++i) {
      ASSERT_EQ(cut.trace.packets[i].data, whole.trace.packets[i].data) << chunk << " packet " << i;
    }
  }
}

TEST(Demuxer, CutInTwoAnywhereGivesTheSameTrace) {
  Mux mux = avc_and_aac();
  mux.pes(kVideo, {.pts = 3600, .dts = {}}, h264_key(300));
  mux.pes(kAudio, {.pts = 3600, .dts = {}, .stream_id = 0xc0}, adts(90));
  const Blob bytes = mux.bytes();
  const Demuxed whole(bytes);
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    Trace trace;
    Demuxer demuxer({}, trace);
    demuxer.feed(base::View(bytes).first(cut), 1);
    demuxer.feed(base::View(bytes).subspan(cut), 2);
    demuxer.flush();
    ASSERT_EQ(trace.lines, whole.trace.lines) << cut;
  }
}

TEST(Demuxer, HandsAUnitOnWithItsLastByte) {  // TS-6
  Mux mux = avc_and_aac();
  for (std::uint64_t i = 0; i < 9; ++i) mux.pes(kVideo, {.pts = i * 3600, .dts = {}}, i == 0 ? h264_key() : h264_p());
  Trace trace;
  Demuxer demuxer({}, trace);
  demuxer.feed(mux.bytes(), 77);
  ASSERT_EQ(trace.packets.size(), 9U) << "once it knows that a PES packet is a picture";
  EXPECT_EQ(trace.packets[8].arrived, 77);
}

TEST(Demuxer, GoesOnThroughTheWrapOfPts) {  // TS-4
  Mux mux = avc_and_aac();
  const std::uint64_t span = std::uint64_t{1} << 33;
  const std::uint64_t start = span - 5 * 90000;
  for (std::uint64_t i = 0; i < 250; ++i) {
    const std::uint64_t at = start + i * 3600;
    mux.pes(kVideo, {.pts = (at + 7200) % span, .dts = at % span}, i == 0 ? h264_key() : h264_p());
    mux.pes(kAudio, {.pts = at % span, .dts = {}, .stream_id = 0xc0}, adts(20));
  }
  const Demuxed run(mux.bytes());
  ASSERT_EQ(run.trace.packets.size(), 500U);
  std::int64_t pictures = 0;
  std::int64_t sounds = 0;
  for (const media::Packet& packet : run.trace.packets) {
    const bool video = packet.track_id == kVideo;
    const std::int64_t at = static_cast<std::int64_t>(start) + 3600 * (video ? pictures++ : sounds++);
    ASSERT_EQ(packet.dts, at);
    ASSERT_EQ(packet.pts, video ? at + 7200 : at);
  }
}

TEST(Demuxer, DropsOnlyThePesThatLostAPacket) {  // TS-3
  Mux mux = avc_and_aac();
  for (std::uint64_t i = 0; i < 4; ++i) {
    mux.pes(kVideo, {.pts = i * 3600, .dts = {}}, i == 0 ? h264_key(400) : h264_p(400));
  }
  auto& packets = mux.packets();
  ASSERT_EQ(packets.size(), 2U + 4 * 3);
  packets.erase(packets.begin() + 2 + 3 + 1);  // the middle of the second PES
  const Demuxed run(mux.bytes());
  EXPECT_EQ(run.trace.lines,
            (Lines{"track 256 avc1.42C00C 320x180", "256 pts 0 idr", "256 pts 7200", "256 pts 10800"}));
  EXPECT_EQ(run.counters().cc_gaps, 1U);
  EXPECT_EQ(run.counters().pes_damaged, 1U);
}

TEST(Demuxer, IgnoresAPacketSentTwice) {  // TS-3
  Mux mux = avc_and_aac();
  mux.pes(kVideo, {.pts = 0, .dts = {}}, h264_key(400));
  auto& packets = mux.packets();
  packets.insert(packets.begin() + 3, packets[3]);
  const Demuxed run(mux.bytes());
  ASSERT_EQ(run.trace.packets.size(), 1U);
  EXPECT_EQ(run.trace.packets[0].data.size(), 4 + 402U);
  EXPECT_EQ(run.counters().duplicates, 1U);
  EXPECT_EQ(run.counters().cc_gaps, 0U);
}

TEST(Demuxer, TakesAJumpOfTheCounterThatIsAnnouncedAsNoLoss) {  // TS-3
  Mux mux = avc_and_aac();
  mux.pes(kVideo, {.pts = 0, .dts = {}, .bounded = false}, h264_key(8));
  mux.packet(kVideo, false, {});  // steps the counter, then is taken out
  mux.packets().pop_back();
  const Blob pes = Mux::make_pes({.pts = 3600, .dts = {}}, h264_p(8));
  mux.packet(kVideo, true, pes, 0x80);
  const Demuxed run(mux.bytes());
  EXPECT_EQ(run.trace.packets.size(), 2U);
  EXPECT_EQ(run.counters().discontinuities, 1U);
  EXPECT_EQ(run.counters().cc_gaps, 0U);
}

TEST(Demuxer, CountsAndDropsPacketsMarkedBrokenOrScrambled) {  // TS-3
  Mux mux = avc_and_aac();
  for (std::uint64_t i = 0; i < 3; ++i) mux.pes(kVideo, {.pts = i * 3600, .dts = {}}, h264_key());
  auto& packets = mux.packets();
  packets[2][1] |= 0x80;
  packets[3][3] |= 0xc0;
  mux.pes(kAudio, {.pts = 0, .stream_id = 0xc0}, adts(8));
  packets.back()[3] |= 0xc0;
  const Demuxed run(mux.bytes());
  EXPECT_EQ(run.trace.packets.size(), 1U);
  EXPECT_EQ(run.counters().transport_errors, 1U);
  EXPECT_EQ(run.counters().scrambled, 2U);
  EXPECT_EQ(run.counters().scrambled_video, 1U);
}

TEST(Demuxer, ReadsAPmtSplitOverPackets) {  // TS-2
  const Blob pmt =
      Mux::make_pmt(1, {{0x1b, kVideo, {}}, {0x0f, kAudio, language("fra") + Blob{0x52, 250} + Blob(250)}});
  for (const std::size_t chunk : {2U, 3U, 50U, 183U}) {
    Mux mux;
    mux.pat({{1, kPmtPid}}).section(kPmtPid, pmt, chunk);
    mux.pes(kAudio, {.pts = 0, .dts = {}, .stream_id = 0xc0}, adts(9));
    const Demuxed run(mux.bytes());
    EXPECT_EQ(run.trace.lines, (Lines{"track 257 mp4a.40.2 48000/2 fra", "257 pts 0 +1920 idr"})) << chunk;
  }
}

TEST(Demuxer, IgnoresAPmtWithAWrongCrc) {  // TS-2
  Blob broken = Mux::make_pmt(1, {{0x0f, kVideo, {}}}, 1);
  broken.back() ^= 1;
  Mux mux = avc_and_aac();
  mux.section(kPmtPid, broken);
  mux.pes(kVideo, {.pts = 0, .dts = {}}, h264_key());
  const Demuxed run(mux.bytes());
  EXPECT_EQ(run.trace.packets.size(), 1U);
  EXPECT_EQ(run.counters().crc_errors, 1U);
}

TEST(Demuxer, SaysThatAStreamIsGoneWhenAPmtMovesItToAnotherPid) {  // TS-2
  Mux mux = avc_and_aac();
  mux.pes(kVideo, {.pts = 0, .dts = {}, .bounded = false}, h264_key());
  mux.pes(kAudio, {.pts = 0, .dts = {}, .stream_id = 0xc0}, adts(9));
  mux.pmt(1, kPmtPid, {{0x1b, 300, {}}, {0x0f, kAudio, language("eng")}}, 1);
  mux.pes(kAudio, {.pts = 1920, .dts = {}, .stream_id = 0xc0}, adts(9));
  mux.pes(300, {.pts = 3600, .dts = {}}, h264_key());
  mux.pes(kVideo, {.pts = 7200, .dts = {}}, h264_p());  // no longer of this program
  const Demuxed run(mux.bytes());
  EXPECT_EQ(run.trace.lines, (Lines{
                                 "track 257 mp4a.40.2 48000/2 eng",
                                 "257 pts 0 +1920 idr",
                                 "257 pts 1920 +1920 idr",
                                 "track 256 avc1.42C00C 320x180",  // what it held comes out
                                 "256 pts 0 idr",
                                 "gone 256",
                                 "track 300 avc1.42C00C 320x180",
                                 "300 pts 3600 idr",
                             }));
}

TEST(Demuxer, TakesTheRestOfAPesThatBeganBeforeItsStreamMoved) {  // TS-2
  Mux mux = avc_and_aac();
  mux.pes(kAudio, {.pts = 0, .dts = {}, .stream_id = 0xc0}, adts(150) + adts(150));
  const Blob rest = mux.packets().back();
  mux.packets().pop_back();
  mux.pmt(1, kPmtPid, {{0x1b, kVideo, {}}, {0x0f, 301, {}}}, 1);
  mux.packets().push_back(rest);
  mux.pes(301, {.pts = 3840, .dts = {}, .stream_id = 0xc0}, adts(9));
  const Demuxed run(mux.bytes());
  EXPECT_EQ(run.trace.lines, (Lines{"track 257 mp4a.40.2 48000/2 eng", "257 pts 0 +1920 idr", "257 pts 1920 +1920 idr",
                                    "gone 257", "track 301 mp4a.40.2 48000/2", "301 pts 3840 +1920 idr"}));
  EXPECT_EQ(run.counters().pes_damaged, 0U);
}

TEST(Demuxer, SaysThatAllIsGoneWhenThePatNoLongerHasTheProgram) {  // TS-2, TS-15
  Mux mux = avc_and_aac();
  mux.pes(kAudio, {.pts = 0, .dts = {}, .stream_id = 0xc0}, adts(9));
  mux.pat({{2, 0x1002}}, 1).pmt(2, 0x1002, {{0x0f, 400, {}}});
  mux.pes(400, {.pts = 1920, .dts = {}, .stream_id = 0xc0}, adts(9));
  const Demuxed run(mux.bytes());
  EXPECT_EQ(run.trace.lines, (Lines{"track 257 mp4a.40.2 48000/2 eng", "257 pts 0 +1920 idr", "gone 257",
                                    "track 400 mp4a.40.2 48000/2", "400 pts 1920 +1920 idr"}));
}

TEST(Demuxer, ChangesNothingForAPmtThatIsRepeatedDamagedOrMissing) {  // TS-2
  const std::vector<MuxStream> streams{{0x1b, kVideo, {}}, {0x0f, kAudio, language("eng")}};
  Blob damaged = Mux::make_pmt(1, {{0x0f, 300, {}}}, 2);
  damaged[12] ^= 1;
  Mux mux = avc_and_aac();
  for (int i = 0; i < 3; ++i) {
    mux.pes(kAudio, {.pts = static_cast<std::uint64_t>(i) * 1920, .dts = {}, .stream_id = 0xc0}, adts(9));
    if (i == 0) mux.pmt(1, kPmtPid, streams, 1);  // a new version that says the same
    if (i == 1) mux.section(kPmtPid, damaged);
  }
  const Demuxed run(mux.bytes());
  EXPECT_EQ(run.trace.lines, (Lines{"track 257 mp4a.40.2 48000/2 eng", "257 pts 0 +1920 idr", "257 pts 1920 +1920 idr",
                                    "257 pts 3840 +1920 idr"}));
}

TEST(Demuxer, AnnouncesATrackAgainWhoseCodecOrLanguageThePmtChanged) {  // TS-2, TS-14
  Mux mux = avc_and_aac();
  mux.pes(kAudio, {.pts = 0, .dts = {}, .stream_id = 0xc0}, adts(9));
  mux.pmt(1, kPmtPid, {{0x0f, kAudio, language("deu")}}, 1);
  mux.pmt(1, kPmtPid, {{0x03, kAudio, language("deu")}}, 2);
  mux.pes(kAudio, {.pts = 1920, .dts = {}, .stream_id = 0xc0}, hex("fffd44c4") + Blob(188, 1));
  const Demuxed run(mux.bytes());
  EXPECT_EQ(run.trace.lines,
            (Lines{"track 257 mp4a.40.2 48000/2 eng", "257 pts 0 +1920 idr", "track 257 mp4a.40.2 48000/2 deu",
                   "gone 257", "track 257  48000/1 deu", "257 pts 1920 +2160 idr"}));
}

TEST(Demuxer, AnnouncesATrackAgainWhoseRoleThePmtChanged) {  // TS-14
  Mux mux = avc_and_aac();
  mux.pes(kAudio, {.pts = 0, .dts = {}, .stream_id = 0xc0}, adts(9));
  mux.pmt(1, kPmtPid, {{0x0f, kAudio, language("eng", 3)}}, 1);
  mux.pes(kAudio, {.pts = 1920, .dts = {}, .stream_id = 0xc0}, adts(9));
  const Demuxed run(mux.bytes());
  EXPECT_EQ(run.trace.tracks.at(kAudio).role, media::Role::kDescription);
  EXPECT_EQ(run.trace.lines, (Lines{"track 257 mp4a.40.2 48000/2 eng", "257 pts 0 +1920 idr",
                                    "track 257 mp4a.40.2 48000/2 eng", "257 pts 1920 +1920 idr"}));
}

TEST(Demuxer, FollowsAPatThatMovesThePmt) {  // TS-2
  Mux mux = avc_and_aac();
  mux.pat({{1, 0x1001}}, 1).pmt(1, 0x1001, {{0x1b, 400, {}}});
  mux.pmt(1, kPmtPid, {{0x1b, kVideo, {}}}, 2);  // the old place says nothing any more
  mux.pes(400, {.pts = 0, .dts = {}}, h264_key());
  mux.pes(kVideo, {.pts = 0, .dts = {}}, h264_key());
  const Demuxed run(mux.bytes());
  EXPECT_EQ(run.trace.lines, (Lines{"track 400 avc1.42C00C 320x180", "400 pts 0 idr"}));
}

TEST(Demuxer, TakesTheFirstProgramWithAudioOrVideo) {  // TS-15
  Mux mux;
  mux.pat({{1, 0x1001}, {2, 0x1002}, {3, 0x1003}});
  mux.pmt(1, 0x1001, {{0x05, 200, {}}}).pmt(2, 0x1002, {{0x1b, 201, {}}}).pmt(3, 0x1003, {{0x1b, 202, {}}});
  for (const std::uint16_t pid : std::initializer_list<std::uint16_t>{200, 201, 202})
    mux.pes(pid, {.pts = 0, .dts = {}}, h264_key());
  const Demuxed run(mux.bytes());
  EXPECT_EQ(run.demuxer.program(), 2);
  EXPECT_EQ(run.trace.lines, (Lines{"track 201 avc1.42C00C 320x180", "201 pts 0 idr"}));
}

TEST(Demuxer, TakesTheProgramAskedFor) {  // TS-15
  Mux mux;
  mux.pat({{2, 0x1002}, {3, 0x1003}}).pmt(2, 0x1002, {{0x1b, 201, {}}}).pmt(3, 0x1003, {{0x1b, 202, {}}});
  for (const std::uint16_t pid : std::initializer_list<std::uint16_t>{201, 202})
    mux.pes(pid, {.pts = 0, .dts = {}}, h264_key());
  EXPECT_EQ(Demuxed(mux.bytes(), SIZE_MAX, 3).trace.lines, (Lines{"track 202 avc1.42C00C 320x180", "202 pts 0 idr"}));
  EXPECT_TRUE(Demuxed(mux.bytes(), SIZE_MAX, 9).trace.lines.empty());
}

/// Programs 1 and 2, each with an audio stream and a clock; the PMT of program 1 comes when program 2 has sent `late`
/// s.
Mux two_programs(int late) {
  Mux mux;
  mux.pat({{1, 0x1001}, {2, 0x1002}}).pmt(2, 0x1002, {{0x0f, 202, {}}});
  for (std::uint64_t i = 0; i < 30; ++i) {
    if (i == static_cast<std::uint64_t>(late) * 10) mux.pmt(1, 0x1001, {{0x0f, 201, {}}});
    mux.pcr(202, i * 9000);
    for (const std::uint16_t pid : std::initializer_list<std::uint16_t>{201, 202}) {
      mux.pes(pid, {.pts = i * 9000, .dts = {}, .stream_id = 0xc0}, adts(9));
    }
  }
  return mux;
}

TEST(Demuxer, WaitsForThePmtOfAnEarlierProgram) {  // TS-15
  Mux mux;
  mux.pat({{1, 0x1001}, {2, 0x1002}}).pmt(2, 0x1002, {{0x0f, 202, {}}});
  mux.pes(202, {.pts = 0, .dts = {}, .stream_id = 0xc0}, adts(9));
  mux.pmt(1, 0x1001, {{0x0f, 201, {}}});
  mux.pes(201, {.pts = 0, .dts = {}, .stream_id = 0xc0}, adts(9));
  EXPECT_EQ(Demuxed(mux.bytes()).demuxer.program(), 1);
  EXPECT_EQ(Demuxed(mux.bytes()).trace.lines, (Lines{"track 201 mp4a.40.2 48000/2", "201 pts 0 +1920 idr"}));
}

TEST(Demuxer, WaitsForAnEarlierProgramOneSecondAtMost) {  // TS-15
  const Demuxed run(two_programs(2).bytes());
  EXPECT_EQ(run.demuxer.program(), 2);
  EXPECT_EQ(run.trace.packets.size(), 20U) << "of the 30 in 3 s";
}

TEST(Demuxer, AnnouncesAudioInTheOrderOfThePmtWhicheverComesFirst) {  // TS-14
  for (const bool english_first : {true, false}) {
    Mux mux;
    mux.pat({{1, kPmtPid}}).pmt(1, kPmtPid, {{0x0f, 301, language("eng")}, {0x0f, 300, language("fra")}});
    const std::uint16_t first = english_first ? 301 : 300;
    for (const std::uint16_t pid : {first, static_cast<std::uint16_t>(601 - first)}) {
      mux.pes(pid, {.pts = 0, .dts = {}, .stream_id = 0xc0}, adts(9));
    }
    Lines lines = Demuxed(mux.bytes()).trace.lines;
    std::erase_if(lines, [](const std::string& line) { return !line.starts_with("track"); });
    EXPECT_EQ(lines, (Lines{"track 301 mp4a.40.2 48000/2 eng", "track 300 mp4a.40.2 48000/2 fra"}));
  }
}

TEST(Demuxer, AnnouncesAudioThatChangesItsFormatInBandAgain) {
  Mux mux = avc_and_aac();
  mux.pes(kAudio, {.pts = 0, .dts = {}, .stream_id = 0xc0}, adts(9));
  Blob slower = adts(9);
  slower[2] = 0x50;  // 44.1 kHz
  mux.pes(kAudio, {.pts = 1920, .dts = {}, .stream_id = 0xc0}, slower + slower);
  Blob surround = adts(9);
  surround[2] = 0x4d;  // six channels: 110 over two bytes
  mux.pes(kAudio, {.pts = 6099, .dts = {}, .stream_id = 0xc0}, surround);
  EXPECT_EQ(Demuxed(mux.bytes()).trace.lines,
            (Lines{"track 257 mp4a.40.2 48000/2 eng", "257 pts 0 +1920 idr", "track 257 mp4a.40.2 44100/2 eng",
                   "257 pts 1920 +2090 idr", "257 pts 4010 +2090 idr", "track 257 mp4a.40.2 48000/6 eng",
                   "257 pts 6099 +1920 idr"}));
}

TEST(Demuxer, TellsSeveralAudioTracksApartByPidAndLanguage) {  // TS-14
  Mux mux;
  mux.pat({{1, kPmtPid}})
      .pmt(1, kPmtPid, {{0x0f, 300, language("eng")}, {0x0f, 301, language("fra")}, {0x0f, 302, {}}});
  for (const std::uint16_t pid : std::initializer_list<std::uint16_t>{300, 301, 302})
    mux.pes(pid, {.pts = 90, .dts = {}, .stream_id = 0xc0}, adts(9));
  const Demuxed run(mux.bytes());
  EXPECT_EQ(run.trace.tracks.at(300).language, "eng");
  EXPECT_EQ(run.trace.tracks.at(301).language, "fra");
  EXPECT_EQ(run.trace.tracks.at(302).language, "");
}

TEST(Demuxer, CountsStreamsItDoesNotHandleByType) {  // TS-10, TS-12
  Mux mux;
  mux.pat({{1, kPmtPid}}).pmt(1, kPmtPid, {{0x1b, kVideo, {}}, {0x15, 500, {}}, {0x06, 501, hex("5900")}});
  for (int i = 0; i < 3; ++i) mux.pes(500, {.pts = 0, .dts = {}}, Blob(20));
  mux.pes(501, {.pts = 0, .dts = {}}, Blob(20));
  const Demuxed run(mux.bytes());
  EXPECT_EQ(run.counters().unsupported, (std::map<std::uint8_t, std::uint64_t>{{0x06, 1}, {0x15, 3}}));
}

TEST(Demuxer, ResynchronisesAfterBytesThatAreNoPackets) {  // SR-13, SR-16, TS-1
  Mux mux = avc_and_aac();
  mux.pes(kVideo, {.pts = 0, .dts = {}}, h264_key(400));
  const Blob head = mux.bytes();
  mux.packets().clear();
  for (std::uint64_t i = 1; i < 4; ++i) mux.pes(kVideo, {.pts = i * 3600, .dts = {}}, h264_p(400));
  const Demuxed run(head + Blob(77, 0x46) + mux.bytes());
  EXPECT_EQ(run.trace.packets.size(), 4U);
  EXPECT_EQ(run.counters().sync_losses, 1U);
}

TEST(Demuxer, KeepsMemoryBoundedWhateverTheTablesSay) {
  Mux mux;
  std::vector<MuxStream> streams;
  for (std::uint16_t i = 0; i < 60; ++i) streams.push_back({0x1b, static_cast<std::uint16_t>(600 + i), {}});
  mux.pat({{1, kPmtPid}}).pmt(1, kPmtPid, streams);
  for (const MuxStream& stream : streams) mux.pes(stream.pid, {.pts = 0, .dts = {}}, h264_key());
  const Demuxed run(mux.bytes());
  EXPECT_EQ(run.trace.packets.size(), 4U);
  EXPECT_EQ(run.counters().unsupported.at(0x1b), 56U);
}

}  // namespace
}  // namespace ts
