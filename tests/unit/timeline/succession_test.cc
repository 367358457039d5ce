#include <random>

#include "rig.h"

using namespace rig;

namespace {

media::Track with_id(media::Track track, std::uint32_t id) {
  track.id = id;
  return track;
}

media::Track video_at(media::Rational rate, std::int64_t scale = 90000) {
  stream::Video video;
  video.rate = rate;
  video.scale = scale;
  return stream::video_track(video);
}

std::vector<media::Packet> sound_at(int rate, base::Micros start, int frames) {
  auto packets = stream::make_audio({rate, 1024, 90000}, start, frames);
  return shift_stamps(std::move(packets), 0, start - kEpoch, 90000);
}

/// Sound and picture stay within 45 ms of each other.
void expect_lip_sync(const Sink& sink, base::Micros from = 0, const std::string& what = "") {
  std::optional<base::Micros> sound;
  for (const Sink::Time& time : sink.times) {
    const base::Micros off = time.pts - time.arrived;
    if (!time.video) sound = off;
    if (time.video && sound && time.arrived >= from) {
      ASSERT_LE(std::abs(off - *sound), 45 * kMillisecond)
          << what << " at " << (time.arrived - kEpoch) / kMillisecond << " ms";
    }
  }
}

}  // namespace

TEST(Succession, AFormatOfAnotherTimescaleGoesOnWhereTheOldOneEnded) {
  const std::vector<media::Rational> rates{{25, 1}, {30000, 1001}, {25, 1}, {50, 1}, {60000, 1001}, {24000, 1001}};
  Rig rig;
  base::Micros start = kEpoch;
  for (const media::Rational rate : rates) {
    rig.timeline.on_track(video_at(rate));
    rig.feed(frames_at(rate, start, 90));
    start += media::rescale(90 * rate.den, rate.num, kSecond);
  }
  ASSERT_EQ(rig.sink.tracks.size(), rates.size());
  for (std::size_t i = 0; i < rates.size(); ++i) EXPECT_EQ(rig.sink.tracks[i].video.frame_rate, rates[i]);
  EXPECT_EQ(rig.sink.tracks[1].timescale, 30000);
  EXPECT_EQ(rig.sink.video.size(), rates.size() * 90);
  expect_forward(rig.sink);
  expect_near_arrival(rig.sink, 42 * kMillisecond);
}

// RTMP's headers without a rate: 25 and then 50 would both be "not known".
TEST(Succession, AFormatWithoutARateIsMeasuredAgain) {
  Rig rig;
  media::Track track = video_at({25, 1}, 1000);
  track.video.frame_rate = {};
  rig.timeline.on_track(track);
  rig.feed(frames_at({25, 1}, kEpoch, 100, 1000));
  track.video.width = 1280;
  rig.timeline.on_track(track);
  rig.feed(frames_at({50, 1}, kEpoch + 4 * kSecond, 200, 1000));
  ASSERT_EQ(rig.sink.tracks.size(), 2U);
  EXPECT_EQ(rig.sink.tracks[1].video.frame_rate, (media::Rational{50, 1}));
  EXPECT_EQ(rig.sink.video.size(), 300U);
  expect_near_arrival(rig.sink, 20 * kMillisecond);
}

TEST(Succession, AudioOfAnotherSampleRateGoesOnWhereTheOldOneEnded) {
  Rig rig;
  rig.announce(stream::Video{});
  rig.feed(stream::make_video({}, kEpoch, 10));
  base::Micros start = kEpoch;
  for (const int rate : {48000, 44100, 22050, 48000}) {
    rig.announce(stream::Audio{rate, 1024, 90000});
    rig.feed(sound_at(rate, start, 100));
    start += media::rescale(100 * 1024, rate, kSecond);
  }
  EXPECT_GE(rig.sink.audio.size(), 399U);
  EXPECT_EQ(rig.sink.tracks.back().timescale, 48000);
  expect_forward(rig.sink);
  expect_near_arrival(rig.sink, 2 * kMillisecond);
}

