#include "worker/feed_meter.h"

#include <gtest/gtest.h>

#include "feeds.h"
#include "worker/feed_input.h"

namespace worker {
namespace {

using base::kMillisecond;
using base::kSecond;

/// A feed of 25 pictures a second with stamps of 90 kHz that begin at 10 s, and sound in units of 20 ms.
class FeedMeterTest : public testing::Test {
 protected:
  static constexpr std::uint32_t kVideo = 256;
  static constexpr std::uint32_t kAudio = 257;

  void announce(media::Codec codec, std::uint32_t id, std::int64_t timescale) {
    media::Track track;
    track.id = id;
    track.codec = codec;
    track.timescale = timescale;
    meter.take(media::Event(track));
  }
  void SetUp() override {
    announce(media::Codec::kH264, kVideo, 90'000);
    announce(media::Codec::kAac, kAudio, 48'000);
  }
  static base::Micros stamp_of(base::Micros when) { return 10 * kSecond + when; }
  /// A picture of the media time `when` that comes at `arrived` of the same time line.
  void picture(base::Micros when, base::Micros arrived, bool key = false, bool idr = true) {
    media::Packet packet;
    packet.track_id = kVideo;
    packet.dts = media::rescale(stamp_of(when), kSecond, 90'000);
    packet.pts = packet.dts + 7'200;
    packet.key = key;
    packet.idr = key && idr;
    packet.arrived = kEpoch + arrived;
    meter.take(media::Event(packet));
  }
  void sound(base::Micros when, base::Micros arrived, std::uint32_t track = kAudio) {
    media::Packet packet;
    packet.track_id = track;
    packet.dts = packet.pts = media::rescale(stamp_of(when), kSecond, 48'000);
    packet.key = packet.idr = true;
    packet.arrived = kEpoch + arrived;
    meter.take(media::Event(packet));
  }
  /// Pictures from 0 to `until`, a key frame each `gop`.
  void play(base::Micros until, base::Micros gop) {
    for (; at < until; at += kFrame) picture(at, at, at % gop == 0);
  }

  FeedMeter meter;
  base::Micros at = 0;
};

TEST_F(FeedMeterTest, SaysNothingBeforeAnythingCame) {
  EXPECT_EQ(meter.pictures(), 0U);
  EXPECT_EQ(meter.played(), 0);
  EXPECT_EQ(meter.gop(), 0);
  EXPECT_EQ(meter.since_key(), 0);
  EXPECT_FALSE(meter.pace());
  EXPECT_FALSE(meter.sound_behind());
}

TEST_F(FeedMeterTest, MeasuresTheGopBetweenTheNewestKeyFrames) {
  play(2 * kSecond, 2 * kSecond);
  EXPECT_EQ(meter.gop(), 0) << "one key frame has no distance";
  EXPECT_EQ(meter.since_key(), 2 * kSecond - kFrame);
  play(5 * kSecond, 2 * kSecond);
  EXPECT_EQ(meter.gop(), 2 * kSecond);
  EXPECT_EQ(meter.key_frames(), 3U);
  EXPECT_EQ(meter.since_key(), kSecond - kFrame);
  EXPECT_EQ(meter.pictures(), 125U);
  EXPECT_EQ(meter.played(), 5 * kSecond - kFrame);
  picture(5 * kSecond, 5 * kSecond, true);
  EXPECT_EQ(meter.gop(), kSecond);
  EXPECT_EQ(meter.since_key(), 0);
}

TEST_F(FeedMeterTest, TellsOpenKeyFramesFromClosedOnes) {
  picture(0, 0, true);
  EXPECT_EQ(meter.open_key_frames(), 0U);
  picture(kFrame, kFrame, true, false);
  picture(2 * kFrame, 2 * kFrame);
  EXPECT_EQ(meter.key_frames(), 2U);
  EXPECT_EQ(meter.open_key_frames(), 1U);
}

TEST_F(FeedMeterTest, DoesNotCountWhatTimeStampsLeap) {
  play(kSecond, kSecond);
  const base::Micros before = meter.played();
  picture(at + FeedMeter::kMostStep + kSecond, at);
  EXPECT_EQ(meter.played(), before) << "a leap ahead";
  picture(at, at);
  EXPECT_EQ(meter.played(), before) << "and one back";
  picture(at + kFrame, at + kFrame);
  EXPECT_EQ(meter.played(), before + kFrame);
  picture(at + kFrame + FeedMeter::kMostStep, at);
  EXPECT_EQ(meter.played(), before + kFrame + FeedMeter::kMostStep) << "the longest step that is none";
}

TEST_F(FeedMeterTest, KnowsThePaceOfASecondOnceItIsOver) {
  picture(0, 50 * kMillisecond);
  picture(40 * kMillisecond, 70 * kMillisecond);
  picture(80 * kMillisecond, 200 * kMillisecond);
  picture(980 * kMillisecond, 50 * kMillisecond + FeedMeter::kSpan - 1);
  EXPECT_FALSE(meter.pace());
  picture(1020 * kMillisecond, 50 * kMillisecond + FeedMeter::kSpan);
  ASSERT_TRUE(meter.pace());
  EXPECT_EQ(meter.pace()->zero, kEpoch + 30 * kMillisecond - 10 * kSecond) << "the soonest came 30 ms after its stamp";
  EXPECT_EQ(meter.pace()->jitter, 90 * kMillisecond) << "the latest 120 ms after it";
}

TEST_F(FeedMeterTest, StartsTheSecondAnewWhereTheClockWasSetBack) {
  picture(0, kSecond);
  picture(kFrame, 0);
  EXPECT_FALSE(meter.pace());
  picture(2 * kFrame, FeedMeter::kSpan);
  ASSERT_TRUE(meter.pace());
  EXPECT_EQ(meter.pace()->jitter, 0);
}

TEST_F(FeedMeterTest, SaysHowLateSoundComesByTheSoonestOfASecond) {
  for (; at < 2500 * kMillisecond; at += kFrame) {
    picture(at, at);
    EXPECT_EQ(meter.sound_behind().has_value(), at > 1320 * kMillisecond) << "a second after the first sound";
    if (at < 300 * kMillisecond) continue;
    sound(at - 300 * kMillisecond, at);
    sound(at - 320 * kMillisecond, at);
  }
  EXPECT_EQ(meter.sound_behind(), 300 * kMillisecond);
}

TEST_F(FeedMeterTest, SoundThatComesSoonerIsNegative) {
  for (; at < 2 * kSecond; at += kFrame) {
    sound(at + 80 * kMillisecond, at);
    picture(at, at);
  }
  EXPECT_EQ(meter.sound_behind(), -80 * kMillisecond);
}

TEST_F(FeedMeterTest, MeasuresTheFirstTracksAlone) {
  announce(media::Codec::kAac, 300, 48'000);
  announce(media::Codec::kH264, 301, 90'000);
  for (; at < 2 * kSecond; at += kFrame) {
    picture(at, at);
    sound(at, at);
    sound(at, at + kSecond, 300);
  }
  EXPECT_EQ(meter.sound_behind(), 0);
  meter.take(media::Event(media::TrackGone{kAudio}));
  EXPECT_FALSE(meter.sound_behind()) << "the next one of its kind has not been announced anew";
  announce(media::Codec::kAac, 300, 48'000);
  for (; at < 4 * kSecond; at += kFrame) {
    picture(at, at);
    sound(at - kSecond, at, 300);
  }
  EXPECT_EQ(meter.sound_behind(), kSecond);
}

TEST_F(FeedMeterTest, FollowsTheSoundWhereThereIsNoVideo) {
  meter.take(media::Event(media::TrackGone{kVideo}));
  sound(0, 10 * kMillisecond);
  sound(FeedMeter::kSpan, FeedMeter::kSpan + 10 * kMillisecond);
  ASSERT_TRUE(meter.pace());
  EXPECT_EQ(meter.pace()->zero, kEpoch + 10 * kMillisecond - 10 * kSecond);
}

/// Takes everything.
struct Nowhere final : media::EventSink {
  void on_event(media::Event&&) override {}
};

TEST(FeedMeterInAnInput, MeasuresTheFeedAsItCameAndBeginsAnewWithItsPublisher) {
  Nowhere nowhere;
  FeedInput input({}, nowhere);
  input.start(feed::Format::kMpegTs);
  TsFeed feed;
  input.take(feed.tables(kEpoch));
  for (int i = 0; i < 60; ++i) input.take(feed.picture(i, kEpoch + i * kFrame));
  EXPECT_EQ(input.meter().gop(), kSecond);
  EXPECT_GE(input.meter().pictures(), 58U);
  ASSERT_TRUE(input.meter().pace());
  input.stop();
  EXPECT_EQ(input.meter().gop(), kSecond) << "of the last publisher";
  input.start(feed::Format::kRtmp);
  EXPECT_EQ(input.meter().pictures(), 0U);
  input.take(rtmp_video_header(kEpoch));
  for (int i = 0; i < 60; ++i) input.take(rtmp_picture(i * 40, kEpoch + i * kFrame, i % 50 == 0));
  EXPECT_EQ(input.meter().gop(), 2 * kSecond);
}

}  // namespace
}  // namespace worker
