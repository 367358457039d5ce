#include "worker/feed_sound.h"

#include <gtest/gtest.h>

#include <cmath>

#include "feeds.h"
#include "programmes.h"

namespace worker {
namespace {

using base::kMillisecond;
using base::kSecond;

constexpr int kToneSeconds = 8;

/// A tone that is silent from `from` to `until`. Units: s.
transcode::testing::Signal tone(int from, int until, float level = 0.2F) {
  return [=](std::int64_t sample, int) {
    const bool silent = sample >= std::int64_t{kSoundRate} * from && sample < std::int64_t{kSoundRate} * until;
    return silent ? 0 : level * static_cast<float>(std::sin(0.06 * static_cast<double>(sample)));
  };
}

class FeedSoundTest : public testing::Test {
 protected:
  explicit FeedSoundTest(double peak = 0.001) : sound_(peak) {}
  void announce(const transcode::testing::Feed& from, std::uint32_t id = 7) {
    media::Track track = from.track;
    track.id = id;
    sound_.hear(track);
  }
  /// The feed's sound of [from, until) s after kEpoch, as it arrives.
  void play(const transcode::testing::Feed& feed, int from, int until, std::uint32_t id = 7) {
    for (const media::Packet& coded : feed.packets) {
      media::Packet packet = coded;
      packet.track_id = id;
      packet.arrived = kEpoch + media::rescale(coded.pts, kSoundRate, kSecond);
      packet.pts = packet.dts = coded.pts + media::rescale(kEpoch, kSecond, kSoundRate);
      if (packet.arrived >= kEpoch + from * kSecond && packet.arrived < kEpoch + until * kSecond) sound_.hear(packet);
    }
  }
  void picture(base::Micros at) {
    media::Packet packet;
    packet.track_id = 1;
    packet.arrived = kEpoch + at;
    sound_.hear(packet);
  }
  FeedSound::Health health(double seconds) const {
    return sound_.health(kEpoch + static_cast<base::Micros>(seconds * 1e6));
  }
  double silent(double seconds) const { return static_cast<double>(health(seconds).silent_for) / 1e6; }

