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
