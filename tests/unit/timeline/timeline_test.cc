#include "timeline/timeline.h"

#include <gtest/gtest.h>

#include "rig.h"

using namespace rig;

TEST(Timeline, AnchorsTheFirstKeyFrameAtItsArrivalOnTheFrameGrid) {
  Rig rig;
  rig.announce(stream::Video{});
  rig.feed(stream::make_video({}, kEpoch + 713 * kMillisecond, 100));
  ASSERT_EQ(rig.sink.video.size(), 100U);
  EXPECT_EQ(rig.sink.video[0].pts, ticks(kEpoch + 720 * kMillisecond, 90000));
  EXPECT_EQ(rig.sink.video[99].pts, ticks(kEpoch + 720 * kMillisecond, 90000) + 99 * 3600);
  EXPECT_EQ(rig.sink.video[99].duration, 3600);
}

TEST(Timeline, DropsWhatComesBeforeTheFirstKeyFrame) {
  Rig rig;
  rig.announce(stream::Video{});
  auto packets = stream::make_video({}, kEpoch, 100);
  packets.erase(packets.begin(), packets.begin() + 20);
  rig.feed(std::move(packets));
  EXPECT_EQ(rig.sink.video.size(), 50U);
  EXPECT_TRUE(rig.sink.video[0].key);
  EXPECT_EQ(rig.timeline.counters().dropped_before_anchor, 30U);
}

// CM-7.
TEST(Timeline, TellsTheOutputTimescales) {
  Rig rig;
  stream::Video video;
  video.rate = {30000, 1001};
  rig.announce(video);
  rig.announce(stream::Audio{44100, 1024, 90000});
  rig.feed(stream::make_video(video, kEpoch, 10));
  ASSERT_EQ(rig.sink.tracks.size(), 2U);
  EXPECT_EQ(rig.sink.tracks[0].timescale, 44100);
  EXPECT_EQ(rig.sink.tracks[1].timescale, 30000);
  EXPECT_EQ(rig.sink.tracks[1].video.frame_rate, (media::Rational{30000, 1001}));
}

TEST(Timeline, MeasuresARateThatNobodyTells) {
  for (const media::Rational rate : {media::Rational{25, 1}, {50, 1}, {60, 1}, {30, 1}}) {
    Rig rig;
    stream::Video video;
    video.rate = rate;
    video.rate_known = false;
    video.scale = 1000;
    rig.announce(video);
    rig.feed(stream::make_video(video, kEpoch, 300));
    ASSERT_EQ(rig.sink.video.size(), 300U);
    EXPECT_EQ(rig.sink.tracks[0].video.frame_rate, rate);
    for (const media::Packet& packet : rig.sink.video) EXPECT_EQ(packet.duration, 90000 / rate.num);
  }
}

TEST(Timeline, TakesTheContainersHintOverAGuess) {
  Rig rig;
  stream::Video video;
  video.rate = {30000, 1001};
  video.rate_known = false;
  video.scale = 1000;
  rig.announce(video);
  rig.timeline.set_frame_rate_hint({2997, 100});
  rig.feed(stream::make_video(video, kEpoch, 30));
  EXPECT_EQ(rig.sink.tracks[0].video.frame_rate, (media::Rational{30000, 1001}));
}

TEST(Timeline, DoesNotBelieveARateThatTheFramesContradict) {
  Rig rig;
  stream::Video video;
  video.rate = {50, 1};
  media::Track track = stream::video_track(video);
  track.video.frame_rate = {25, 1};
  rig.timeline.on_track(track);
  rig.feed(stream::make_video(video, kEpoch, 30));
  EXPECT_EQ(rig.sink.tracks.at(0).video.frame_rate, (media::Rational{50, 1}));
}

TEST(Timeline, KeepsTheTimesOfVideoWithoutAConstantRate) {
  Rig rig;
  stream::Video video;
  video.rate_known = false;
  rig.announce(video);
  auto packets = stream::make_video(video, kEpoch, 60);
  std::int64_t time = 900000;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    packets[i].dts = packets[i].pts = time;
    time += i % 3 == 0 ? 9000 : 1500;
  }
  rig.feed(std::move(packets));
  ASSERT_EQ(rig.sink.video.size(), 60U);
  EXPECT_FALSE(rig.sink.tracks[0].video.frame_rate.known());
  EXPECT_EQ(rig.sink.video[1].pts - rig.sink.video[0].pts, 9000);
  EXPECT_EQ(rig.sink.video[2].pts - rig.sink.video[1].pts, 1500);
  EXPECT_EQ(rig.sink.video[2].duration, 0);
}

