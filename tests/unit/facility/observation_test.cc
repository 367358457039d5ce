#include "facility/observation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "feeds.h"

namespace facility {
namespace {

TEST(Growth, CountsWhatIsAddedAlsoWhereTheCountBeginsAnew) {
  Growth growth;
  growth.take(100);
  EXPECT_EQ(growth.total(), 0U);
  growth.take(104);
  growth.take(104);
  EXPECT_EQ(growth.total(), 4U);
  growth.take(3);
  EXPECT_EQ(growth.total(), 7U) << "another process counts from 0";
}

TEST(RangeOfValues, KnowsTheLeastAndTheMost) {
  Range range;
  EXPECT_FALSE(range.least);
  for (const double value : {3.0, -1.0, 2.0}) range.take(value);
  EXPECT_EQ(range.least, -1);
  EXPECT_EQ(range.most, 3);
}

TEST(Trend, HasNoSlopeBeforeThreePointsOfTwoInstants) {
  Trend trend;
  trend.take(1, 1);
  trend.take(2, 2);
  EXPECT_FALSE(trend.slope());
  trend.take(3, 3);
  ASSERT_TRUE(trend.slope());
  Trend still;
  for (int i = 0; i < 3; ++i) still.take(1, i);
  EXPECT_FALSE(still.slope());
}

TEST(Trend, FindsTheSlopeOfALineExactly) {
  Trend trend;
  for (int i = 0; i < 10; ++i) trend.take(1000 + i, 1.7e15 - 40 * i);
  EXPECT_EQ(trend.points(), 10);
  EXPECT_NEAR(trend.slope()->value, -40, 1e-6);
  EXPECT_NEAR(trend.slope()->error, 0, 1e-3);
}

TEST(Trend, KnowsHowFarItsPointsAreOffTheLine) {
  Trend trend;
  // Of the slope 1, and 1 off it in turns.
  for (int i = 0; i < 6; ++i) trend.take(i, i + (i % 2 == 0 ? 1 : -1));
  const double slope = 1 - 6 / 35.0;
  EXPECT_NEAR(trend.slope()->value, slope, 1e-9);
  EXPECT_NEAR(trend.slope()->error, std::sqrt((6 - 36 / 70.0) / 4 / 17.5), 1e-6);
  trend.restart();
  EXPECT_EQ(trend.points(), 0);
  EXPECT_FALSE(trend.slope());
}

TEST(Observation, CountsSamplesWithoutAPublisherOrMedia) {
  Playing feed;
  feed.play(3);
  EXPECT_EQ(feed.seen.samples, 4);
  EXPECT_EQ(feed.seen.absent, 0);
  EXPECT_EQ(feed.seen.lasted, 3 * kSecond);
  feed.now.feed.silent = true;
  feed.step();
  EXPECT_EQ(feed.seen.absent, 1);
  feed.now.feed.silent = false;
  feed.now.feed.protocol.clear();
  feed.make().width = 7;
  feed.step();
  EXPECT_EQ(feed.seen.absent, 2);
  EXPECT_EQ(feed.seen.newest->feed.make.width, 1280) << "nothing is known of a feed that is gone";
  EXPECT_EQ(feed.seen.lasted, 5 * kSecond);
}

TEST(Observation, KnowsNothingOfTheMediaBeforeAWorkerLooks) {
  Playing feed;
  feed.now.worker = false;
  feed.play(2);
  EXPECT_FALSE(feed.seen.newest);
  EXPECT_EQ(feed.seen.counts.pictures.total(), 0U);
  EXPECT_EQ(feed.seen.counts.bytes.total(), 1'000'000U);
  EXPECT_EQ(feed.seen.heard, 0);
}

TEST(Observation, CountsChangesOfFormatAndNotThatItComesToBeKnown) {
  Playing feed;
  feed.make().video.reset();
  feed.make().audio.reset();
  feed.play(1);
  feed.make().video = media::Codec::kH264;
  feed.make().audio = media::Codec::kAac;
  feed.play(1);
  EXPECT_EQ(feed.seen.video_changes + feed.seen.size_changes + feed.seen.audio_changes, 0);
  feed.make().level = 41;
  feed.play(2);
  EXPECT_EQ(feed.seen.video_changes, 1);
  feed.make().height = 1080;
  feed.play(2);
  EXPECT_EQ(feed.seen.size_changes, 1);
  feed.make().language = "deu";
  feed.play(2);
  EXPECT_EQ(feed.seen.audio_changes, 1);
  EXPECT_EQ(feed.seen.video_changes, 1);
}

TEST(Observation, MeasuresBitratesOfSpansOfHalfASecondAndMore) {
  Playing feed;
  feed.take();
  feed.now.feed.counters.bytes += 1000;
  feed.now.at += kSecond / 2 - 1;
  feed.take();
  EXPECT_FALSE(feed.seen.bitrate.most);
  feed.now.feed.counters.bytes += 1000;
  feed.now.at += 1;
  feed.take();
  EXPECT_NEAR(*feed.seen.bitrate.most, 32'000, 1e-6) << "all that came since the first sample";
  feed.now.feed.counters.bytes += 1000;
  feed.now.at += kSecond;
  feed.take();
  EXPECT_NEAR(*feed.seen.bitrate.least, 8'000, 1e-6);
}

TEST(Observation, BeginsThePaceAnewWhereTimeStampsJumped) {
  Playing feed;
  feed.play(5);
  EXPECT_EQ(feed.seen.pace.points(), 6);
  feed.make().pace_zero = *feed.make().pace_zero + 500'000;
  feed.play(1);
  EXPECT_EQ(feed.seen.pace.points(), 7) << "that may be a late packet";
  feed.make().pace_zero = *feed.make().pace_zero - 500'001;
  feed.play(1);
  EXPECT_EQ(feed.seen.pace.points(), 1);
  feed.make().pace_zero.reset();
  feed.now.at += kSecond;
  feed.take();
  EXPECT_EQ(feed.seen.pace.points(), 1);
}

TEST(Observation, AddsUpThePowerOfSoundAndCountsSilence) {
  Playing feed;
  feed.now.feed.loudness.short_term = -20;
  feed.take();
  feed.now.feed.loudness.short_term = -30;
  feed.now.feed.loudness.momentary = Observation::kSilence;
  feed.take();
  EXPECT_NEAR(feed.seen.short_term_power, 0.011, 1e-9);
  EXPECT_EQ(feed.seen.short_terms, 2);
  EXPECT_EQ(feed.seen.heard, 2);
  EXPECT_EQ(feed.seen.silent, 0);
  feed.now.feed.loudness.momentary = Observation::kSilence - 0.1;
  feed.now.feed.loudness.short_term.reset();
  feed.take();
  EXPECT_EQ(feed.seen.silent, 1);
  EXPECT_EQ(feed.seen.short_terms, 2);
}

TEST(Observation, RemembersWhenTheLastMarkerCame) {
  Playing feed;
  feed.now.feed.cues = 3;
  feed.play(1);
  EXPECT_FALSE(feed.seen.last_cue) << "those came before";
  EXPECT_EQ(feed.seen.cues_before, 3U);
  ++feed.now.feed.cues;
  feed.play(1);
  const base::Micros came = feed.now.utc;
  feed.play(2);
  EXPECT_EQ(feed.seen.last_cue, came);
  EXPECT_EQ(feed.seen.counts.cues.total(), 1U);
}

TEST(Observation, KeepsTheLongestSpells) {
  Playing feed;
  feed.make().black = 3 * kSecond;
  feed.make().since_key = 0;
  feed.play(1);
  feed.make().black = 0;
  feed.make().frozen = kSecond;
  feed.make().scrambled = 2;
  feed.play(1);
  EXPECT_EQ(feed.seen.black, 3 * kSecond);
  EXPECT_EQ(feed.seen.frozen, kSecond);
  EXPECT_EQ(feed.seen.scrambled, 2);
  EXPECT_EQ(feed.seen.since_key, 1.0);
}

}  // namespace
}  // namespace facility
