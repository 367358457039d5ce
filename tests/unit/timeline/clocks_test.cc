#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "media/time.h"
#include "timeline/frame_clock.h"
#include "timeline/rate.h"
#include "timeline/sample_clock.h"

using timeline::FrameClock;
using timeline::SampleClock;

namespace {

std::vector<std::int64_t> stamps(media::Rational rate, std::int64_t scale, int count) {
  std::vector<std::int64_t> times;
  for (std::int64_t i = 0; i < count; ++i) times.push_back(media::rescale(i * rate.den, rate.num, scale));
  return times;
}

}  // namespace

TEST(Rate, KnowsStandardRatesBehindRoundedOnes) {
  EXPECT_EQ(timeline::standard_rate({2997, 100}), (media::Rational{30000, 1001}));
  EXPECT_EQ(timeline::standard_rate({23976, 1000}), (media::Rational{24000, 1001}));
  EXPECT_EQ(timeline::standard_rate({5994, 100}), (media::Rational{60000, 1001}));
  EXPECT_EQ(timeline::standard_rate({30, 1}), (media::Rational{30, 1}));
  EXPECT_EQ(timeline::standard_rate({50, 2}), (media::Rational{25, 1}));
  EXPECT_FALSE(timeline::standard_rate({}).known());
  EXPECT_FALSE(timeline::standard_rate({90000, 1}).known());
  EXPECT_FALSE(timeline::standard_rate({INT64_MAX, 3}).known());
  EXPECT_EQ(timeline::standard_rate({25'000'000, 1'000'000}), (media::Rational{25, 1})) << "the finest that is read";
  EXPECT_FALSE(timeline::standard_rate({25'000'025, 1'000'001}).known());
}

TEST(Rate, MeasuresItFromEightIntervals) {
  for (const media::Rational rate :
       {media::Rational{25, 1}, {50, 1}, {30, 1}, {60, 1}, {24, 1}, {15, 1}, {25, 2}, {10, 1}}) {
    EXPECT_EQ(timeline::measured_rate(stamps(rate, 1000, 9), 1000), rate) << rate.num;
    EXPECT_EQ(timeline::measured_rate(stamps(rate, 90000, 9), 90000), rate) << rate.num;
  }
  for (const media::Rational rate : {media::Rational{30000, 1001}, {60000, 1001}, {24000, 1001}}) {
    EXPECT_EQ(timeline::measured_rate(stamps(rate, 90000, 9), 90000), rate) << rate.num;
  }
}

TEST(Rate, MeasuresItFromTheOneIntervalThatASlowSourceGives) {
  EXPECT_EQ(timeline::measured_rate({0, 200}, 1000), (media::Rational{5, 1}));
  EXPECT_EQ(timeline::measured_rate({7, 7 + 15000}, 90000), (media::Rational{6, 1}));
}

TEST(Rate, IsTheIntegerOneWhereATickOfRoundingHidesWhichItIs) {
  auto times = stamps({30, 1}, 1000, 49);
  ++times.back();
  EXPECT_EQ(timeline::measured_rate(times, 1000), (media::Rational{30, 1})) << "29.97 is nearer";
}

TEST(Rate, IsPlausibleThoughFramesAreMissingOrCameInABurst) {
  EXPECT_TRUE(timeline::plausible_rate({25, 1}, {0, 40, 120, 160, 280, 320}, 1000));
  EXPECT_TRUE(timeline::plausible_rate({25, 1}, {0, 10, 20, 60, 100, 140}, 1000));
  EXPECT_FALSE(timeline::plausible_rate({25, 1}, {0, 20, 40, 60, 80, 100}, 1000));
  EXPECT_FALSE(timeline::plausible_rate({25, 1}, {0}, 1000));
  EXPECT_FALSE(timeline::plausible_rate({}, {0, 40, 80}, 1000));
}

TEST(Rate, FindsNoneInVaryingTimes) {
  EXPECT_FALSE(timeline::measured_rate({0, 33, 150, 160, 300, 310, 420, 500, 510}, 1000).known());
  EXPECT_FALSE(timeline::measured_rate({0, 0, 0}, 1000).known());
  EXPECT_FALSE(timeline::measured_rate({5}, 1000).known());
}

// CM-7.
TEST(Rate, GivesTimescalesWithWholeFrames) {
  EXPECT_EQ(timeline::video_timescale({25, 1}), 90000);
  EXPECT_EQ(timeline::video_timescale({30000, 1001}), 30000);
  EXPECT_EQ(timeline::video_timescale({60000, 1001}), 60000);
  EXPECT_EQ(timeline::video_timescale({24000, 1001}), 24000);
  EXPECT_EQ(timeline::video_timescale({25, 2}), 90000);
  EXPECT_EQ(timeline::video_timescale({14, 1}), 14000);
  EXPECT_EQ(timeline::video_timescale({}), 90000);
}

TEST(FrameClock, TakesTheRoundingOutOfMillisecondStamps) {
  for (const media::Rational rate : {media::Rational{30, 1}, {60, 1}, {30000, 1001}, {24000, 1001}}) {
    FrameClock clock(rate, 1000, timeline::video_timescale(rate));
    clock.anchor(0, 1000);
    // Six hours.
    const std::int64_t frames = media::rescale(6 * 3600, rate.den, rate.num);
    for (std::int64_t i = 0; i < frames; ++i) {
      ASSERT_EQ(clock.place(media::rescale(i * rate.den, rate.num, 1000)), 1000 + i) << rate.num;
    }
    EXPECT_FALSE(clock.lost());
  }
}