// CM-17, CM-18: one offset for all tracks, whatever their start.
TEST(Timeline, KeepsAudioAndVideoAsTheSourceHadThem) {
  for (const std::int64_t scale : {1000, 90000}) {
    Rig rig;
    stream::Video video;
    video.scale = scale;
    rig.announce(video);
    rig.announce(stream::Audio{48000, 1024, scale});
    rig.feed(stream::interleave(stream::make_video(video, kEpoch + 11 * kMillisecond, 25 * 600),
                                stream::make_audio({48000, 1024, scale}, kEpoch, 28000, 10, 250 * kMillisecond)));
    // Stamped 250 ms after the video's first frame, and there it stays for ten minutes.
    const std::int64_t video_start = rig.sink.video[0].pts * 8 / 15;
    for (std::size_t i = 0; i < rig.sink.audio.size(); ++i) {
      ASSERT_NEAR(static_cast<double>(rig.sink.audio[i].pts - video_start), 12000.0 + 1024.0 * static_cast<double>(i),
                  48);
    }
  }
}

TEST(Timeline, HoldsAudioUntilTheVideoHasItsAnchor) {
  Rig rig;
  rig.announce(stream::Audio{});
  rig.announce(stream::Video{});
  rig.feed(stream::make_audio({}, kEpoch, 40));
  EXPECT_TRUE(rig.sink.audio.empty());
  rig.feed(stream::make_video({}, kEpoch + 500 * kMillisecond, 10, 10));
  // The audio was stamped as the video and received half a second before it.
  ASSERT_EQ(rig.sink.audio.size(), 40U);
  EXPECT_EQ(rig.sink.audio[0].pts * 15, rig.sink.video[0].pts * 8);
}

TEST(Timeline, GivesUpOnVideoAfterASecond) {
  Rig rig;
  rig.announce(stream::Audio{});
  rig.feed(stream::make_audio({}, kEpoch + 5, 46));
  EXPECT_TRUE(rig.sink.tracks.empty());
  rig.feed(stream::make_audio({}, kEpoch + kSecond, 20, 11));
  EXPECT_FALSE(rig.sink.audio.empty());
  EXPECT_EQ(rig.sink.audio[0].pts, ticks(kEpoch + 5, 48000));
  // Video that comes later joins on the same offset, on its frame grid.
  rig.announce(stream::Video{});
  rig.feed(stream::make_video({}, kEpoch + 3 * kSecond, 10, 13));
  ASSERT_EQ(rig.sink.video.size(), 10U);
  EXPECT_EQ(rig.sink.video[0].pts, ticks(kEpoch + 3 * kSecond, 90000));
}

TEST(Timeline, DropsLeadingPicturesOnlyAtTheStart) {
  stream::Video video;
  video.reorder = 1;
  video.open_gop = true;
  auto packets = stream::make_video(video, kEpoch, 250);
  // From the second key frame, which is not an IDR, on.
  const auto key = std::find_if(packets.begin() + 1, packets.end(), [](const auto& packet) { return packet.key; });
  packets.erase(packets.begin(), key);
  const std::size_t count = packets.size();
  Rig rig;
  rig.announce(video);
  rig.feed(std::move(packets));
  EXPECT_EQ(rig.sink.video.size(), count - 1);
  EXPECT_EQ(rig.timeline.counters().dropped_before_anchor, 1U);
  // The decode timeline is the one that it would have with them: no frame is shown before its time.
  for (std::size_t i = 1; i < rig.sink.video.size(); ++i) {
    const media::Packet& packet = rig.sink.video[i];
    EXPECT_LE(std::abs(packet.pts - packet.dts), 3600);
  }
}

