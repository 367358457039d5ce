#include "channel/feed_make.h"

#include <gtest/gtest.h>

#include <memory>

namespace channel {
namespace {

class FeedMakeTest : public testing::Test {
 protected:
  FeedMake make() const { return make_of(*stats_); }
  static std::uint64_t bits(std::int64_t value) { return static_cast<std::uint64_t>(value); }

  std::unique_ptr<job::FeedStats> stats_ = std::make_unique<job::FeedStats>();
};

TEST_F(FeedMakeTest, OfAFeedThatNobodyHasSeenKnowsNothing) {
  const FeedMake none = make();
  EXPECT_FALSE(none.video);
  EXPECT_FALSE(none.audio);
  EXPECT_EQ(none.language, "");
  EXPECT_FALSE(none.rate.known());
  EXPECT_FALSE(none.pace_zero);
  EXPECT_FALSE(none.sound_behind);
  EXPECT_EQ(none.gop, 0);
}

TEST_F(FeedMakeTest, TakesApartWhatTheWorkerPacked) {
  stats_->codec_plus_one = static_cast<std::uint64_t>(media::Codec::kH264) + 1;
  stats_->audio_codec_plus_one = static_cast<std::uint64_t>(media::Codec::kAac) + 1;
  stats_->make.profile = 100U << 16 | 0x0cU << 8 | 40U;
  stats_->make.language = 'd' << 16 | 'e' << 8 | 'u';
  stats_->make.audio_tracks = 2;
  stats_->make.interlaced = 1;
  stats_->make.bit_depth = 8;
  stats_->width = 1920;
  stats_->height = 1080;
  stats_->rate_num = 30000;
  stats_->rate_den = 1001;
  stats_->sample_rate = 48'000;
  stats_->channels = 6;
  const FeedMake told = make();
  EXPECT_EQ(told.video, media::Codec::kH264);
  EXPECT_EQ(told.audio, media::Codec::kAac);
  EXPECT_EQ(told.profile, 100);
  EXPECT_EQ(told.constraints, 12);
  EXPECT_EQ(told.level, 40);
  EXPECT_EQ(told.language, "deu");
  EXPECT_EQ(told.audio_tracks, 2U);
  EXPECT_TRUE(told.interlaced);
  EXPECT_EQ(told.bit_depth, 8);
  EXPECT_EQ(told.width, 1920);
  EXPECT_EQ(told.height, 1080);
  EXPECT_EQ(told.rate, (media::Rational{30000, 1001}));
  EXPECT_EQ(told.sample_rate, 48'000);
  EXPECT_EQ(told.channels, 6);
}

TEST_F(FeedMakeTest, OfAnAudioTrackThatHasGoneTellsNoCodec) {
  stats_->audio_codec_plus_one = static_cast<std::uint64_t>(media::Codec::kAac) + 1;
  EXPECT_FALSE(make().audio);
}

TEST_F(FeedMakeTest, ReadsCountersAndSpans) {
  stats_->make.pictures = 250;
  stats_->make.played_us = 10'000'000;
  stats_->make.key_frames = 5;
  stats_->make.open_key_frames = 1;
  stats_->make.gop_us = 2'000'000;
  stats_->make.since_key_us = 300'000;
  stats_->watched_us = 7;
  stats_->black_us = 6;
  stats_->frozen_us = 5;
  stats_->scrambled_us = 4;
  const FeedMake told = make();
  EXPECT_EQ(told.pictures, 250U);
  EXPECT_EQ(told.played, 10'000'000);
  EXPECT_EQ(told.key_frames, 5U);
  EXPECT_EQ(told.open_key_frames, 1U);
  EXPECT_EQ(told.gop, 2'000'000);
  EXPECT_EQ(told.since_key, 300'000);
  EXPECT_EQ(told.watched, 7);
  EXPECT_EQ(told.black, 6);
  EXPECT_EQ(told.frozen, 5);
  EXPECT_EQ(told.scrambled, 4);
}

TEST_F(FeedMakeTest, PaceAndSkewAreKnownOnlyWhereTheWorkerSaysSoAndMayBeNegative) {
  stats_->make.pace_zero_us = bits(-5);
  stats_->make.jitter_us = 9;
  stats_->make.sound_behind_us = bits(-80'000);
  EXPECT_FALSE(make().pace_zero);
  EXPECT_EQ(make().jitter, 0);
  EXPECT_FALSE(make().sound_behind);
  stats_->make.paced = 1;
  stats_->make.paired = 1;
  EXPECT_EQ(make().pace_zero, -5);
  EXPECT_EQ(make().jitter, 9);
  EXPECT_EQ(make().sound_behind, -80'000);
}

TEST_F(FeedMakeTest, AWorkerMayWriteAnything) {
  for (job::Number* number : {&stats_->codec_plus_one, &stats_->audio_codec_plus_one, &stats_->width, &stats_->rate_den,
                              &stats_->make.audio_tracks, &stats_->make.language, &stats_->make.played_us,
                              &stats_->make.paced, &stats_->make.pace_zero_us, &stats_->make.paired})
    *number = UINT64_MAX;
  stats_->make.sound_behind_us = bits(INT64_MIN);
  const FeedMake told = make();
  EXPECT_FALSE(told.video);
  EXPECT_FALSE(told.audio);
  EXPECT_EQ(told.width, INT32_MAX);
  EXPECT_EQ(told.rate.den, INT32_MAX);
  EXPECT_EQ(told.language, "");
  EXPECT_EQ(told.played, std::int64_t{1} << 50);
  EXPECT_EQ(told.pace_zero, -1) << "what all ones are";
  EXPECT_EQ(told.sound_behind, -(std::int64_t{1} << 51));
  stats_->codec_plus_one = static_cast<std::uint64_t>(media::Codec::kAac) + 1;
  EXPECT_FALSE(make().video) << "a codec of sound";
  stats_->rate_den = 0;
  EXPECT_EQ(make().rate.den, 1);
}

}  // namespace
}  // namespace channel
