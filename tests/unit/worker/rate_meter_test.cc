#include "worker/rate_meter.h"

#include <gtest/gtest.h>

namespace worker {
namespace {

// Packets of `size` bytes, 25 a second at a timescale of 25, from second `from` for `seconds`; how often a change was
// declared.
int feed(RateMeter& meter, int from, int seconds, std::size_t size) {
  int declared = 0;
  for (int frame = from * 25; frame < (from + seconds) * 25; ++frame) declared += meter.add(frame, size) ? 1 : 0;
  return declared;
}

constexpr bool kGuessed = true;

TEST(RateMeter, WhatWasDeclaredStandsWhileItIsTrue) {
  RateMeter meter(25, 50, 170'000, !kGuessed);
  EXPECT_EQ(feed(meter, 0, 20, 1000), 0) << "200 kbit/s are within a fifth of it";
  EXPECT_EQ(meter.peak(), 0);
}

TEST(RateMeter, AHigherPeakThanDeclaredIsToldOnce) {
  RateMeter meter(25, 50, 100'000, !kGuessed);
  EXPECT_EQ(feed(meter, 0, 20, 1000), 1);
  EXPECT_EQ(meter.peak(), 200'000);
  EXPECT_EQ(meter.average(), 200'000);
  EXPECT_EQ(feed(meter, 20, 10, 500), 0) << "a lower rate is not";
  EXPECT_EQ(feed(meter, 30, 10, 2000), 1);
  EXPECT_EQ(meter.peak(), 400'000);
}

TEST(RateMeter, AGuessThatWasFarTooHighIsCorrectedOnce) {
  RateMeter meter(25, 50, 900'000, kGuessed);
  EXPECT_EQ(feed(meter, 0, 10, 1000), 1);
  EXPECT_EQ(meter.peak(), 200'000);
  EXPECT_EQ(feed(meter, 10, 10, 100), 0);
}

TEST(RateMeter, AHoleInTheFeedIsNotALowRate) {
  RateMeter meter(25, 50, 100'000, !kGuessed);
  feed(meter, 0, 10, 1000);
  const std::int64_t before = meter.average();
  feed(meter, 100, 1, 1000);
  EXPECT_EQ(meter.average(), before);
}

TEST(RateMeter, AFifthMoreThanDeclaredIsStillTrueAndAnyMoreIsTold) {
  RateMeter meter(1000, 1000, 800, false);
  EXPECT_FALSE(meter.add(0, 120));
  EXPECT_FALSE(meter.add(1000, 121)) << "960 bit/s";
  EXPECT_TRUE(meter.add(2000, 0)) << "968 bit/s";
  EXPECT_EQ(meter.peak(), 968);
}

}  // namespace
}  // namespace worker