// RT-26, CM-13.
TEST(Timeline, AnchorsAnewWhenTheSourcesClockJumps) {
  for (const base::Micros shift : {3600 * kSecond, -8 * kSecond}) {
    Rig rig;
    rig.announce(stream::Video{});
    rig.announce(stream::Audio{});
    auto packets = stream::interleave(stream::make_video({}, kEpoch, 500), stream::make_audio({}, kEpoch, 930));
    rig.feed(shift_stamps(std::move(packets), kEpoch + 9 * kSecond, shift, 90000));
    ASSERT_EQ(rig.sink.video.size(), 500U);
    expect_forward(rig.sink.video);
    expect_forward(rig.sink.audio);
    EXPECT_EQ(rig.timeline.counters().reanchors, 1U);
    // Time continued: a frame or two of hole at most, and audio stays with its picture.
    EXPECT_NEAR(static_cast<double>(rig.sink.video.back().pts - ticks(kEpoch, 90000)), 499 * 3600, 3 * 3600);
    EXPECT_NEAR(static_cast<double>(rig.sink.audio.back().pts - ticks(kEpoch, 48000)), 929 * 1024, 6000);
  }
}

TEST(Timeline, KeepsItsAnchorOverAHoleThatArrivalBearsOut) {
  Rig rig;
  rig.announce(stream::Video{});
  auto packets = stream::make_video({}, kEpoch, 500);
  rig.feed(stream::lose(std::move(packets), kEpoch + 5 * kSecond, kEpoch + 9 * kSecond));
  EXPECT_EQ(rig.timeline.counters().reanchors, 0U);
  EXPECT_EQ(rig.timeline.counters().holes, 1U);
  EXPECT_EQ(rig.sink.video.back().pts, ticks(kEpoch, 90000) + 499 * 3600);
}

TEST(Timeline, SmoothsTimesThatGoBackALittle) {
  Rig rig;
  rig.announce(stream::Video{});
  auto packets = stream::make_video({}, kEpoch, 200);
  for (std::size_t i = 5; i < packets.size(); i += 20) {
    packets[i].dts = packets[i].pts = packets[i - 1].dts - 900;
  }
  rig.feed(std::move(packets));
  ASSERT_EQ(rig.sink.video.size(), 200U);
  for (std::size_t i = 1; i < 200; ++i) EXPECT_EQ(rig.sink.video[i].dts - rig.sink.video[i - 1].dts, 3600) << "CM-26";
}

// The audio's clock jumps by an hour while it waits for the first key frame, the video's after that.
TEST(Timeline, PutsNothingFarFromItsArrival) {
  Rig rig;
  rig.announce(stream::Audio{});
  rig.announce(stream::Video{});
  auto audio = shift_stamps(stream::make_audio({}, kEpoch, 600), kEpoch + kSecond, 3600 * kSecond, 90000);
  auto video = shift_stamps(stream::lose(stream::make_video({}, kEpoch, 300), 0, kEpoch + 900 * kMillisecond),
                            kEpoch + 3 * kSecond, 3600 * kSecond, 90000);
  rig.feed(stream::interleave(std::move(video), std::move(audio)));
  ASSERT_FALSE(rig.sink.video.empty());
  ASSERT_FALSE(rig.sink.audio.empty());
  for (const media::Packet& packet : rig.sink.video) {
    EXPECT_LE(std::abs(media::rescale(packet.pts, 90000, kSecond) - packet.arrived), kSecond / 2);
  }
  for (const media::Packet& packet : rig.sink.audio) {
    EXPECT_LE(std::abs(media::rescale(packet.pts, 48000, kSecond) - packet.arrived), kSecond / 2);
  }
  expect_forward(rig.sink.video);
  expect_forward(rig.sink.audio);
}

// LL-22: a publisher that comes back is anchored at its arrival, and not before what was there.
TEST(Timeline, AnchorsAgainAfterARestartAndNeverGoesBack) {
  Rig rig;
  rig.announce(stream::Video{});
  rig.feed(stream::make_video({}, kEpoch, 100));
  rig.timeline.on_restart();
  rig.announce(stream::Video{});
  rig.feed(stream::make_video({}, kEpoch + 20 * kSecond, 10, 5000));
  EXPECT_EQ(rig.sink.video[100].pts, ticks(kEpoch + 20 * kSecond, 90000));
  // A burst of old media: received at 20.1 s, after 20.4 s of the timeline were given out.
  rig.timeline.on_restart();
  rig.announce(stream::Video{});
  rig.feed(stream::make_video({}, kEpoch + 20 * kSecond + 100 * kMillisecond, 10, 1));
  EXPECT_EQ(rig.sink.video[110].pts, ticks(kEpoch + 20 * kSecond, 90000) + 10 * 3600);
  expect_forward(rig.sink.video);
}

