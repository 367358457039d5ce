// Feeds that do not keep to FLV, as encoders in the field send them, and that FFmpeg plays all the same.

#include <gtest/gtest.h>

#include "media/h264.h"
#include "media/hevc.h"
#include "media/nal.h"
#include "tag_feed.h"

namespace rtmp {
namespace {

using Lines = std::vector<std::string>;

using media::hex;

/// As x264 writes it for testsrc2=s=160x96:r=25, baseline.
Buffer small_avcc() { return hex("0142c00bffe100176742c00bda0a36c044000003000400000300c83c50aa8001000468ce0fc8"); }
Buffer buffer_of(base::View view) { return {view.begin(), view.end()}; }

/// The parameter sets of a sequence header, each behind its length.
Buffer sets_of(const Buffer& header) {
  std::vector<base::View> units;
  if (const auto avc = media::h264::parse_avcc(header)) {
    units = avc->sps;
    units.insert(units.end(), avc->pps.begin(), avc->pps.end());
  } else if (const auto hevc = media::hevc::parse_hvcc(header)) {
    for (const auto* sets : {&hevc->vps, &hevc->sps, &hevc->pps}) units.insert(units.end(), sets->begin(), sets->end());
  }
  return buffer_of(media::join_lengths(units).view());
}
/// The same NAL units behind start codes of 4 or 3 bytes.
Buffer annexb(const Buffer& sample, bool short_codes = false) {
  Buffer out;
  const std::vector<base::View> nals = *media::split_lengths(sample);
  for (const base::View nal : nals) {
    out = out + (short_codes ? Buffer{0, 0, 1} : Buffer{0, 0, 0, 1}) + buffer_of(nal);
  }
  return out;
}
Buffer key(int composition, const Buffer& body) { return avc_tag(1, 1, composition, body); }
Buffer inter(const Buffer& body) { return avc_tag(2, 1, 0, body); }
std::string data_of(const media::Packet& packet) { return std::string(packet.data.text()); }
std::string text_of(const Buffer& buffer) { return std::string(base::text_of(buffer)); }

// ---- Parameter sets.

TEST(ParameterSetsInBand, MakeTheTrackWhereTheHeaderIsEmptyOrMissing) {
  for (const bool header : {true, false}) {
    TagFeed feed;
    if (header) feed.video(0, avc_tag(1, 0, 0, hex("0164002affe000")));
    feed.video(0, key(0, sets_of(small_avcc()) + nal(5)));
    feed.video(40, inter(nal(1)));
    EXPECT_EQ(feed.take(), (Lines{"track 1000 avc1.42C00B", "1000 d0 p0 idr", "1000 d40 p40"})) << header;
    EXPECT_EQ(feed.sink.tracks[0].video.width, 160);
    EXPECT_EQ(text_of(buffer_of(feed.sink.tracks[0].config.view())), text_of(small_avcc()));
    // The sample entry has them: the sample does without (CM-5).
    EXPECT_EQ(data_of(feed.sink.packets[0]), text_of(nal(5)));
  }
}

TEST(ParameterSetsInBand, AreWaitedForWithOneNotice) {
  TagFeed feed;
  feed.video(0, inter(nal(1)));
  feed.video(40, inter(nal(1)));
  feed.video(80, key(0, sets_of(small_avcc()) + nal(5)));
  EXPECT_EQ(feed.take(), (Lines{"notice 3 1000", "track 1000 avc1.42C00B", "1000 d80 p80 idr"}));
}

TEST(ParameterSetsInBand, ChangeTheFormatAtTheKeyFrameThatCarriesThem) {
  TagFeed feed;
  feed.video(0, avc_tag(1, 0, 0, avcc()));
  feed.video(0, key(0, nal(5)));
  feed.video(40, inter(nal(1)));
  feed.video(80, key(0, sets_of(small_avcc()) + nal(5)));
  feed.video(120, key(0, sets_of(small_avcc()) + nal(5)));
  EXPECT_EQ(feed.take(), (Lines{"track 1000 avc1.64002A", "1000 d0 p0 idr", "1000 d40 p40", "track 1000 avc1.42C00B",
                                "1000 d80 p80 idr", "1000 d120 p120 idr"}));
  EXPECT_EQ(feed.sink.tracks[1].video.width, 160);
}

TEST(ParameterSetsInBand, WaitForTheKeyFrameWhereTheyComeBetweenKeyFrames) {
  TagFeed feed;
  feed.video(0, avc_tag(1, 0, 0, avcc()));
  feed.video(0, key(0, nal(5)));
  const Buffer with_sets = sets_of(small_avcc()) + nal(1, "\x9aslice");  // P
  feed.video(40, inter(with_sets));
  feed.video(80, key(0, nal(5)));
  EXPECT_EQ(feed.take(), (Lines{"track 1000 avc1.64002A", "1000 d0 p0 idr", "1000 d40 p40", "track 1000 avc1.42C00B",
                                "1000 d80 p80 idr"}));
  // A decoder that reads on needs them there.
  EXPECT_EQ(data_of(feed.sink.packets[1]), text_of(with_sets));
}

TEST(ParameterSetsInBand, RuleOverAHeaderThatContradictsThemAgainAndAgain) {
  TagFeed feed;
  for (std::uint32_t time = 0; time < 400; time += 40) {
    feed.video(time, avc_tag(1, 0, 0, small_avcc()));
    feed.video(time, time % 200 == 0 ? key(0, sets_of(avcc()) + nal(5)) : inter(nal(1)));
  }
  const Lines trace = feed.take();
  EXPECT_EQ(std::vector(trace.begin(), trace.begin() + 3),
            (Lines{"track 1000 avc1.42C00B", "track 1000 avc1.64002A", "1000 d0 p0 idr"}));
  EXPECT_EQ(feed.sink.packets.size(), 10U);
  EXPECT_EQ(feed.sink.tracks.size(), 2U);  // the second before the first picture: players see that one alone
}

TEST(ParameterSetsInBand, OfHevcAreThoseOfTheTrack) {
  TagFeed feed;
  feed.video(0, ex_video(1, 3, "hvc1", sets_of(hvcc()) + hevc_nal(19)));
  feed.video(40, ex_video(2, 3, "hvc1", hevc_nal(1)));
  EXPECT_EQ(feed.take(), (Lines{"track 1000 hvc1.1.6.L93.90", "1000 d0 p0 idr", "1000 d40 p40"}));
  EXPECT_EQ(feed.sink.tracks[0].video.width, 1280);
  EXPECT_EQ(data_of(feed.sink.packets[0]), text_of(hevc_nal(19)));
}

TEST(SequenceHeader, OfStartCodesIsRead) {
  TagFeed feed;
  feed.video(0, avc_tag(1, 0, 0, annexb(sets_of(small_avcc()))));
  EXPECT_EQ(feed.take(), Lines{"track 1000 avc1.42C00B"});
}

TEST(SequenceHeader, ThatChangesAmidPicturesHoldsFromTheNextKeyFrameOn) {
  TagFeed feed;
  feed.video(0, avc_tag(1, 0, 0, avcc()));
  feed.video(0, key(0, nal(5)));
  feed.video(40, avc_tag(1, 0, 0, small_avcc()));
  feed.video(40, inter(nal(1)));  // of a sequence that nobody saw the start of
  feed.video(80, key(0, nal(5)));
  EXPECT_EQ(feed.take(),
            (Lines{"track 1000 avc1.64002A", "1000 d0 p0 idr", "track 1000 avc1.42C00B", "1000 d80 p80 idr"}));
}

TEST(SequenceHeader, ThatIsRepeatedAmidPicturesChangesNothing) {
  TagFeed feed;
  for (std::uint32_t time = 0; time < 120; time += 40) {
    feed.video(time, avc_tag(1, 0, 0, avcc()));
    feed.video(time, time == 0 ? key(0, nal(5)) : inter(nal(1)));
  }
  EXPECT_EQ(feed.take(), (Lines{"track 1000 avc1.64002A", "1000 d0 p0 idr", "1000 d40 p40", "1000 d80 p80"}));
}

TEST(Av1SequenceHeader, ChangesTheFormatWithTheKeyFrameThatCarriesIt) {
  const Buffer header = hex("0a0b0000000cc4ff6700be1010");
  const Buffer wider = hex("0a0b0000000ccdff6700be1010");
  TagFeed feed;
  for (const Buffer& sequence : {header, header, wider}) {
    feed.video(0, ex_video(1, 1, "av01", sequence + hex("320110")));
  }
  EXPECT_EQ(feed.sink.tracks.size(), 2U);
  EXPECT_NE(feed.sink.tracks[0].video.width, feed.sink.tracks[1].video.width);
}

// ---- Framing.

TEST(StartCodes, InPlaceOfLengthsAreConverted) {
  for (const bool short_codes : {false, true}) {
    TagFeed feed;
    feed.video(0, avc_tag(1, 0, 0, avcc()));
    feed.video(0, key(0, annexb(nal(6) + nal(5), short_codes)));
    feed.video(40, inter(annexb(nal(1), short_codes)));
    EXPECT_EQ(feed.take(), (Lines{"track 1000 avc1.64002A", "1000 d0 p0 idr", "1000 d40 p40"}));
    EXPECT_EQ(data_of(feed.sink.packets[0]), text_of(nal(6) + nal(5)));
    EXPECT_EQ(data_of(feed.sink.packets[1]), text_of(nal(1)));
  }
}

TEST(StartCodes, AreNotSeenInLengthsThatAddUp) {
  TagFeed feed;
  feed.video(0, avc_tag(1, 0, 0, avcc()));
  const std::string body = std::string(kFirstSlice) + std::string(0x1ff - 1 - kFirstSlice.size(), 'x');
  const Buffer sample = nal(5, body);  // 00 00 01 ff: 511 bytes
  feed.video(0, key(0, sample));
  feed.take();
  EXPECT_EQ(data_of(feed.sink.packets.at(0)), text_of(sample));
}

TEST(StartCodes, AreStillSeenWhereAUnitsBytesWouldPassForALength) {
  TagFeed feed;
  feed.video(0, avc_tag(1, 0, 0, avcc()));
  feed.video(0, key(0, annexb(nal(5), true)));
  // 00 00 01 61: a length of 353 that adds up.
  const Buffer sample = nal(1, std::string(kFirstSlice) + std::string(353 - kFirstSlice.size(), 'x'));
  feed.video(40, inter(annexb(sample, true)));
  feed.take();
  EXPECT_EQ(data_of(feed.sink.packets.at(1)), text_of(sample));
}

// ---- Pictures in pieces.

TEST(Slices, InMessagesOfTheirOwnAreOnePicture) {
  TagFeed feed;
  feed.video(0, avc_tag(1, 0, 0, avcc()));
  for (std::uint32_t time = 0; time < 120; time += 40) {
    const std::uint8_t type = time == 0 ? 5 : 1;
    feed.video(time, avc_tag(time == 0 ? 1 : 2, 1, 0, nal(6)));
    feed.video(time, avc_tag(time == 0 ? 1 : 2, 1, 0, nal(type)));
    for (int slice = 1; slice < 4; ++slice) feed.video(time, avc_tag(2, 1, 0, nal(type, kNextSlice)));
  }
  EXPECT_EQ(feed.take(), (Lines{"track 1000 avc1.64002A", "1000 d0 p0 idr", "1000 d40 p40", "1000 d80 p80"}));
  EXPECT_EQ(data_of(feed.sink.packets[0]),
            text_of(nal(6) + nal(5) + nal(5, kNextSlice) + nal(5, kNextSlice) + nal(5, kNextSlice)));
}

TEST(Slices, OfHevcInMessagesOfTheirOwnAreOnePicture) {
  TagFeed feed;
  feed.video(0, ex_video(1, 0, "hvc1", hvcc()));
  const Buffer next = {0, 0, 0, 4, 1 << 1, 1, 0x40, 0};
  for (std::uint32_t time = 0; time < 80; time += 40) {
    feed.video(time, ex_video(2, 3, "hvc1", time == 0 ? hevc_nal(19) : hevc_nal(1)));
    feed.video(time, ex_video(2, 3, "hvc1", next));
  }
  EXPECT_EQ(feed.take(), (Lines{"track 1000 hvc1.1.6.L93.90", "1000 d0 p0 idr", "1000 d40 p40"}));
}

TEST(Slices, StampedALittleLaterThanTheirPicturesFirstBelongToIt) {
  TagFeed feed;
  feed.video(0, avc_tag(1, 0, 0, avcc()));
  feed.video(0, key(0, nal(5)));
  feed.video(1, key(0, nal(5, kNextSlice)));
  feed.video(40, inter(nal(1)));
  feed.video(42, inter(nal(1, kNextSlice)));
  EXPECT_EQ(feed.take(), (Lines{"track 1000 avc1.64002A", "1000 d0 p0 idr", "1000 d40 p40"}));
}

TEST(Slices, AfterPicturesThatCameWholeCostOneSliceAndAreGatheredFromThenOn) {
  TagFeed feed;
  feed.video(0, avc_tag(1, 0, 0, avcc()));
  feed.video(0, key(80, nal(5)));
  for (std::uint32_t time = 40; time < 160; time += 40) {
    feed.video(time, inter(nal(1)));
    feed.video(time, inter(nal(1, kNextSlice)));
  }
  EXPECT_EQ(feed.take(), (Lines{"track 1000 avc1.64002A", "1000 d0 p80 idr", "1000 d40 p40", "notice 4 1000",
                                "1000 d80 p80", "1000 d120 p120"}));
  EXPECT_EQ(feed.demuxer.counters().dropped, 1U);
}

TEST(Slices, PicturesThatComeWholeDoNotWait) {
  TagFeed feed;
  feed.video(0, avc_tag(1, 0, 0, avcc()));
  feed.video(0, avc_tag(1, 1, 80, nal(5)));
  for (std::uint32_t time = 40; time < 160; time += 40) {
    feed.video(time, inter(nal(1) + nal(1, kNextSlice)));
    EXPECT_EQ(feed.sink.packets.back().dts, time);
  }
}

TEST(Slices, ParameterSetsInMessagesOfTheirOwnGoWithTheNextPicture) {
  TagFeed feed;
  const Buffer sets = sets_of(small_avcc());
  const std::vector<base::View> units = *media::split_lengths(sets);
  for (const base::View set : units) {
    feed.video(0, avc_tag(2, 1, 0, buffer_of(media::join_lengths(std::span(&set, 1)).view())));
  }
  feed.video(20, key(0, nal(5)));
  EXPECT_EQ(feed.take(), (Lines{"track 1000 avc1.42C00B", "1000 d20 p20 idr"}));
}

TEST(Slices, TwoPicturesOfOneTimestampStayTwo) {
  TagFeed feed;
  feed.video(0, avc_tag(1, 0, 0, avcc()));
  feed.video(0, key(0, nal(5)));
  feed.video(0, inter(nal(1)));
  EXPECT_EQ(feed.take(), (Lines{"track 1000 avc1.64002A", "1000 d0 p0 idr", "1000 d1 p1"}));
}

TEST(Slices, OfTheSecondPictureOfOneTimestampBelongToIt) {
  TagFeed feed;
  feed.video(0, avc_tag(1, 0, 0, avcc()));
  feed.video(0, key(0, nal(5)));
  feed.video(0, key(0, nal(5, kNextSlice)));
  for (int picture = 0; picture < 2; ++picture) {
    feed.video(40, inter(nal(1)));
    feed.video(40, inter(nal(1, kNextSlice)));
  }
  EXPECT_EQ(feed.take(), (Lines{"track 1000 avc1.64002A", "1000 d0 p0 idr", "1000 d40 p40", "1000 d41 p41"}));
  EXPECT_EQ(data_of(feed.sink.packets[2]), text_of(nal(1) + nal(1, kNextSlice)));
}

// ---- Times.

TEST(CompositionTimes, OneThatCannotBeMeantCostsItsPictureAlone) {  // RT-26
  for (const int absurd : {-8'388'608, 8'000'000, -3000}) {
    TagFeed feed;
    feed.video(0, avc_tag(1, 0, 0, avcc()));
    feed.video(0, avc_tag(1, 1, 80, nal(5)));
    feed.video(40, avc_tag(2, 1, absurd, nal(1)));
    feed.video(80, avc_tag(2, 1, 80, nal(1)));
    EXPECT_EQ(feed.take(),
              (Lines{"track 1000 avc1.64002A", "1000 d0 p80 idr", "notice 7 1000", "1000 d40 p120", "1000 d80 p160"}));
    EXPECT_EQ(feed.demuxer.counters().repaired, 1U);
  }
}

TEST(StampsOfPresentation, GetDecodingTimes) {
  TagFeed feed;
  feed.video(1000, avc_tag(1, 0, 0, avcc()));
  const std::vector<std::uint32_t> shown = {1000, 1160, 1080, 1040, 1120, 1320, 1240, 1200, 1280};
  for (const std::uint32_t time : shown) feed.video(time, time == 1000 ? key(0, nal(5)) : inter(nal(1)));
  feed.take();
  ASSERT_EQ(feed.sink.packets.size(), shown.size());
  for (std::size_t i = 0; i < shown.size(); ++i) {
    EXPECT_EQ(feed.sink.packets[i].pts, shown[i]);
    EXPECT_EQ(feed.sink.packets[i].dts, 920 + 40 * static_cast<std::int64_t>(i));
  }
}

TEST(StampsOfPresentation, AreNotSeenWhereTheEncoderHasCompositionTimesOrCannotReorder) {
  TagFeed feed;
  feed.video(0, avc_tag(1, 0, 0, avcc()));
  feed.video(0, key(0, nal(5)));
  feed.video(40, avc_tag(2, 1, 80, nal(1)));
  EXPECT_EQ(feed.sink.packets.size(), 2U);
  TagFeed baseline;
  baseline.video(0, avc_tag(1, 0, 0, small_avcc()));
  baseline.video(0, key(0, nal(5)));
  baseline.video(40, inter(nal(1)));
  EXPECT_EQ(baseline.sink.packets.size(), 2U);
}

TEST(StampsOfPresentation, AreNotWaitedForInASlowFeed) {
  TagFeed feed;
  feed.video(0, avc_tag(1, 0, 0, avcc()));
  feed.video(0, key(0, nal(5)));
  feed.video(1000, inter(nal(1)));
  EXPECT_EQ(feed.sink.packets.size(), 2U);
}

TEST(StampsOfPresentation, GoOnAfterAJump) {
  StampOrder order;
  EXPECT_TRUE(order.begin(std::vector<std::int64_t>{0, 120, 40, 80, 240}));
  for (const std::int64_t stamp : {0, 120, 40, 80}) EXPECT_LE(order.next(stamp), stamp);
  EXPECT_EQ(order.next(90'000), 89'960);
  EXPECT_EQ(order.next(90'120), 90'000);
  EXPECT_EQ(order.next(90'040), 90'040);
}

TEST(StampsOfPresentation, ThatStandStillDoNotLetDecodingRunAhead) {
  StampOrder order;
  EXPECT_TRUE(order.begin(std::vector<std::int64_t>{0, 120, 40, 80, 240}));
  for (int i = 0; i < 5000; ++i) EXPECT_LE(order.next(0), 1001);
}

TEST(StampsOfPresentation, ReorderDeeperThanTheFirstPicturesSaid) {
  StampOrder order;
  EXPECT_TRUE(order.begin(std::vector<std::int64_t>{0, 80, 40, 160, 120}));
  std::int64_t last = -1000;
  for (const std::int64_t stamp : {0, 80, 40, 160, 120, 320, 240, 200, 280, 480, 400, 360, 440, 640, 560, 520, 600}) {
    const std::int64_t dts = order.next(stamp);
    EXPECT_GT(dts, last);
    last = dts;
  }
  EXPECT_LE(last, 600);
}

TEST(RecoveryPoint, MarkedByTheEncoderBeginsAFeedThatHasNoIdr) {
  TagFeed feed;
  feed.video(0, avc_tag(1, 0, 0, avcc()));
  feed.video(0, key(0, nal(6, "\x06\x01\xC4\x80") + nal(1)));
  feed.video(40, inter(nal(1)));
  EXPECT_EQ(feed.take(), (Lines{"track 1000 avc1.64002A", "1000 d0 p0 key", "1000 d40 p40"}));
}

// ---- Audio.

/// ADTS of 44.1 kHz stereo AAC-LC.
Buffer adts(const Buffer& raw) {
  const std::size_t size = raw.size() + 7;
  return Buffer{0xFF,
                0xF1,
                0x50,
                static_cast<std::uint8_t>(0x80 | size >> 11),
                static_cast<std::uint8_t>(size >> 3),
                static_cast<std::uint8_t>((size & 7) << 5 | 0x1F),
                0xFC} +
         raw;
}

TEST(Adts, IsTakenOffAacInFlv) {
  TagFeed feed;
  feed.audio(0, aac_tag(0, hex("121056e500")));  // says the same
  feed.audio(0, aac_tag(1, adts(text_bytes("one"))));
  feed.audio(23, aac_tag(1, adts(text_bytes("two")) + adts(text_bytes("three"))));
  EXPECT_EQ(feed.take(), (Lines{"track 2000 mp4a.40.2", "2000 d0 p0 idr", "2000 d23 p23 idr", "2000 d46 p46 idr"}));
  EXPECT_EQ(data_of(feed.sink.packets[0]), "one");
  EXPECT_EQ(data_of(feed.sink.packets[2]), "three");
}

TEST(Adts, DescribesATrackWithoutAHeaderAndOneWhoseHeaderIsWrong) {
  for (const bool header : {false, true}) {
    TagFeed feed;
    if (header) feed.audio(0, aac_tag(0, kAsc));  // 48 kHz
    feed.audio(0, aac_tag(1, adts(text_bytes("one"))));
    feed.audio(23, aac_tag(1, adts(text_bytes("two"))));
    EXPECT_EQ(feed.sink.tracks.size(), header ? 2U : 1U);
    EXPECT_EQ(feed.sink.tracks.back().audio.sample_rate, 44100);
    EXPECT_EQ(feed.sink.packets.size(), 2U);
  }
}

TEST(AacHeader, WithAndWithoutItsExtensionIsOneFormat) {
  TagFeed feed;
  for (const char* header : {"121056e500", "1210", "121056e500"}) feed.audio(0, aac_tag(0, hex(header)));
  EXPECT_EQ(feed.sink.tracks.size(), 1U);
  feed.audio(0, aac_tag(0, hex("1208")));  // mono
  EXPECT_EQ(feed.sink.tracks.size(), 2U);
}

TEST(UnplayableAudio, InPlaceOfATrackThatPlayedEndsIt) {  // RT-36
  TagFeed feed;
  feed.audio(0, aac_tag(0, kAsc));
  feed.audio(0, aac_tag(1, {1}));
  for (int i = 0; i < 5; ++i) feed.audio(20, Buffer{0xB6, 1, 2});  // Speex
  feed.audio(40, aac_tag(0, kAsc));
  EXPECT_EQ(feed.take(),
            (Lines{"track 2000 mp4a.40.2", "2000 d0 p0 idr", "notice 0 2000", "gone 2000", "track 2000 mp4a.40.2"}));
}

// An encoder sends its header once: what a damaged byte took away for good would stay away.
TEST(UnplayableAudio, AFewDamagedCodecBytesEndNoTrack) {
  TagFeed feed;
  feed.audio(0, aac_tag(0, kAsc));
  feed.audio(0, aac_tag(1, {1}));
  for (int i = 0; i < 3; ++i) feed.audio(20, Buffer{0x8F, 1, 2});
  feed.audio(80, aac_tag(1, {2}));
  for (int i = 0; i < 3; ++i) feed.audio(100, Buffer{0x8F, 1, 2});
  feed.audio(160, aac_tag(1, {3}));
  EXPECT_EQ(feed.take(), (Lines{"track 2000 mp4a.40.2", "2000 d0 p0 idr", "notice 0 2000", "2000 d80 p80 idr",
                                "2000 d160 p160 idr"}));
}

TEST(UnplayableAudio, ATrackThatEndedComesBackWithTheHeaderThatItHad) {
  TagFeed feed;
  feed.audio(0, aac_tag(0, kAsc));
  feed.audio(0, aac_tag(1, {1}));
  for (int i = 0; i < 5; ++i) feed.audio(20, Buffer{0x8F, 1, 2});
  feed.audio(120, aac_tag(1, {2}));
  EXPECT_EQ(feed.take(), (Lines{"track 2000 mp4a.40.2", "2000 d0 p0 idr", "notice 0 2000", "gone 2000",
                                "track 2000 mp4a.40.2", "2000 d120 p120 idr"}));
}

TEST(AacHeader, AFrameWhosePacketTypeIsDamagedIsNone) {
  TagFeed feed;
  feed.audio(0, aac_tag(0, kAsc));
  feed.audio(0, aac_tag(1, {1}));
  feed.audio(20, aac_tag(0, hex("1208") + Buffer(200, 7)));
  feed.audio(40, aac_tag(1, {2}));
  EXPECT_EQ(feed.sink.tracks.size(), 1U);
  EXPECT_EQ(feed.sink.packets.size(), 2U);
}

}  // namespace
}  // namespace rtmp
