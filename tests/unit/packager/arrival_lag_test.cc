#include "packager/arrival_lag.h"

#include <gtest/gtest.h>

namespace packager {
namespace {

using base::kSecond;

TEST(ArrivalLag, IsNotKnownBeforeMediaCame) { EXPECT_FALSE(ArrivalLag{}.least()); }

TEST(ArrivalLag, IsThatOfTheSoonest) {
  ArrivalLag lag;
  lag.on_media(100, 40);
  EXPECT_EQ(lag.least(), 60);
  lag.on_media(200, 190);
  lag.on_media(300, 100);
  EXPECT_EQ(lag.least(), 10);
}

TEST(ArrivalLag, IsBelowZeroOfMediaThatIsAheadOfItsTime) {
  ArrivalLag lag;
  lag.on_media(100, 130);
  EXPECT_EQ(lag.least(), -30);
}

TEST(ArrivalLag, ForgetsWhatWasLongerAgoThanTwoSpans) {
  ArrivalLag lag;
  lag.on_media(0, 0);
  lag.on_media(4 * kSecond - 1, 4 * kSecond - 6);
  EXPECT_EQ(lag.least(), 0);
  lag.on_media(4 * kSecond, 4 * kSecond - 7);
  EXPECT_EQ(lag.least(), 0) << "the span before counts, too";
  lag.on_media(8 * kSecond, 8 * kSecond - 9);
  EXPECT_EQ(lag.least(), 7);
  lag.on_media(12 * kSecond, 12 * kSecond - 11);
  EXPECT_EQ(lag.least(), 9);
}

TEST(ArrivalLag, BeginsAnewAfterAPause) {
  ArrivalLag lag;
  lag.on_media(0, 0);
  lag.on_media(8 * kSecond, 8 * kSecond - 5);
  EXPECT_EQ(lag.least(), 5);
}

}  // namespace
}  // namespace packager