// The same format under another timescale: an encoder that comes back by SRT without a restart of the timeline.
TEST(Succession, AnotherTimescaleOfTheFeedIsAChangeOfFormat) {
  Rig rig;
  rig.timeline.on_track(video_at({25, 1}, 1000));
  rig.feed(frames_at({25, 1}, kEpoch, 100, 1000));
  rig.timeline.on_track(video_at({25, 1}, 90000));
  rig.feed(frames_at({25, 1}, kEpoch + 4 * kSecond, 100, 90000));
  EXPECT_EQ(rig.sink.video.size(), 200U);
  expect_near_arrival(rig.sink, 1 * kMillisecond);
}

// A PMT that moves a PID in mid-stream.
TEST(Succession, TheNextTrackOfAKindTakesThePlaceOfTheOneThatLeft) {
  Rig rig;
  rig.announce(stream::Video{});
  rig.announce(stream::Audio{});
  rig.feed(stream::interleave(frames_at({25, 1}, kEpoch, 100), sound_at(48000, kEpoch, 188)));
  rig.timeline.on_event(media::TrackGone{stream::kVideoId});
  rig.timeline.on_event(media::TrackGone{stream::kAudioId});
  rig.timeline.on_track(with_id(video_at({25, 1}), 71));
  rig.timeline.on_track(with_id(stream::audio_track({}), 72));
  const base::Micros start = kEpoch + 4 * kSecond;
  rig.feed(stream::interleave(on_track(frames_at({25, 1}, start, 100), 71), on_track(sound_at(48000, start, 188), 72)));
  EXPECT_EQ(rig.sink.gone, (std::vector<std::uint32_t>{stream::kVideoId, stream::kAudioId}));
  EXPECT_EQ(rig.sink.video.size(), 200U);
  EXPECT_GE(rig.sink.audio.size(), 375U);
  EXPECT_EQ(rig.timeline.counters().reanchors, 0U);
  expect_forward(rig.sink);
  expect_near_arrival(rig.sink, 22 * kMillisecond);
}

// A backup encoder behind the same connection, whose clock is another and whose PIDs are.
TEST(Succession, ASuccessorWithAnotherClockIsPutAtItsArrival) {
  for (const base::Micros clock : {-40000, -9, -5, 5, 4000}) {
    Rig rig;
    rig.announce(stream::Video{});
    rig.announce(stream::Audio{});
    rig.feed(stream::interleave(frames_at({25, 1}, kEpoch, 100), sound_at(48000, kEpoch, 188)));
    rig.timeline.on_event(media::TrackGone{stream::kVideoId});
    rig.timeline.on_event(media::TrackGone{stream::kAudioId});
    rig.timeline.on_track(with_id(stream::audio_track({}), 72));
    rig.timeline.on_track(with_id(video_at({25, 1}), 71));
    const base::Micros start = kEpoch + 5 * kSecond;
    auto packets = stream::interleave(on_track(sound_at(48000, start, 188), 72),
                                      on_track(frames_at({25, 1}, start + 100 * kMillisecond, 100), 71));
    rig.feed(shift_stamps(std::move(packets), 0, clock * kSecond, 90000));
    EXPECT_EQ(rig.sink.video.size(), 200U) << clock;
    expect_forward(rig.sink);
    expect_near_arrival(rig.sink, 45 * kMillisecond, 0, INT64_MAX, std::to_string(clock));
    expect_lip_sync(rig.sink);
  }
}

TEST(Succession, ASuccessorNeverGoesBackBehindTheOneThatLeft) {
  Rig rig;
  rig.announce(stream::Video{});
  rig.announce(stream::Audio{});
  rig.feed(stream::interleave(frames_at({25, 1}, kEpoch, 100), sound_at(48000, kEpoch, 188)));
  rig.timeline.on_event(media::TrackGone{stream::kVideoId});
  rig.timeline.on_track(with_id(video_at({25, 1}), 71));
  // It was under way since 3.4 s; only now it is listed.
  const base::Micros start = kEpoch + 3400 * kMillisecond;
  auto audio = sound_at(48000, kEpoch + media::rescale(188 * 1024, 48000, kSecond), 200);
  rig.feed(stream::interleave(on_track(frames_at({25, 1}, start, 100), 71), std::move(audio)));
  expect_forward(rig.sink);
  expect_lip_sync(rig.sink, kEpoch + 4100 * kMillisecond);
  EXPECT_EQ(rig.sink.video.size(), 200U);
}