TEST(Timeline, StartsAfterWhatAResumedLogHolds) {
  Rig rig;
  rig.timeline.not_before(kEpoch + 3 * kSecond + 1);
  rig.announce(stream::Video{});
  rig.feed(stream::make_video({}, kEpoch, 10));
  EXPECT_EQ(rig.sink.video[0].dts, ticks(kEpoch + 3 * kSecond, 90000) + 3600);
}

TEST(Timeline, WaitsForAKeyFrameAfterALoss) {
  Rig rig;
  rig.announce(stream::Video{});
  auto packets = stream::make_video({}, kEpoch, 150);
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (i == 60) rig.timeline.on_event(media::Loss{});
    rig.timeline.on_packet(std::move(packets[i]));
  }
  ASSERT_EQ(rig.sink.video.size(), 60U + 50U);
  EXPECT_TRUE(rig.sink.video[60].key);
  EXPECT_EQ(rig.sink.video[60].pts, ticks(kEpoch, 90000) + 100 * 3600);
}

TEST(Timeline, AnnouncesAChangedFormatBeforeItsFirstPacket) {
  Rig rig;
  rig.announce(stream::Video{});
  rig.feed(stream::make_video({}, kEpoch, 100));
  rig.announce(stream::Video{});
  EXPECT_EQ(rig.sink.tracks.size(), 1U);
  media::Track changed = stream::video_track({});
  changed.video.width = 1280;
  rig.timeline.on_track(changed);
  ASSERT_EQ(rig.sink.tracks.size(), 2U);
  EXPECT_EQ(rig.sink.tracks[1].video.width, 1280);
  EXPECT_EQ(rig.sink.tracks[1].timescale, 90000);
}

// TS-4, RT: times near and beyond 33 bits, which the demuxers have unwrapped, are nothing special.
TEST(Timeline, TakesStampsOfAnySize) {
  for (const int stamp : {-5, 95443, 1 << 30}) {
    Rig rig;
    rig.announce(stream::Video{});
    rig.feed(stream::make_video({}, kEpoch, 100, stamp));
    ASSERT_EQ(rig.sink.video.size(), 100U);
    EXPECT_EQ(rig.sink.video[99].pts, ticks(kEpoch, 90000) + 99 * 3600);
  }
}

TEST(Timeline, IgnoresPacketsOfTracksItWasNotTold) {
  Rig rig;
  rig.feed(stream::make_video({}, kEpoch, 5));
  rig.timeline.flush();
  EXPECT_TRUE(rig.sink.video.empty());
}

TEST(Timeline, GivesOutWhatItHoldsWhenFlushed) {
  Rig rig;
  rig.announce(stream::Video{});
  rig.feed(stream::make_video({}, kEpoch, 2));
  EXPECT_TRUE(rig.sink.video.empty());
  rig.timeline.flush();
  EXPECT_EQ(rig.sink.video.size(), 2U);
}

// A publisher that goes between two key frames: it was no feed of sound alone.
TEST(Timeline, AFeedThatEndsBeforeItsFirstPictureGivesOutNoSound) {
  for (const bool listed : {false, true}) {
    Rig rig;
    if (listed) rig.timeline.on_event(media::Announced{.video = true, .audio = true});
    if (!listed) rig.announce(stream::Video{});
    rig.announce(stream::Audio{});
    rig.feed(stream::make_audio({}, kEpoch, 20));
    rig.timeline.on_event(media::End{});
    EXPECT_TRUE(rig.sink.tracks.empty()) << listed;
    EXPECT_TRUE(rig.sink.audio.empty()) << listed;
    EXPECT_EQ(rig.timeline.counters().dropped_before_anchor, 20U) << listed;
  }
}

TEST(Timeline, AFeedOfSoundAloneGivesOutWhatItHoldsWhenItEnds) {
  Rig rig;
  rig.timeline.on_event(media::Announced{.audio = true});
  rig.announce(stream::Audio{});
  rig.feed(stream::make_audio({}, kEpoch, 20));
  EXPECT_TRUE(rig.sink.audio.empty());
  rig.timeline.on_event(media::End{});
  EXPECT_EQ(rig.sink.audio.size(), 20U);
}

TEST(Timeline, SoundThatWaitedTenSecondsForAPictureIsGivenOut) {
  Rig rig;
  rig.announce(stream::Video{});
  rig.announce(stream::Audio{});
  rig.feed(stream::make_audio({}, kEpoch, 10 * 47 + 2));
  EXPECT_GT(rig.sink.audio.size(), 460U);
}
