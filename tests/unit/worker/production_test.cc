#include "worker/production.h"

#include "producing.h"
#include "unit/transcode/source.h"

namespace worker {
namespace {

TEST(Production, FinishIsTheLastMessageEvenWhenNothingCame) {
  Producing channel;
  EXPECT_FALSE(channel.say(feed::Finish{}));
  EXPECT_TRUE(channel.records.empty());
}

TEST(Production, FinishBringsOutWhatWaitedForAudio) {
  Producing channel;
  channel.start();
  channel.headers(false);
  channel.play(0, 400, {.audio = false});
  EXPECT_TRUE(channel.records.empty()) << "audio may yet come";
  channel.say(feed::Finish{});
  EXPECT_EQ(channel.all<record::Presentation>().size(), 1U);
  EXPECT_FALSE(channel.parts("source").empty());
  EXPECT_EQ(channel.all<record::Closing>().size(), 1U);
}

TEST(Production, BothKindsOfAFeedAreInTheFirstPresentation) {
  Producing channel;
  channel.start();
  channel.headers();
  channel.play(0, 4000);
  ASSERT_FALSE(channel.records.empty());
  EXPECT_TRUE(std::holds_alternative<record::Presentation>(channel.records.front()));
  EXPECT_EQ(channel.all<record::Presentation>().size(), 1U);
  EXPECT_EQ(channel.names(), (Names{"a1", "source"}));
  EXPECT_GE(channel.parts("source").size(), 6U);
  EXPECT_GE(channel.parts("a1").size(), 6U);
  EXPECT_EQ(count_held(channel.parts("source")) + count_held(channel.parts("a1")), 0U);
}

TEST(Production, AnnouncedAudioIsWaitedForUntilItComes) {
  Producing channel;
  channel.start();
  channel.announce(true);
  channel.headers(false);
  channel.play(0, 5000, {.audio = false});
  EXPECT_TRUE(channel.records.empty());
  channel.say(rtmp_audio_header(Producing::utc(5000)));
  channel.play(5000, 7000);
  EXPECT_EQ(channel.all<record::Presentation>().size(), 1U) << "no player joined without it";
  EXPECT_EQ(channel.names(), (Names{"a1", "source"}));
  EXPECT_FALSE(channel.parts("source").empty());
}

TEST(Production, AnnouncedAudioIsWaitedForTenSecondsAtMost) {
  Producing channel;
  channel.start();
  channel.announce(true);
  channel.headers(false);
  channel.play(0, 9900, {.audio = false});
  EXPECT_TRUE(channel.records.empty());
  channel.play(9900, 10'200, {.audio = false});
  EXPECT_EQ(channel.names(), Names{"source"});
}

TEST(Production, UnannouncedAudioIsWaitedForHalfASecond) {
  Producing channel;
  channel.start();
  channel.headers(false);
  channel.play(0, 500, {.audio = false});
  EXPECT_TRUE(channel.records.empty());
  channel.play(500, 700, {.audio = false});
  EXPECT_EQ(channel.names(), Names{"source"});
  channel.say(rtmp_audio_header(Producing::utc(700)));
  channel.play(700, 4000);
  EXPECT_EQ(channel.names(), (Names{"a1", "source"})) << "later it is added";
}

TEST(Production, AChannelWithoutAudioWaitsForNone) {
  job::Options options = copying();
  options.audio = job::Options::Audio::kNone;
  Producing channel(options);
  channel.start();
  channel.announce(true);
  channel.headers();
  channel.play(0, 200);
  EXPECT_EQ(channel.names(), Names{"source"});
}

/// Audio that comes so long after the picture of its stamp makes no silent part once it plays.
void expect_no_silence_once_it_plays(std::int64_t lag) {
  Producing channel;
  channel.start();
  channel.announce(true);
  channel.headers(false);
  channel.play(0, lag, {.audio = false});
  channel.say(rtmp_audio_header(Producing::utc(lag)));
  channel.play(lag, lag + 16'000, {.lag = lag});
  const std::vector<record::Part> sound = channel.parts("a1");
  const auto first = std::find_if(sound.begin(), sound.end(), [](const auto& part) { return !part.held; });
  EXPECT_GE(sound.end() - first, 20) << "half of the time at least";
  EXPECT_TRUE(std::none_of(first, sound.end(), [](const auto& part) { return part.held; }));
  EXPECT_EQ(count_held(channel.parts("source")), 0U);
}

TEST(Production, AudioThatLagsTwoSecondsIsNeverSilentOnceItPlays) { expect_no_silence_once_it_plays(2000); }
TEST(Production, AudioThatLagsEightSecondsIsNeverSilentOnceItPlays) { expect_no_silence_once_it_plays(8000); }

TEST(Production, ATransportStreamIsGivenTimeToBringItsLanguages) {
  Producing channel;
  channel.start(feed::Format::kMpegTs);
  TsFeed feed;
  channel.say(feed.tables(kEpoch, true));
  for (int i = 0; i < 20; ++i) {
    channel.say(feed.picture(i, kEpoch + i * kFrame));
    channel.say(feed.sound(2 * i, kEpoch + i * kFrame));
    channel.say(feed.sound(2 * i + 1, kEpoch + i * kFrame));
    if (i == 3) {
      EXPECT_TRUE(channel.records.empty()) << "a quarter of a second";
    }
  }
  EXPECT_EQ(channel.names(), (Names{"a1", "source"}));
}

TEST(Production, ABackupEncoderWithOtherPidsGoesOnInTheSameRenditions) {
  Producing channel;
  for (int publisher = 0; publisher < 2; ++publisher) {
    channel.start(feed::Format::kMpegTs);
    TsFeed feed(publisher == 0 ? TsFeed::kVideoPid : TsFeed::kBackupPid);
    const base::Micros utc = kEpoch + publisher * 3 * base::kSecond;
    channel.say(feed.tables(utc));
    for (int i = 0; i < 75; ++i) channel.say(feed.picture(i, utc + i * kFrame));
    channel.say(feed::Stop{});
  }
  EXPECT_EQ(channel.all<record::Presentation>().size(), 1U);
  EXPECT_EQ(channel.video_packets(), 150U);
  const std::vector<record::Part> parts = channel.parts("source");
  EXPECT_GE(parts.size(), 11U);
  EXPECT_EQ(count_held(parts), 0U);
}

TEST(Production, VideoThatMovesToAnotherPidGoesOnInItsRendition) {
  Producing channel;
  channel.start(feed::Format::kMpegTs);
  TsFeed feed;
  channel.say(feed.tables(kEpoch));
  for (int i = 0; i < 150; ++i) {
    if (i == 75) {
      feed.move_video(TsFeed::kBackupPid);
      channel.say(feed.tables(kEpoch + i * kFrame, false, 1));
    }
    channel.say(feed.picture(i, kEpoch + i * kFrame));
  }
  channel.say(feed::Finish{});
  EXPECT_EQ(channel.names(), Names{"source"});
  EXPECT_EQ(channel.all<record::Presentation>().size(), 1U);
  EXPECT_EQ(channel.video_packets(), 150U);
}

TEST(Production, WhatWaitedInAFormatThatWasNeverPresentedGoesWithIt) {
  Producing channel;
  channel.start();
  channel.headers(false);
  channel.play(0, 320, {.audio = false});
  const transcode::testing::Feed other = transcode::testing::make_video({.frames = 1});
  const base::View config = other.track.config.view();
  channel.say(rtmp_video_header(Producing::utc(320), rtmp::Buffer(config.begin(), config.end())));
  channel.say(rtmp_picture(320, Producing::utc(320), true));
  channel.play(321, 3000, {.audio = false});
  ASSERT_FALSE(channel.parts("source").empty());
  const record::Rendition rendition = channel.presentation.renditions.at(0);
  EXPECT_EQ(rendition.track.video.height, 180);
  EXPECT_EQ(channel.parts("source").at(0).start, media::rescale(Producing::utc(320), base::kSecond, 90000))
      << "pictures of 720 lines do not decode with it";
}

TEST(Production, WhatWaitedIsKeptWhenThePublisherComesAgainWithTheSameFormat) {
  Producing channel;
  for (int publisher = 0; publisher < 2; ++publisher) {
    channel.start();
    channel.headers(false, publisher * 320);
    channel.play(publisher * 320, 320, {.audio = false});
  }
  channel.say(rtmp_picture(320, Producing::utc(320), true));
  channel.play(321, 3000, {.audio = false});
  EXPECT_EQ(channel.parts("source").at(0).start, media::rescale(kEpoch, base::kSecond, 90000));
}

TEST(Production, AFloodOfPacketsIsPresentedWithoutTheWaitForAudio) {
  Producing channel;
  channel.start();
  channel.announce(true);
  channel.headers(false);
  for (int i = 0; i < 2100; ++i) {
    channel.say(rtmp_picture(i * 4, Producing::utc(i * 4), i == 0));
    if (i == 1900) {
      EXPECT_TRUE(channel.records.empty());
    }
  }
  EXPECT_EQ(channel.names(), Names{"source"});
}

TEST(Production, AChangeOfACopysFormatIsPresentedWithItsFirstPacket) {
  Producing channel;
  channel.start();
  channel.announce(true);
  channel.headers();
  channel.play(0, 4000);
  const transcode::testing::Feed other = transcode::testing::make_video({.frames = 1});
  const base::View config = other.track.config.view();
  channel.say(rtmp_video_header(Producing::utc(4000), rtmp::Buffer(config.begin(), config.end())));
  EXPECT_EQ(channel.all<record::Presentation>().size(), 1U) << "nothing of it came yet";
  channel.play(4000, 8000);
  ASSERT_EQ(channel.all<record::Presentation>().size(), 2U);
  EXPECT_EQ(channel.presentation.renditions.at(channel.place_of("source")).track.video.height, 180);
  EXPECT_EQ(channel.all<record::Discontinuity>().size(), 1U);
}

TEST(Production, AfterALossVideoWaitsForAKeyFrame) {
  Producing channel;
  channel.start();
  channel.headers();
  channel.play(0, 2000);
  channel.say(feed::Dropped{1000});
  channel.play(2000, 3000, {.keys = false});
  EXPECT_EQ(channel.video_packets(), 50U);
  channel.play(3000, 4000);
  EXPECT_GE(channel.video_packets(), 74U);
}

TEST(Production, ReportTellsTheSourceAndWhatCame) {
  Producing channel;
  channel.start();
  channel.headers();
  channel.play(0, 4000);
  job::Stats stats{};
  channel.production.report(stats);
  EXPECT_EQ(stats.feeds[0].codec_plus_one, static_cast<std::uint64_t>(media::Codec::kH264) + 1);
  EXPECT_EQ(stats.feeds[0].height, 720U);
  EXPECT_EQ(stats.feeds[0].audio_codec_plus_one, static_cast<std::uint64_t>(media::Codec::kAac) + 1);
  EXPECT_EQ(stats.feeds[0].sample_rate, 48000U);
  EXPECT_EQ(stats.feeds[0].channels, 2U);
  EXPECT_GE(stats.feeds[0].video_packets, 99U);
  EXPECT_GE(stats.feeds[0].audio_packets, 180U);
  EXPECT_EQ(stats.feeds[0].timeline_dropped, 0U);
  EXPECT_EQ(stats.packager_dropped, 0U);
  EXPECT_EQ(stats.heartbeat, 1U);
}

TEST(Production, ReportTellsHowTheFeedWasMade) {
  Producing channel;
  channel.start();
  channel.headers();
  channel.play(0, 4000);
  job::Stats stats{};
  channel.production.report(stats);
  const job::MakeStats& make = stats.feeds[0].make;
  EXPECT_EQ(make.profile, std::uint64_t{rtmp::kAvcc[1]} << 16 | std::uint64_t{rtmp::kAvcc[2]} << 8 | rtmp::kAvcc[3]);
  EXPECT_EQ(make.bit_depth, 8U);
  EXPECT_EQ(make.interlaced, 0U);
  EXPECT_EQ(make.audio_tracks, 1U);
  EXPECT_EQ(make.language, 0U) << "RTMP says none";
  EXPECT_GE(make.pictures, 99U);
  EXPECT_GT(make.key_frames, 1U);
  EXPECT_EQ(make.open_key_frames, 0U);
  EXPECT_GT(make.gop_us, 0U);
  EXPECT_EQ(make.paced, 1U);
  EXPECT_EQ(make.paired, 1U);
  EXPECT_EQ(stats.feeds[1].make.audio_tracks, 0U);
  EXPECT_EQ(stats.feeds[1].make.paced, 0U);
}

TEST(Production, ReportTellsWhatIsWrongWithATransportStream) {
  Producing channel;
  channel.start(feed::Format::kMpegTs);
  TsFeed feed;
  channel.say(feed.tables(kEpoch));
  for (int i = 0; i < 5; ++i) channel.say(scrambled(feed.picture(i, kEpoch + i * kFrame)));
  feed.picture(5, kEpoch);  // lost on its way
  channel.say(feed.picture(6, kEpoch + 6 * kFrame));
  channel.say(damaged(feed.tables(kEpoch, true, 1)));
  job::Stats stats{};
  channel.production.report(stats);
  EXPECT_GE(stats.feeds[0].ts_scrambled, 5U);
  EXPECT_EQ(stats.feeds[0].ts_continuity_errors, 1U);
  EXPECT_EQ(stats.feeds[0].ts_damaged_units, 2U) << "the checksums of both tables";
  EXPECT_EQ(stats.feeds[0].video_packets, 0U);
  EXPECT_EQ(stats.feeds[0].codec_plus_one, 0U) << "not seen";
}

TEST(Production, ReportTellsHowBrokenATransportStreamIsNow) {
  Producing channel;
  channel.start(feed::Format::kMpegTs);
  TsFeed feed;
  job::Stats stats{};
  channel.say(feed.tables(kEpoch));
  const auto second = [&](int from, auto&& spoil) {
    for (int i = from; i < from + 25; ++i) {
      spoil(i);
      channel.say(feed.picture(i, kEpoch + i * kFrame));
      channel.say(feed::Tick{kEpoch + i * kFrame});
    }
    channel.production.report(stats);
  };
  second(0, [](int) {});
  EXPECT_EQ(stats.feeds[0].ts_errors_now, 0U);
  second(25, [&](int i) {
    if (i % 5 == 0) feed.picture(i, kEpoch);  // lost on its way
  });
  EXPECT_EQ(stats.feeds[0].ts_errors_now, 5U);
  second(50, [](int) {});
  second(75, [](int) {});
  EXPECT_EQ(stats.feeds[0].ts_errors_now, 0U);
  EXPECT_EQ(stats.feeds[0].scrambled_us, 0U);
  for (int i = 100; i < 150; ++i) {
    channel.say(scrambled(feed.picture(i, kEpoch + i * kFrame)));
    channel.say(feed::Tick{kEpoch + i * kFrame});
  }
  channel.production.report(stats);
  EXPECT_GE(stats.feeds[0].scrambled_us, 900'000U);
  channel.start(feed::Format::kMpegTs);
  channel.say(feed::Tick{kEpoch + 200 * kFrame});
  channel.production.report(stats);
  EXPECT_EQ(stats.feeds[0].scrambled_us, 0U) << "another publisher";
}

TEST(Production, ReportTellsThatAFeedHasFewerPicturesThanUsual) {
  Producing channel;
  channel.start();
  channel.headers(false);
  channel.play(0, 10'000, {.audio = false});
  job::Stats stats{};
  channel.production.report(stats);
  EXPECT_EQ(stats.feeds[0].usual_frame_rate, 25'000U);
  EXPECT_EQ(stats.feeds[0].frame_rate, 25'000U);
  EXPECT_EQ(stats.feeds[0].low_rate_us, 0U);
  for (std::int64_t at = 10'000; at < 18'000; at += 200) {
    channel.say(rtmp_picture(at, Producing::utc(at), at % 1000 == 0));
    channel.say(feed::Tick{Producing::utc(at)});
  }
  channel.production.report(stats);
  EXPECT_GE(stats.feeds[0].usual_frame_rate, 24'500U);
  EXPECT_LE(stats.feeds[0].frame_rate, 6'000U);
  EXPECT_GE(stats.feeds[0].low_rate_us, 5'000'000U);
  channel.say(feed::Dropped{1000});
  channel.production.report(stats);
  EXPECT_EQ(stats.feeds[0].low_rate_us, 0U) << "what the server dropped is not the feed's fault";
}

TEST(Production, FinishDrainsTheEncoders) {
  job::Options options = copying();
  options.copy_video = false;
  options.audio = job::Options::Audio::kNone;
  options.ladder = {transcode::testing::ladder_rung(90)};
  Producing channel(options);
  transcode::testing::VideoSpec spec;
  spec.frames = 20;
  spec.timescale = 1000;
  const transcode::testing::Feed source = transcode::testing::make_video(spec);
  channel.start();
  channel.play(source, [&](base::Micros) { ASSERT_TRUE(channel.take_encoded()); });
  channel.say(feed::Finish{});
  EXPECT_EQ(channel.names(), Names{"v90"});
  std::int64_t ticks = 0;
  for (const record::Part& part : channel.parts("v90")) ticks += part.duration;
  EXPECT_EQ(ticks, 26 * 3600) << "all frames, and what fills the last part";
  job::Stats stats{};
  channel.production.report(stats);
  EXPECT_EQ(stats.decoded_frames, 20U);
  EXPECT_EQ(stats.encoded_frames + stats.dropped_frames, 20U) << "those that waited for the presentation come at once";
  EXPECT_EQ(stats.decode_errors + stats.dropped_packets + stats.held_frames, 0U);
}

// Six seconds of media come at once: no encoder takes that, the one of the larger rung least of all.
TEST(Production, ALadderThatCannotKeepUpSaysSoAndDoesLessWhenItIsTold) {
  job::Options options = copying();
  options.copy_video = false;
  options.segment = base::kSecond;
  options.ladder = {transcode::testing::ladder_rung(360), transcode::testing::ladder_rung(90)};
  options.ladder[0].preset = "slower";
  options.audio = job::Options::Audio::kNone;
  Producing channel(options);
  const transcode::testing::Feed source =
      transcode::testing::make_video({.width = 640, .height = 360, .frames = 150, .gop = 25, .timescale = 1000});
  channel.start();
  channel.say(feed::Economy{2});
  channel.play(source, [&](base::Micros now) { channel.say(feed::Tick{now}); });
  channel.say(feed::Finish{});
  job::Stats stats{};
  channel.production.report(stats);
  EXPECT_EQ(stats.economy_level, 2U);
  EXPECT_EQ(stats.economy_steps, 1U);
  EXPECT_EQ(stats.economy_most, 3U);
  EXPECT_GT(stats.lost_pictures, 0U);
}

TEST(Production, ReportTellsHowLongThePictureIsWatchedAndThatItIsWell) {
  job::Options options = copying();
  options.copy_video = false;
  options.audio = job::Options::Audio::kNone;
  options.ladder = {transcode::testing::ladder_rung(90)};
  Producing channel(options);
  transcode::testing::VideoSpec spec;
  spec.frames = 40;
  spec.timescale = 1000;
  const transcode::testing::Feed source = transcode::testing::make_video(spec);
  channel.start();
  job::Stats stats{};
  channel.play(source, [&](base::Micros) {
    ASSERT_TRUE(channel.take_encoded());
    channel.production.report(stats);
  });
  EXPECT_GT(stats.feeds[0].watched_us, 0U);
  EXPECT_LE(stats.feeds[0].watched_us, 1'600'000U);
  EXPECT_EQ(stats.feeds[0].black_us, 0U);
  EXPECT_EQ(stats.feeds[0].frozen_us, 0U);
  EXPECT_EQ(stats.feeds[0].mute_us, 0U);
}

/// The pictures that were decoded of both feeds while the primary is shown, of 40 of each. Each comes when the one
/// twelve before it (the timeline probes some) is decoded of so many `feeds`, which so never lag; that is waited for,
/// a minute in all at most.
std::uint64_t decoded_beside(job::Options::Standby standby, std::uint64_t feeds, bool& told, std::uint8_t economy = 0) {
  job::Options options = copying();
  options.copy_video = false;
  options.audio = job::Options::Audio::kNone;
  options.ladder = {transcode::testing::ladder_rung(90)};
  options.standby = standby;
  Producing channel(options);
  channel.say(feed::Economy{economy});
  const transcode::testing::Feed source = transcode::testing::make_video({.frames = 40, .timescale = 1000});
  const auto bytes = [](base::View view) { return rtmp::Buffer(view.begin(), view.end()); };
  for (const feed::Id id : feed::kIds) {
    channel.feed = id;
    channel.start();
    channel.say(rtmp_video_header(kEpoch, bytes(source.track.config.view())));
  }
  job::Stats stats{};
  int tries = 6000;  // of 10 ms: for a slow machine
  std::uint64_t before = 0;
  for (const media::Packet& packet : source.packets) {
    for (const feed::Id id : feed::kIds) {
      channel.feed = id;
      channel.say(rtmp_message(feed::kRtmpVideo, packet.pts, Producing::utc(packet.pts),
                               rtmp::avc_tag(packet.key ? 1 : 2, 1, 0, bytes(packet.data.view()))));
    }
    channel.say(feed::Tick{Producing::utc(packet.pts)});
    channel.take_encoded();
    channel.production.report(stats);
    for (; tries > 0 && stats.decoded_frames + feeds * 12 < feeds * before; --tries) {
      poll(nullptr, 0, 10);
      channel.production.report(stats);
    }
    ++before;
  }
  told = stats.feeds[1].decoded == 1;
  channel.say(feed::Stop{});
  channel.production.report(stats);
  EXPECT_EQ(stats.feeds[1].decoded, 0U) << "it is gone";
  return stats.decoded_frames;
}

TEST(Production, ReportTellsThatAHotStandbyIsDecodedAndAWarmOneIsNot) {
  bool told = true;
  EXPECT_LE(decoded_beside(job::Options::Standby::kWarm, 1, told), 40U);
  EXPECT_FALSE(told);
  EXPECT_GE(decoded_beside(job::Options::Standby::kHot, 2, told), 54U);
  EXPECT_TRUE(told);
}

TEST(Production, AFeedThatIsGoneHasNoPicturesAnyMore) {
  Producing channel;
  channel.start();
  channel.headers();
  channel.play(0, 8000);
  job::Stats stats{};
  channel.production.report(stats);
  EXPECT_NEAR(static_cast<double>(stats.feeds[0].frame_rate), 25'000, 100);
  channel.say(feed::Stop{});
  channel.production.report(stats);
  EXPECT_EQ(stats.feeds[0].frame_rate, 0U);
  EXPECT_EQ(stats.feeds[0].usual_frame_rate, 0U);
  EXPECT_EQ(stats.feeds[0].video_packets, 200U) << "what was counted stays";
}

TEST(Production, ATransportStreamsCountsGoOnWhenItsPublisherComesAgain) {
  Producing channel;
  TsFeed feed;
  job::Stats stats{};
  std::uint64_t before = 0;
  for (int publisher = 0; publisher < 2; ++publisher) {
    channel.start(feed::Format::kMpegTs);
    const base::Micros utc = kEpoch + publisher * 3 * base::kSecond;
    channel.say(feed.tables(utc));
    for (int i = 0; i < 20; ++i) channel.say(scrambled(feed.picture(i, utc + i * kFrame)));
    channel.production.report(stats);
    EXPECT_GE(stats.feeds[0].ts_scrambled, before + 20) << publisher;
    before = stats.feeds[0].ts_scrambled;
    channel.say(feed::Stop{});
    channel.production.report(stats);
    EXPECT_EQ(stats.feeds[0].ts_scrambled, before) << publisher;
  }
}

TEST(Production, AHotStandbyIsAWarmOneWhileTheCpuIsShort) {
  bool told = true;
  EXPECT_LE(decoded_beside(job::Options::Standby::kHot, 1, told, 1), 40U);
  EXPECT_FALSE(told);
}

TEST(Production, ReportCountsSoundThatCameWhenSilenceHadTakenItsPlace) {
  Producing channel;
  channel.start();
  channel.headers();
  channel.play(0, 4000);
  channel.play(4000, 16'000, {.audio = false});
  for (std::int64_t stamp = 4000; stamp < 5000; stamp += 20) channel.say(rtmp_sound(stamp, Producing::utc(16'000)));
  channel.play(16'000, 17'000, {.audio = false});
  job::Stats stats{};
  channel.production.report(stats);
  EXPECT_GT(stats.packager_dropped, 0U);
  EXPECT_LE(stats.packager_dropped, 50U);
}

TEST(Production, EachSoundTrackOfATransportStreamIsARenditionOfItsOwn) {
  using ts::operator+;
  Producing channel;
  channel.start(feed::Format::kMpegTs);
  ts::Mux mux;
  mux.pat({{1, 100}}).pmt(1, 100, {{0x1b, 256, {}}, {0x0f, 257, {}}, {0x0f, 258, {}}}, 0);
  for (unsigned i = 0; i < 100; ++i) {
    mux.pes(256, {.pts = 900'000 + std::uint64_t{3600} * i},
            i % 25 == 0 ? ts::h264_key(1000) : ts::hex("00000001 0910") + ts::h264_p(1000));
    for (unsigned sound = 2 * i; sound < 2 * i + 2; ++sound) {
      mux.pes(257, {.pts = 900'000 + std::uint64_t{1920} * sound, .stream_id = 0xc0}, ts::adts(100));
      mux.pes(258, {.pts = 900'000 + std::uint64_t{1920} * sound, .stream_id = 0xc1}, ts::adts(100));
    }
    feed::TsBytes bytes;
    bytes.arrived = kEpoch + i * kFrame;
    bytes.payload = base::Bytes::adopt(mux.bytes());
    mux.packets().clear();
    channel.say(bytes);
  }
  EXPECT_EQ(channel.names(), (Names{"a1", "a2", "source"}));
}

}  // namespace
}  // namespace worker