TEST(FrameClock, IsLostAfterSixteenFramesInARowMoreThanHalfAFrameLate) {
  const auto lost_after = [](std::int64_t behind, int frames) {
    FrameClock clock({25, 1}, 90000, 90000);
    clock.anchor(0, 0);
    clock.place(0);
    // The places are taken up to `behind` ticks past where the stamps say.
    for (int i = 1; i <= frames; ++i) clock.place(i * 3600 - behind);
    return clock.lost();
  };
  EXPECT_FALSE(lost_after(1800, 100)) << "half a frame";
  EXPECT_FALSE(lost_after(1801, 15));
  EXPECT_TRUE(lost_after(1801, 16));
  EXPECT_FALSE(lost_after(7200, 15)) << "two frames: as one";
  EXPECT_FALSE(lost_after(7201, 3));
  EXPECT_TRUE(lost_after(7201, 4)) << "more counts fourfold";
}

TEST(FrameClock, LeavesAHoleForMissingFrames) {
  FrameClock clock({25, 1}, 90000, 90000);
  clock.anchor(0, 0);
  EXPECT_EQ(clock.place(0), 0);
  EXPECT_EQ(clock.place(3 * 3600), 3);
  EXPECT_EQ(clock.place(4 * 3600), 4);
}

TEST(FrameClock, ForgivesOneFrameOutOfPlaceButNotManyTooFast) {
  FrameClock clock({25, 1}, 1000, 90000);
  clock.anchor(0, 0);
  EXPECT_EQ(clock.place(0), 0);
  EXPECT_EQ(clock.place(65), 1);
  EXPECT_EQ(clock.place(80), 2);
  EXPECT_EQ(clock.place(80), 3);
  EXPECT_FALSE(clock.lost());
  // 50 fps that was called 25.
  for (int i = 5; i < 40; ++i) clock.place(80 + 20 * i);
  EXPECT_TRUE(clock.lost());
}

TEST(SampleClock, CountsSamplesThroughRoundedStamps) {
  SampleClock clock;
  std::int64_t changed = 0;
  for (std::int64_t i = 0; i < 100000; ++i) {
    // Stamps in whole milliseconds, to nearest: 21.33 ms a frame.
    const std::int64_t stamp = media::rescale(media::rescale(i * 1024, 48000, 1000), 1000, 48000);
    const auto placed = clock.place(stamp, 1024);
    ASSERT_TRUE(placed);
    ASSERT_LE(std::abs(placed->start - i * 1024), 24) << i;
    if (placed->duration != 1024) ++changed;
  }
  EXPECT_EQ(changed, 0);
}

// CM-18: no drift over 24 h against a source clock that is off by 100 ppm, and its stamps stay followed within 1 ms.
TEST(SampleClock, FollowsASlowClockByStretchingFrames) {
  SampleClock clock;
  std::int64_t end = 0;
  const std::int64_t day = 24LL * 3600 * 48000 / 1024;
  for (std::int64_t i = 0; i < day; ++i) {
    const std::int64_t stamp = i * 1024 + i * 1024 / 10000;
    const auto placed = clock.place(stamp, 1024);
    ASSERT_TRUE(placed);
    ASSERT_FALSE(placed->hole);
    if (i > 0) {
      ASSERT_EQ(placed->start, end) << "CM-12";
    }
    ASSERT_LE(std::abs(placed->duration - 1024), 1);
    ASSERT_LE(std::abs(placed->start - stamp), 48) << i;
    end = placed->start + placed->duration;
  }
}

TEST(SampleClock, FollowsAFastClockToo) {
  SampleClock clock;
  for (std::int64_t i = 0; i < 100000; ++i) {
    const std::int64_t stamp = i * 1024 - i * 1024 / 5000;
    const auto placed = clock.place(stamp, 1024);
    ASSERT_TRUE(placed);
    ASSERT_LE(std::abs(placed->start - stamp), 48) << i;
  }
}

TEST(SampleClock, LeavesAHoleForMissingFramesAndDropsWhatIsCovered) {
  SampleClock clock;
  clock.place(0, 1024);
  const auto after = clock.place(10 * 1024, 1024);
  ASSERT_TRUE(after);
  EXPECT_TRUE(after->hole);
  EXPECT_EQ(after->start, 10 * 1024);
  EXPECT_FALSE(clock.place(2 * 1024, 1024));
  EXPECT_EQ(clock.place(11 * 1024, 1024)->start, 11 * 1024);
}

TEST(SampleClock, NoticesOneMissingFrameAfterAFew) {
  SampleClock clock;
  for (int i = 0; i < 10; ++i) clock.place(i * 1024, 1024);
  int holes = 0;
  for (int i = 11; i < 40; ++i) holes += clock.place(i * 1024, 1024)->hole ? 1 : 0;
  EXPECT_EQ(holes, 1);
  EXPECT_NEAR(static_cast<double>(clock.next()), 40 * 1024, 8);
}
