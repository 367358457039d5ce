#include "packager/lateness.h"

#include <gtest/gtest.h>

using packager::Lateness;

TEST(Lateness, ExpectsMediaAfterItsUsualLatenessAndTheAllowance) {
  Lateness lateness(1000, 3000);
  for (int i = 0; i < 20; ++i) {
    lateness.on_media(i * 500 - 300);
    lateness.expected(i * 500);
  }
  EXPECT_EQ(lateness.expected(10000), 10000 - 300 - 1000);
  EXPECT_EQ(lateness.expected(20000), 20000 - 300 - 1000);
}

TEST(Lateness, GivesMoreTimeBeforeTheFirstMedia) {
  Lateness lateness(1000, 3000);
  EXPECT_EQ(lateness.expected(5000), 2000);
}

TEST(Lateness, FollowsASlowSource) {
  Lateness lateness(1000, 3000);
  // 500 ppm slow for an hour: 1.8 s behind at the end, and nothing was ever missing.
  for (std::int64_t i = 1; i < 7200; ++i) {
    const std::int64_t end = i * 500'000 - i * 250;
    lateness.on_media(end);
    ASSERT_LT(lateness.expected(i * 500'000), end);
  }
}

TEST(Lateness, DoesNotExpectMoreOfASourceThatRunsAhead) {
  Lateness lateness(1000, 3000);
  lateness.on_media(9000);
  EXPECT_EQ(lateness.expected(2000), 1000);
}

namespace {

using base::kMillisecond;
using base::kSecond;

/// Media of 40 ms a frame and a tick each 100 ms.
struct Source {
  Lateness lateness{350 * kMillisecond, kSecond};
  base::Micros now = 1'000 * kSecond;
  base::Micros end = now;

  void play(base::Micros span) {
    for (const base::Micros until = now + span; now < until;) {
      while (end <= now) lateness.on_media(end += 40 * kMillisecond);
      allowance();
    }
  }
  /// Nothing comes; then it continues where it stopped, or `lost` later.
  void stall(base::Micros span, base::Micros lost = 0) {
    for (const base::Micros until = now + span; now < until;) allowance();
    end += lost;
    play(kSecond / 10);
  }
  base::Micros allowance() {
    const base::Micros given = now - lateness.expected(now);
    now += kSecond / 10;
    return given;
  }
};

}  // namespace

TEST(Lateness, GivesANetworkThatStalledAsLongAgain) {
  Source source;
  source.play(10 * kSecond);
  EXPECT_LT(source.allowance(), 400 * kMillisecond);
  source.stall(700 * kMillisecond);
  source.play(2 * kSecond);
  EXPECT_GT(source.allowance(), 750 * kMillisecond);
  EXPECT_LT(source.allowance(), 1000 * kMillisecond);
  source.stall(200 * kMillisecond);  // a shorter one takes nothing back
  source.play(2 * kSecond);
  EXPECT_GT(source.allowance(), 750 * kMillisecond);
  source.play(299 * kSecond);
  EXPECT_LT(source.allowance(), 400 * kMillisecond) << "for some minutes";
}

TEST(Lateness, GivesNoMoreThanPlayersCanBear) {
  Source source;
  source.play(10 * kSecond);
  for (base::Micros span = 500 * kMillisecond; span < 2 * kSecond; span += 100 * kMillisecond) {
    source.stall(span);
    source.play(20 * kSecond);
    EXPECT_LE(source.allowance(), 1350 * kMillisecond);
  }
  EXPECT_GE(source.allowance(), 1050 * kMillisecond);
}

TEST(Lateness, IsNotPatientWhereThatWouldNotHelp) {
  Source source;
  source.play(10 * kSecond);
  source.stall(5 * kSecond);
  source.play(20 * kSecond);
  EXPECT_LT(source.allowance(), 400 * kMillisecond);
}

TEST(Lateness, TakesAnEncoderThatLeftForNoStall) {
  Source source;
  source.play(10 * kSecond);
  source.stall(700 * kMillisecond, 600 * kMillisecond);
  source.play(2 * kSecond);
  EXPECT_LT(source.allowance(), 400 * kMillisecond);
}

TEST(Lateness, IsNotPatientOverWhatItWaitedForAnyway) {
  Source source;
  source.play(10 * kSecond);
  source.stall(300 * kMillisecond);
  source.play(2 * kSecond);
  EXPECT_LT(source.allowance(), 400 * kMillisecond);
}
