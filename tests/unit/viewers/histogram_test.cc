#include "viewers/histogram.h"

#include <gtest/gtest.h>

namespace viewers {
namespace {

TEST(Histogram, TellsQuantilesToWithinTwoPercent) {
  Histogram h;
  for (int i = 1; i <= 100'000; ++i) h.add(i);
  EXPECT_EQ(h.count(), 100'000u);
  EXPECT_EQ(h.max(), 100'000);
  for (const double share : {0.001, 0.5, 0.9, 0.99, 1.0}) {
    EXPECT_NEAR(static_cast<double>(h.quantile(share)), share * 100'000, share * 100'000 * 0.02) << share;
  }
}

TEST(Histogram, IsExactForSmallValues) {
  Histogram h;
  for (const base::Micros value : {3, 3, 3, 60}) h.add(value);
  EXPECT_EQ(h.quantile(0.5), 3);
  EXPECT_EQ(h.quantile(1), 60);
}

TEST(Histogram, CountsWhatIsNegativeAsNothing) {
  Histogram h;
  h.add(-5);
  EXPECT_EQ(h.quantile(0.5), 0);
  EXPECT_EQ(h.count(), 1u);
}

TEST(Histogram, AddsAnotherMovedInTime) {
  Histogram one;
  one.add(1000, 9);
  Histogram two;
  two.add(5000);
  two.add(one, 2000);
  EXPECT_EQ(two.count(), 10u);
  EXPECT_EQ(two.max(), 5000);
  EXPECT_NEAR(static_cast<double>(two.quantile(0.5)), 3000, 60);
}

TEST(Histogram, IsNothingWhereNothingWasCounted) { EXPECT_EQ(Histogram().quantile(0.99), 0); }

}  // namespace
}  // namespace viewers
