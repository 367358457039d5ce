#include "rtmp/tag_demuxer.h"

#include <gtest/gtest.h>

#include "tag_feed.h"

namespace rtmp {
namespace {

using Lines = std::vector<std::string>;

using media::Codec;
using media::hex;

TEST(TagDemuxer, DemultiplexesWhatObsSends) {  // RT-24, RT-25
  TagFeed feed;
  feed.video(0, avc_tag(1, 0, 0, avcc()));
  feed.audio(0, aac_tag(0, kAsc));
  feed.video(0, avc_tag(1, 1, 80, nal(6) + nal(5)));
  feed.audio(21, aac_tag(1, text_bytes("sound")));
  feed.video(40, avc_tag(2, 1, 40, nal(1)));
  // The first picture waits for the message after it.
  EXPECT_EQ(feed.sink.trace, (Lines{"track 1000 avc1.64002A", "track 2000 mp4a.40.2", "2000 d21 p21 idr",
                                    "1000 d0 p80 idr", "1000 d40 p80"}));
  EXPECT_EQ(feed.sink.tracks[0].video.width, 1920);
  EXPECT_EQ(feed.sink.tracks[0].timescale, 1000);
  EXPECT_EQ(feed.sink.tracks[1].audio.sample_rate, 48000);
  EXPECT_EQ(feed.sink.tracks[1].audio.channels, 2);
  EXPECT_EQ(feed.sink.tracks[1].audio.frame_samples, 1024);
  EXPECT_EQ(feed.sink.packets[1].arrived, 1000);
  EXPECT_EQ(feed.sink.packets[0].data.text(), "sound");
}

TEST(TagDemuxer, PassesAUsualFrameOnWithoutCopyingIt) {
  TagFeed feed;
  feed.video(0, avc_tag(1, 0, 0, avcc()));
  const base::Bytes payload = TagFeed::bytes(avc_tag(1, 1, 0, nal(5)));
  feed.demuxer.feed(Type::kVideo, 0, 0, payload);
  feed.take();
  EXPECT_EQ(feed.sink.packets.at(0).data.data(), payload.data() + 5);
}

TEST(TagDemuxer, RewritesShortLengths) {
  TagFeed feed;
  Buffer short_lengths = avcc();
  short_lengths[4] = 0xFD;  // lengthSizeMinusOne 1
  feed.video(0, avc_tag(1, 0, 0, short_lengths));
  feed.video(0, avc_tag(1, 1, 0, nal(5, "ab", 2) + nal(1, "c", 2)));
  feed.take();
  EXPECT_EQ(feed.sink.packets.at(0).data.text(), base::text_of(nal(5, "ab") + nal(1, "c")));
  EXPECT_EQ(feed.sink.tracks.at(0).config.view()[4] & 3, 3);
}

TEST(TagDemuxer, TakesEmptyUnitsOutOfAFrame) {
  TagFeed feed;
  feed.video(0, avc_tag(1, 0, 0, avcc()));
  feed.video(0, avc_tag(1, 1, 0, Buffer{0, 0, 0, 0} + nal(5)));
  feed.take();
  EXPECT_EQ(feed.sink.packets.at(0).data.text(), base::text_of(nal(5)));
}

TEST(TagDemuxer, TellsKeyFramesFromClosedOnes) {
  TagFeed feed;
  feed.video(0, avc_tag(1, 0, 0, avcc()));
  feed.video(0, avc_tag(1, 1, 0, nal(5)));
  feed.video(40, avc_tag(1, 1, 0, nal(1)));  // said to be a key frame, but not IDR: open GOP
  feed.video(80, avc_tag(2, 1, 0, nal(5)));  // IDR, whatever the tag says
  feed.take();
  TagFeed hevc;
  hevc.video(0, ex_video(1, 0, "hvc1", hvcc()));
  for (const std::uint8_t type : std::vector<std::uint8_t>{19, 20, 21, 1}) {
    hevc.video(type == 1 ? 880 : type * 40U, ex_video(type == 1 ? 2 : 1, 3, "hvc1", hevc_nal(type)));
  }
  EXPECT_TRUE(feed.sink.packets[0].idr && !feed.sink.packets[1].idr && feed.sink.packets[2].idr);
  EXPECT_TRUE(feed.sink.packets[0].key && feed.sink.packets[1].key && feed.sink.packets[2].key);
  EXPECT_EQ(hevc.take(), (Lines{"track 1000 hvc1.1.6.L93.90", "1000 d760 p760 idr", "1000 d800 p800 idr",
                                "1000 d840 p840 key", "1000 d880 p880"}));
}

TEST(TagDemuxer, AnnouncesATrackAgainOnlyIfItChanged) {  // RT-24, RT-25
  TagFeed feed;
  for (int i = 0; i < 3; ++i) {
    feed.video(0, avc_tag(1, 0, 0, avcc()));
    feed.audio(0, aac_tag(0, kAsc));
  }
  EXPECT_EQ(feed.take().size(), 2U);
  feed.video(0, avc_tag(1, 0, 0, hex(media::samples::kAvcc576i)));
  feed.audio(0, aac_tag(0, hex(media::samples::kAacMono44)));
  EXPECT_EQ(feed.take(), (Lines{"track 1000 avc1.64001E", "track 2000 mp4a.40.2"}));
  EXPECT_EQ(feed.sink.tracks.back().audio.sample_rate, 44100);
}

TEST(TagDemuxer, AnnouncesATrackOfAnyCodecAgainOnlyIfItChanged) {
  TagFeed feed;
  const Buffer opus = text_bytes("OpusHead") + hex("0102380180bb0000000000");
  for (int i = 0; i < 3; ++i) {
    feed.video(0, ex_video(1, 0, "vp09", hex(media::samples::kVpcc)));
    feed.audio(0, ex_audio(0, "Opus", opus));
  }
  EXPECT_EQ(feed.take(), (Lines{"track 1000 vp09.00.21.08", "track 2000 Opus"}));
}

TEST(TagDemuxer, TakesEmptyAudioAsSilence) {  // RT-25
  TagFeed feed;
  feed.audio(0, aac_tag(0, kAsc));
  feed.audio(0, {});
  feed.audio(0, Buffer{0xAF});
  feed.audio(0, aac_tag(1, {}));
  EXPECT_EQ(feed.take(), Lines{"track 2000 mp4a.40.2"});
  EXPECT_EQ(feed.demuxer.counters().dropped, 0U);
}

TEST(TagDemuxer, UnwrapsTheClock) {  // RT-6
  TagFeed feed;
  feed.audio(0xFFFFFFF0, aac_tag(0, kAsc));
  feed.audio(0xFFFFFFF0, aac_tag(1, {1}));
  feed.audio(5, aac_tag(1, {1}));
  feed.video(0xFFFFFFF8, avc_tag(1, 0, 0, avcc()));
  feed.video(0xFFFFFFF8, avc_tag(1, 1, 0, nal(5)));  // the other track, behind the wrap
  feed.audio(26, aac_tag(1, {1}));
  feed.take();
  std::vector<std::int64_t> times;
  for (const media::Packet& packet : feed.sink.packets) times.push_back(packet.dts);
  const std::int64_t wrap = std::int64_t{1} << 32;
  EXPECT_EQ(times, (std::vector<std::int64_t>{wrap - 16, wrap + 5, wrap + 26, wrap - 8}));
}

TEST(TagDemuxer, SmoothsSmallStepsBackAndPassesLargeOnes) {  // RT-26
  TagFeed feed;
  feed.audio(1000, aac_tag(0, kAsc));
  for (const std::uint32_t time : {1000U, 1000U, 990U, 1021U, 500U}) feed.audio(time, aac_tag(1, {1}));
  EXPECT_EQ(feed.take(), (Lines{"track 2000 mp4a.40.2", "2000 d1000 p1000 idr", "2000 d1001 p1001 idr",
                                "2000 d1002 p1002 idr", "2000 d1021 p1021 idr", "2000 d500 p500 idr"}));
}

TEST(TagDemuxer, PassesNegativeCompositionTimesOn) {  // RT-24, RT-26
  TagFeed feed;
  feed.video(0, avc_tag(1, 0, 0, avcc()));
  feed.video(100, avc_tag(1, 1, 0, nal(5)));
  feed.video(140, avc_tag(2, 1, -40, nal(1)));
  feed.video(180, avc_tag(2, 1, 40, nal(1)));
  EXPECT_EQ(feed.take(), (Lines{"track 1000 avc1.64002A", "1000 d100 p100 idr", "1000 d140 p100", "1000 d180 p220"}));
}

TEST(TagDemuxer, RoundsNanosecondsToTheMillisecond) {  // RT-35
  TagFeed feed;
  feed.video(0, ex_video(1, 0, "hvc1", hvcc()));
  const auto nano = [](std::uint32_t value) {
    return Buffer{0x97,
                  2,
                  static_cast<std::uint8_t>(value >> 16),
                  static_cast<std::uint8_t>(value >> 8),
                  static_cast<std::uint8_t>(value),
                  0x03} +
           text_bytes("hvc1") + hevc_nal(19);
  };
  feed.video(40, nano(499'999));
  feed.video(80, nano(500'000));
  EXPECT_EQ(feed.take(), (Lines{"track 1000 hvc1.1.6.L93.90", "1000 d40 p40 idr", "1000 d80 p81 idr"}));
}

TEST(TagDemuxer, TakesEveryCodecOfEnhancedRtmp) {  // RT-30, RT-32
  TagFeed feed;
  const auto config_of = [&] { return feed.sink.tracks.back().config.view(); };
  const auto expect_config = [&](std::string_view want) {
    const Buffer wanted = hex(want);
    EXPECT_EQ(base::text_of(config_of()), base::text_of(wanted));
  };
  feed.video(0, ex_video(1, 0, "av01", hex(media::samples::kAv1c)));
  expect_config(media::samples::kAv1c);
  feed.video(0, ex_video(1, 0, "vp09", hex(media::samples::kVpcc)));
  expect_config(media::samples::kVpcc);
  feed.video(0, ex_video(1, 0, "vp09", hex(media::samples::kVpcc.substr(8))));  // without version and flags
  expect_config(media::samples::kVpcc);
  feed.video(0, ex_video(1, 5, "av01", hex("800481014c20")));  // MPEG2TSSequenceStart; 0x20 is HDR idc of TS only
  expect_config("81014c00");
  feed.audio(0, ex_audio(0, "Opus", text_bytes("OpusHead") + hex("010238018 0bb0000000000")));
  expect_config(media::samples::kDopsStereo);
  EXPECT_EQ(feed.sink.tracks.back().audio.priming, 312);
  feed.audio(0, ex_audio(0, "fLaC", text_bytes("fLaC") + hex(media::samples::kDflaStereo48.substr(8))));
  expect_config(media::samples::kDflaStereo48);
  feed.audio(0, ex_audio(0, "mp4a", kAsc));
  feed.audio(0, ex_audio(1, "ac-3", hex("0b77fe95144043e106f46370c0c0c218")));
  EXPECT_EQ(feed.sink.tracks.back().codec, Codec::kAc3);
  EXPECT_EQ(feed.sink.tracks.back().audio.sample_rate, 48000);
  feed.audio(0, ex_audio(1, "ec-3", hex("0b77017f3487c0002084210838008c06")));
  EXPECT_EQ(feed.sink.tracks.back().codec, Codec::kEac3);
  feed.audio(0, Buffer{0x2F} + hex("fffb9464000001ee"));
  EXPECT_EQ(feed.sink.tracks.back().codec, Codec::kMp3);
  EXPECT_EQ(feed.sink.tracks.back().audio.channels, 2);
  EXPECT_TRUE(feed.sink.notices.empty());
}

TEST(TagDemuxer, AnnouncesCodecsThatDescribeThemselvesOnce) {
  TagFeed feed;
  for (std::uint32_t i = 0; i < 3; ++i)
    feed.audio(32 * i, ex_audio(1, "ac-3", hex("0b77fe95144043e106f46370c0c0c218")));
  EXPECT_EQ(feed.take(), (Lines{"track 2000 ac-3", "2000 d0 p0 idr", "2000 d32 p32 idr", "2000 d64 p64 idr"}));
}

TEST(TagDemuxer, TakesTemporalDelimitersOutOfAv1) {
  TagFeed feed;
  feed.video(0, ex_video(1, 0, "av01", hex(media::samples::kAv1c)));
  const Buffer unit = hex("0a0b0000000cc4ff6700be1010");
  feed.video(0, ex_video(1, 1, "av01", hex("1200") + unit));
  EXPECT_EQ(feed.sink.packets.at(0).data.text(), base::text_of(unit));
  feed.video(40, ex_video(2, 1, "av01", hex("1200")));  // nothing else in it
  EXPECT_EQ(feed.sink.packets.size(), 1U);
}

TEST(TagDemuxer, ProcessesEveryTrackOfAMultitrackMessage) {  // RT-33
  TagFeed feed;
  feed.audio(0, Buffer{0x95, 0x20} + text_bytes("mp4a") + track_of(0, kAsc) + text_bytes("mp4a") +
                    track_of(1, hex(media::samples::kAacMono44)));
  feed.audio(0, Buffer{0x95, 0x11} + text_bytes("mp4a") + track_of(0, text_bytes("a")) + track_of(1, text_bytes("b")));
  feed.video(0, Buffer{0x96, 0x00} + text_bytes("hvc1") + Buffer{1} + hvcc());  // OBS: OneTrack for the others
  EXPECT_EQ(feed.take(), (Lines{"track 2000 mp4a.40.2", "track 2001 mp4a.40.2", "2000 d0 p0 idr", "2001 d0 p0 idr",
                                "track 1001 hvc1.1.6.L93.90"}));
}

TEST(TagDemuxer, DropsWhatItCannotTakeTellsOnceAndGoesOn) {  // RT-36
  TagFeed feed;
  feed.video(0, avc_tag(1, 0, 0, avcc()));
  feed.take();
  for (int i = 0; i < 3; ++i) {
    feed.audio(0, ex_audio(1, "zzzz", {1}));
    feed.video(0, ex_video(1, 9, "avc1", {1}));
    feed.video(0, Buffer{0x17});
    feed.audio(0, aac_tag(1, {1}));
    feed.video(0, avc_tag(1, 1, 0, Buffer{0, 0, 0, 9, 1}));
    feed.video(0, avc_tag(1, 0, 0, {1, 2}));
  }
  EXPECT_EQ(feed.take(),
            (Lines{"notice 0 2000", "notice 6 1000", "notice 1 0", "notice 3 2000", "notice 4 1000", "notice 2 1000"}));
  EXPECT_EQ(feed.demuxer.counters().dropped, 18U);
  EXPECT_EQ(feed.sink.notices[0].text, "audio track 0: cannot play zzzz");
  feed.video(0, avc_tag(1, 1, 0, nal(5)));
  EXPECT_EQ(feed.take(), Lines{"1000 d0 p0 idr"});
}

TEST(TagDemuxer, TakesSixteenTracks) {  // RT-42
  TagFeed feed;
  for (int i = 0; i < 17; ++i) {
    feed.audio(0, Buffer{0x95, 0x00} + text_bytes("mp4a") + Buffer{static_cast<std::uint8_t>(i)} + kAsc);
  }
  EXPECT_EQ(feed.sink.tracks.size(), 16U);
  EXPECT_EQ(feed.take().back(), "notice 5 0");
}

TEST(TagDemuxer, ReadsMetadataAsAdvice) {  // RT-23, RT-34
  TagFeed feed;
  feed.data({"onMetaData", amf::Value::Object{{"framerate", 29.97},
                                              {"width", 1280.0},
                                              {"height", -5.0},
                                              {"encoder", "obs"},
                                              {"audioTrackIdInfoMap",
                                               amf::Value::Object{{"1", amf::Value::Object{{"language", "fra"}}},
                                                                  {"x", amf::Value::Object{{"language", "?"}}}}}}});
  EXPECT_EQ(feed.sink.info.frame_rate, (media::Rational{30000, 1001}));
  EXPECT_EQ(feed.sink.info.width, 1280);
  EXPECT_EQ(feed.sink.info.height, 0);
  EXPECT_EQ(feed.sink.info.encoder, "obs");
  feed.video(0, avc_tag(1, 0, 0, avcc()));  // has timing of its own: 50 frames a second
  feed.audio(0, Buffer{0x95, 0x00} + text_bytes("mp4a") + Buffer{1} + kAsc);
  EXPECT_EQ(feed.sink.tracks[0].video.frame_rate, (media::Rational{50, 1}));
  EXPECT_EQ(feed.sink.tracks[1].language, "fra");
  feed.data({"onCuePoint", 1.0});
  feed.demuxer.feed(Type::kDataAmf0, 0, 0, base::Bytes::copy_of("\x42 no AMF"));
  EXPECT_TRUE(feed.sink.notices.empty());
}

TEST(TagDemuxer, HandsTheEncodersClockOnWithTheTimeOfItsMessage) {
  TagFeed feed;
  feed.data(0, {"onFI", amf::Value::Object{{"tc", "09:59:59:24"}}});
  EXPECT_TRUE(feed.sink.trace.empty()) << "the clock of the messages has not begun";
  feed.video(1000, avc_tag(1, 0, 0, avcc()));
  feed.sink.trace.clear();
  feed.data(1040, {"onFI", amf::Value::Object{{"tc", "10:00:00:00"}}});
  EXPECT_EQ(feed.sink.trace, (std::vector<std::string>{"frame 10:00:00:00 at 1040"}));
}

TEST(TagDemuxer, TakesColourFromMetadataPackets) {  // RT-39
  const Buffer colour = amf::write_values(
      {"colorInfo", amf::Value::Object{{"colorConfig", amf::Value::Object{{"bitDepth", 10.0},
                                                                          {"colorPrimaries", 9.0},
                                                                          {"transferCharacteristics", 16.0},
                                                                          {"matrixCoefficients", 9.0}}}}});
  TagFeed feed;
  feed.video(0, ex_video(1, 4, "hvc1", colour));
  feed.video(0, ex_video(1, 0, "hvc1", hvcc()));
  ASSERT_EQ(feed.sink.tracks.size(), 1U);
  EXPECT_EQ(feed.sink.tracks[0].video.colour.transfer, 16);
  EXPECT_EQ(feed.sink.tracks[0].video.bit_depth, 10);
  feed.video(0, ex_video(1, 4, "hvc1", colour));
  EXPECT_EQ(feed.sink.tracks.size(), 1U);
}

TEST(StreamInfo, KnowsColourByCodePointsOfOneByte) {  // RT-39
  const auto primaries_of = [](double number) {
    return parse_colour_info(
               amf::write_values(
                   {"colorInfo", amf::Value::Object{{"colorConfig", amf::Value::Object{{"colorPrimaries", number}}}}}))
        ->colour.primaries;
  };
  EXPECT_EQ(primaries_of(0), 0);
  EXPECT_EQ(primaries_of(255), 255);
  for (const double absurd : {-1.0, 256.0, 1e9, 0.0 / 0.0}) EXPECT_EQ(primaries_of(absurd), 2) << "unspecified";
}

TEST(StreamInfo, MakesFrameRatesExact) {  // RT-23
  EXPECT_EQ(exact_rate(25), (media::Rational{25, 1}));
  EXPECT_EQ(exact_rate(23.976), (media::Rational{24000, 1001}));
  EXPECT_EQ(exact_rate(23.98), (media::Rational{24000, 1001}));
  EXPECT_EQ(exact_rate(59.94), (media::Rational{60000, 1001}));
  EXPECT_EQ(exact_rate(59.94005994), (media::Rational{60000, 1001}));
  EXPECT_EQ(exact_rate(12.5), (media::Rational{25, 2}));
  for (const double absurd : {0.0, -1.0, 1e9, 0.0 / 0.0}) EXPECT_FALSE(exact_rate(absurd).known());
}

}  // namespace
}  // namespace rtmp
