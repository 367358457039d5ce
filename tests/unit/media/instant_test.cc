#include "media/instant.h"

#include <gtest/gtest.h>

namespace media {
namespace {

TEST(Instant, IsTheSameWhateverTheTicksItIsCountedIn) {
  EXPECT_EQ((Instant{90'000, 90'000}), (Instant{30'000, 30'000}));
  EXPECT_LT((Instant{1'000, 30'000}), (Instant{3'001, 90'000}));
  EXPECT_GT((Instant{1, 1'000}), (Instant{47, 48'000}));
}

TEST(Instant, ComparesUtcInFineTicksWithoutOverflow) {
  const Instant coarse{1'795'353'600'000'000, 1'000'000};
  const Instant fine{1'795'353'600'000'000'001, 1'000'000'000};
  EXPECT_LT(coarse, fine);
}

TEST(Instant, RoundsAsToldWhenItsTicksChange) {
  constexpr Instant third{1, 3};
  EXPECT_EQ(third.in(2, Round::kDown), 0);
  EXPECT_EQ(third.in(2, Round::kUp), 1);
  EXPECT_EQ(third.micros(), 333'333);
  EXPECT_EQ(third.to(90'000).ticks, 30'000);
  EXPECT_EQ(third.to(90'000).scale, 90'000);
}

}  // namespace
}  // namespace media
