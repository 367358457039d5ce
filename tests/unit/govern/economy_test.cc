#include "govern/economy.h"

#include <gtest/gtest.h>

namespace govern {
namespace {

TEST(Economy, SaysWhatALevelMeans) {
  EXPECT_EQ(describe(-1), "full quality");
  EXPECT_EQ(describe(0), "full quality");
  EXPECT_EQ(describe(1), "larger rungs: faster encoders");
  EXPECT_EQ(describe(2), "larger rungs: faster encoders, half the frame rate");
  EXPECT_EQ(describe(3), "larger rungs: faster encoders, half the frame rate; the largest: stills");
  EXPECT_EQ(describe(5), "larger rungs: faster encoders, half the frame rate; the 3 largest: stills");
}

}  // namespace
}  // namespace govern
