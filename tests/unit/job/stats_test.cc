#include "job/stats.h"

#include <gtest/gtest.h>

#include <cmath>

namespace job {
namespace {

TEST(LevelNumber, KeepsALevelToAHundredth) {
  for (const double level : {-100.0, -23.0, -22.99, -0.01, 0.0, 3.5, 1000.0, -1000.0})
    EXPECT_DOUBLE_EQ(level_of(number_of(level)).value(), level);
  EXPECT_DOUBLE_EQ(level_of(number_of(-23.006)).value(), -23.01);
}

TEST(LevelNumber, OfAFreshPageIsNotKnown) {
  EXPECT_EQ(level_of(0), std::nullopt);
  EXPECT_EQ(number_of(std::nullopt), 0U);
  const Stats stats{};
  EXPECT_EQ(level_of(stats.feeds[0].loudness.momentary), std::nullopt);
  EXPECT_EQ(level_of(stats.audio[7].gain), std::nullopt);
}

TEST(LevelNumber, StaysWithinItsBounds) {
  EXPECT_DOUBLE_EQ(level_of(number_of(INFINITY)).value(), 1000);
  EXPECT_DOUBLE_EQ(level_of(number_of(-INFINITY)).value(), -1000);
}

TEST(LevelNumber, OfAnythingAWorkerWritesIsANumber) {
  for (const std::uint64_t number : {std::uint64_t{1}, std::uint64_t{1} << 63, UINT64_MAX})
    EXPECT_TRUE(std::isfinite(level_of(number).value()));
}

}  // namespace
}  // namespace job
