#include "govern/load_meter.h"

#include <gtest/gtest.h>

namespace govern {
namespace {

constexpr base::Micros kMillisecond = base::kMillisecond;

TEST(LoadMeter, ASecondIsBadWhereThreePicturesWereLost) {
  LoadMeter meter;
  meter.begin({0, 100});
  EXPECT_FALSE(meter.end({0, 102}).bad);
  const LoadMeter::Second second = meter.end({0, 105});
  EXPECT_TRUE(second.bad);
  EXPECT_EQ(second.lost, 3U);
  EXPECT_FALSE(meter.end({0, 105}).bad) << "what was lost before is not lost again";
}

TEST(LoadMeter, ASecondIsBadWhereMediaWaitedAllTheTime) {
  LoadMeter meter;
  meter.begin({300 * kMillisecond, 0});
  meter.sample({900 * kMillisecond, 0});
  const LoadMeter::Second second = meter.end({260 * kMillisecond, 0});
  EXPECT_TRUE(second.bad);
  EXPECT_EQ(second.lag, 260 * kMillisecond);
  EXPECT_FALSE(meter.end({250 * kMillisecond, 0}).bad) << "as long as the limit is not longer";
}

TEST(LoadMeter, ABurstOfTheNetworkIsNoLag) {
  LoadMeter meter;
  meter.begin({0, 0});
  for (int second = 0; second < 3; ++second) {
    meter.sample({2 * base::kSecond, 0});
    meter.sample({0, 0});
    EXPECT_FALSE(meter.end({2 * base::kSecond, 0}).bad);
  }
}

TEST(LoadMeter, ANewWorkersCounterIsNoLoss) {
  LoadMeter meter;
  meter.begin({0, 1'000'000});
  meter.sample({0, 2});
  EXPECT_FALSE(meter.end({0, 4}).bad);
  EXPECT_TRUE(meter.end({0, 7}).bad);
}

}  // namespace
}  // namespace govern