// ---- Tracks that come late.

TEST(Announced, AudioWaitsForTheVideoThatTheFeedAnnounced) {
  Rig rig;
  rig.timeline.on_event(media::Announced{true, true});
  rig.announce(stream::Audio{});
  rig.feed(stream::make_audio({}, kEpoch, 420));
  EXPECT_TRUE(rig.sink.audio.empty());
  EXPECT_TRUE(rig.timeline.awaits(media::Kind::kVideo, kEpoch + 9 * kSecond));
  rig.announce(stream::Video{});
  rig.feed(stream::make_video({}, kEpoch + 9 * kSecond, 10, 19));
  EXPECT_EQ(rig.sink.video.size(), 10U);
  EXPECT_FALSE(rig.timeline.awaits(media::Kind::kVideo, kEpoch + 9 * kSecond));
  EXPECT_FALSE(rig.timeline.awaits(media::Kind::kAudio, kEpoch + 9 * kSecond));
}

TEST(Announced, TheWaitEndsAfterTenSeconds) {
  Rig rig;
  rig.timeline.on_event(media::Announced{true, true});
  rig.announce(stream::Audio{});
  rig.feed(stream::make_audio({}, kEpoch, 480));
  EXPECT_GT(rig.sink.audio.size(), 465U);
  EXPECT_FALSE(rig.timeline.awaits(media::Kind::kVideo, kEpoch + 10 * kSecond));
}

TEST(Announced, TheWaitEndsWhenTheTrackTurnsOutToBeUnplayable) {
  Rig rig;
  rig.timeline.on_event(media::Announced{true, true});
  rig.announce(stream::Audio{});
  rig.feed(stream::make_audio({}, kEpoch, 100));
  EXPECT_TRUE(rig.sink.audio.empty());
  rig.timeline.on_event(media::Announced{false, true});
  rig.feed(stream::make_audio({}, kEpoch + media::rescale(100 * 1024, 48000, kSecond), 1, 13));
  EXPECT_GT(rig.sink.audio.size(), 90U);
  EXPECT_FALSE(rig.timeline.awaits(media::Kind::kVideo, kEpoch + 3 * kSecond));
}

TEST(Announced, AudioOfALongGopJoinedInTheMiddleWaitsForItsKeyFrame) {
  Rig rig;
  stream::Video video;
  video.gop = 250;
  rig.announce(video);
  rig.announce(stream::Audio{});
  auto frames = stream::make_video(video, kEpoch - kSecond, 400, 9);
  frames.erase(frames.begin(), frames.begin() + 25);
  rig.feed(stream::interleave(std::move(frames), stream::make_audio({}, kEpoch, 500)));
  ASSERT_FALSE(rig.sink.video.empty());
  ASSERT_FALSE(rig.sink.audio.empty());
  EXPECT_EQ(rig.sink.audio.size(), 500U);
  expect_near_arrival(rig.sink, 22 * kMillisecond);
}

TEST(Announced, AudioIsAwaitedBesideVideo) {
  Rig rig;
  rig.timeline.on_event(media::Announced{true, true});
  rig.announce(stream::Video{});
  rig.feed(stream::make_video({}, kEpoch, 75));
  EXPECT_TRUE(rig.timeline.awaits(media::Kind::kAudio, kEpoch + 3 * kSecond));
  EXPECT_FALSE(rig.timeline.awaits(media::Kind::kAudio, kEpoch + 10 * kSecond));
  rig.announce(stream::Audio{});
  EXPECT_FALSE(rig.timeline.awaits(media::Kind::kAudio, kEpoch + 3 * kSecond));
}

TEST(Announced, ANewPublisherIsAskedAnew) {
  Rig rig;
  rig.timeline.on_event(media::Announced{true, true});
  rig.timeline.on_restart();
  rig.announce(stream::Audio{});
  rig.feed(stream::make_audio({}, kEpoch, 60));
  EXPECT_FALSE(rig.timeline.awaits(media::Kind::kVideo, kEpoch));
  EXPECT_FALSE(rig.sink.audio.empty());
}
