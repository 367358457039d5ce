#include "media/time.h"

#include <gtest/gtest.h>

namespace media {
namespace {

TEST(Rescale, RoundsAsTold) {
  EXPECT_EQ(rescale(1, 3, 2, Round::kDown), 0);
  EXPECT_EQ(rescale(1, 3, 2, Round::kNearest), 1);
  EXPECT_EQ(rescale(1, 3, 1, Round::kUp), 1);
  EXPECT_EQ(rescale(-1, 3, 2, Round::kDown), -1);
  EXPECT_EQ(rescale(-1, 2, 1, Round::kNearest), 0);
}

TEST(Rescale, HoldsUtcInNanoseconds) {
  const std::int64_t utc = 1'795'353'600'000'000'000;
  EXPECT_EQ(rescale(rescale(utc, 1'000'000'000, 90000), 90000, 1'000'000'000), utc);
}

TEST(FloorDiv, FloorsNegatives) {
  EXPECT_EQ(floor_div(-1, 4), -1);
  EXPECT_EQ(floor_div(-4, 4), -1);
  EXPECT_EQ(floor_div(7, 4), 1);
}

}  // namespace
}  // namespace media
