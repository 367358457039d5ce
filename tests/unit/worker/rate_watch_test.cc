#include "worker/rate_watch.h"

#include <gtest/gtest.h>

namespace worker {
namespace {

using base::kMillisecond;
using base::kSecond;

/// A feed whose pictures come at some rate for some time.
struct Playing {
  void play(base::Micros time, std::int64_t pictures_a_second) {
    const base::Micros end = at + time;
    for (; at < end; at += kSecond / pictures_a_second) watch.picture(at);
  }
  RateWatch watch;
  base::Micros at = 1'800'000'000 * kSecond;
};

TEST(RateWatch, LearnsWhatIsUsualInFiveSeconds) {
  Playing feed;
  feed.play(5 * kSecond, 25);
  EXPECT_EQ(feed.watch.usual(), 0);
  EXPECT_EQ(feed.watch.rate(), 0);
  feed.play(kSecond, 25);
  EXPECT_EQ(feed.watch.usual(), 25'000);
  EXPECT_EQ(feed.watch.rate(), 25'000);
  EXPECT_EQ(feed.watch.low_for(), 0);
}

TEST(RateWatch, FewerThanHalfOfTheUsualPicturesAreLowForAsLongAsThatLasts) {
  Playing feed;
  feed.play(20 * kSecond, 25);
  feed.play(10 * kSecond, 8);
  EXPECT_GT(feed.watch.low_for(), 7 * kSecond);
  EXPECT_LT(feed.watch.low_for(), 10 * kSecond);
  feed.play(600 * kSecond, 8);
  EXPECT_NEAR(static_cast<double>(feed.watch.usual()), 25'000, 500) << "it never becomes usual";
  EXPECT_GT(feed.watch.low_for(), 600 * kSecond);
  feed.play(3 * kSecond, 25);
  EXPECT_EQ(feed.watch.low_for(), 0);
}

TEST(RateWatch, TwoThirdsAreNotLowAndDoNotEndWhatIs) {
  Playing feed;
  feed.play(20 * kSecond, 30);
  feed.play(5 * kSecond, 20);
  EXPECT_EQ(feed.watch.low_for(), 0);
  Playing low;
  low.play(20 * kSecond, 30);
  low.play(4 * kSecond, 10);
  low.play(4 * kSecond, 20);
  EXPECT_GT(low.watch.low_for(), 6 * kSecond);
}

TEST(RateWatch, AHoleIsOverSoonAfterIt) {
  Playing feed;
  feed.play(20 * kSecond, 25);
  feed.at += 3 * kSecond;
  base::Micros longest = 0;
  for (int i = 0; i < 100; ++i) {
    feed.play(40 * kMillisecond, 25);
    longest = std::max(longest, feed.watch.low_for());
  }
  EXPECT_GT(longest, 0);
  EXPECT_LE(longest, 2 * kSecond);
  EXPECT_EQ(feed.watch.low_for(), 0);
}

TEST(RateWatch, FollowsAFeedThatGetsFaster) {
  Playing feed;
  feed.play(10 * kSecond, 25);
  feed.play(120 * kSecond, 50);
  EXPECT_NEAR(static_cast<double>(feed.watch.usual()), 50'000, 1'000);
  feed.play(3 * kSecond, 20);
  EXPECT_GT(feed.watch.low_for(), kSecond);
}

TEST(RateWatch, JudgesNoFeedOfSlides) {
  Playing feed;
  feed.play(30 * kSecond, 3);
  feed.play(10 * kSecond, 1);
  EXPECT_EQ(feed.watch.low_for(), 0);
}

TEST(RateWatch, WhatIsMissingForNoFaultOfTheFeedsIsNotLow) {
  Playing feed;
  feed.play(20 * kSecond, 25);
  feed.play(5 * kSecond, 5);
  ASSERT_GT(feed.watch.low_for(), 0);
  feed.watch.skip();
  EXPECT_EQ(feed.watch.low_for(), 0);
  feed.play(kSecond, 25);
  EXPECT_EQ(feed.watch.low_for(), 0) << "two seconds are not full yet";
  EXPECT_NEAR(static_cast<double>(feed.watch.usual()), 25'000, 500);
  feed.at -= 3600 * kSecond;
  feed.play(kSecond, 25);
  EXPECT_EQ(feed.watch.low_for(), 0) << "another timeline";
}

}  // namespace
}  // namespace worker