  FeedSound sound_;
};

class CoarseFeedSoundTest : public FeedSoundTest {
 protected:
  CoarseFeedSoundTest() : FeedSoundTest(0.01) {}
};

TEST_F(FeedSoundTest, SaysNothingWhileNobodyListens) {
  const auto feed = sound_of(tone(0, kToneSeconds), kToneSeconds);
  announce(feed);
  play(feed, 0, 4);
  EXPECT_EQ(sound_.envelope(), nullptr);
  EXPECT_EQ(health(4).heard_for, 0);
  EXPECT_EQ(health(60).silent_for, 0) << "nor that it is missing";
}

TEST_F(FeedSoundTest, KnowsForHowLongItHasBeenSilent) {
  const auto feed = sound_of(tone(2, 6), kToneSeconds);
  sound_.listen(true);
  announce(feed);
  play(feed, 0, 2);
  EXPECT_EQ(silent(2), 0);
  EXPECT_NEAR(static_cast<double>(health(2).heard_for), 2e6, 0.1e6);
  play(feed, 2, 5);
  EXPECT_NEAR(silent(5), 3, 0.15);
  play(feed, 5, 8);
  EXPECT_EQ(silent(8), 0);
  EXPECT_NEAR(static_cast<double>(health(8).heard_for), 8e6, 0.1e6);
}

TEST_F(FeedSoundTest, TakesNoQuietSoundForSilence) {
  const auto feed = sound_of(tone(0, 0, 0.003F), 4);
  sound_.listen(true);
  announce(feed);
  play(feed, 0, 4);
  EXPECT_EQ(silent(4), 0) << "-50 dBFS";
}

TEST_F(CoarseFeedSoundTest, TakesForSilenceWhatIsBelowTheLevel) {
  const auto feed = sound_of(tone(0, 0, 0.003F), 4);
  sound_.listen(true);
  announce(feed);
  play(feed, 0, 4);
  EXPECT_NEAR(silent(4), 4, 0.1);
}

TEST_F(FeedSoundTest, CountsSoundThatIsMissingFromItsLastPacketOn) {
  const auto feed = sound_of(tone(1, 3), 2);
  sound_.listen(true);
  announce(feed);
  play(feed, 0, 2);
  EXPECT_NEAR(silent(2.9), 1, 0.1) << "it may come in clumps";
  EXPECT_NEAR(silent(4), 3, 0.1);
  sound_.hear(media::TrackGone{7});
  EXPECT_NEAR(silent(6), 4, 0.1) << "of which the silence before is not known any more";
}

TEST_F(FeedSoundTest, CountsAFeedThatNeverHadSoundFromItsFirstPictureOn) {
  sound_.listen(true);
  EXPECT_EQ(silent(9), 0) << "there is no feed";
  picture(3 * kSecond);
  picture(4 * kSecond);
  EXPECT_EQ(silent(3.9), 0);
  EXPECT_NEAR(silent(8), 5, 0.01);
  EXPECT_EQ(health(8).heard_for, 0);
}

TEST_F(FeedSoundTest, HearsItsFirstTrackAlone) {
  const auto quiet = sound_of(tone(0, kToneSeconds), kToneSeconds);
  const auto loud = sound_of(tone(0, 0), kToneSeconds);
  sound_.listen(true);
  announce(quiet, 7);
  announce(loud, 8);
  play(loud, 0, 3, 8);
  play(quiet, 0, 3, 7);
  EXPECT_NEAR(silent(3), 3, 0.1);
}

TEST_F(FeedSoundTest, IsThereWhileAnythingComes) {
  EXPECT_FALSE(sound_.present(kEpoch));
  picture(kSecond);
  EXPECT_TRUE(sound_.present(kEpoch + 3 * kSecond - 1));
  EXPECT_FALSE(sound_.present(kEpoch + 3 * kSecond));
}

TEST_F(FeedSoundTest, BeginsAnewWithAPublisherAndListensOn) {
  const auto feed = sound_of(tone(0, 2), kToneSeconds);
  sound_.listen(true);
  announce(feed);
  play(feed, 0, 2);
  sound_.restart();
  EXPECT_FALSE(sound_.present(kEpoch + 2 * kSecond));
  EXPECT_EQ(silent(9), 0);
  EXPECT_EQ(sound_.envelope(), nullptr);
  announce(feed);
  play(feed, 2, 4);
  EXPECT_NE(sound_.envelope(), nullptr);
  EXPECT_EQ(silent(4), 0);
}

TEST_F(FeedSoundTest, DecodesOnWhereATrackIsAnnouncedAgainAndAnewWhereItChanged) {
  const auto feed = sound_of(tone(1, 8), kToneSeconds);
  sound_.listen(true);
  announce(feed);
  play(feed, 0, 3);
  const align::Envelope* before = sound_.envelope();
  announce(feed);
  EXPECT_EQ(sound_.envelope(), before);
  play(feed, 3, 4);
  EXPECT_NEAR(silent(4), 3, 0.1);
  sound_.listen(false);
  EXPECT_EQ(sound_.envelope(), nullptr);
}

class MeasuredFeedSoundTest : public testing::Test {
 protected:
  /// A second more of the tone, as it arrives.
  void play(FeedSound& sound, int second) {
    for (const media::Packet& coded : feed_.packets) {
      media::Packet packet = coded;
      packet.track_id = 7;
      packet.arrived = kEpoch + media::rescale(coded.pts, kSoundRate, kSecond);
      if (packet.arrived >= kEpoch + second * kSecond && packet.arrived < kEpoch + (second + 1) * kSecond)
        sound.hear(packet);
    }
  }
  void announce(FeedSound& sound) {
    media::Track track = feed_.track;
    track.id = 7;
    sound.hear(track);
  }
  const transcode::testing::Feed feed_ = sound_of(tone(0, 0), kToneSeconds);
};

TEST_F(MeasuredFeedSoundTest, MeasuresWhileItListensFromThePublisherOn) {
  FeedSound sound(0.001, true);
  sound.listen(true);
  announce(sound);
  EXPECT_EQ(sound.meter_for_lanes(), nullptr) << "it hears by itself";
  for (int second = 0; second < 6; ++second) play(sound, second);
  const loudness::Reading reading = sound.loudness(kEpoch + 6 * kSecond);
  ASSERT_TRUE(reading.integrated && reading.momentary && reading.short_term && reading.true_peak);
  EXPECT_NEAR(*reading.integrated, -17, 1) << "one channel of -14 dBFS";
  const loudness::Reading later = sound.loudness(kEpoch + 8 * kSecond);
  EXPECT_FALSE(later.momentary) << "nothing came for two seconds";
  EXPECT_FALSE(later.short_term);
  EXPECT_EQ(later.integrated, reading.integrated);
  EXPECT_EQ(sound.loudness_of(7), reading.integrated);
  EXPECT_FALSE(sound.loudness_of(8)) << "a second track is not measured";
  sound.restart();
  EXPECT_FALSE(sound.loudness(kEpoch + 8 * kSecond).integrated) << "another publisher";
}

TEST_F(MeasuredFeedSoundTest, TakesWhatSomebodyElseDecodesWhileItDoesNotListen) {
  FeedSound sound(0.001, true);
  announce(sound);
  ASSERT_NE(sound.meter_for_lanes(), nullptr);
  EXPECT_EQ(sound.track()->id, 7U);
  sound.listen(true);
  EXPECT_EQ(sound.meter_for_lanes(), nullptr);
  play(sound, 0);
  play(sound, 1);
  sound.listen(false);
  EXPECT_NE(sound.meter_for_lanes(), nullptr);
  EXPECT_TRUE(sound.loudness(kEpoch + 2 * kSecond).integrated) << "it goes on with what it has measured";
}

TEST_F(MeasuredFeedSoundTest, MeasuresNothingWhereThatIsOff) {
  FeedSound sound(0.001);
  sound.listen(true);
  announce(sound);
  play(sound, 0);
  EXPECT_EQ(sound.meter_for_lanes(), nullptr);
  EXPECT_FALSE(sound.loudness(kEpoch + kSecond).true_peak);
  sound.listen(false);
  EXPECT_EQ(sound.meter_for_lanes(), nullptr);
}

}  // namespace
}  // namespace worker
