#include "transcode/economy.h"

#include <gtest/gtest.h>

#include "unit/transcode/source.h"

namespace transcode {
namespace {

std::vector<Rung> ladder(const std::vector<int>& heights) {
  std::vector<Rung> rungs;
  for (const int height : heights) {
    rungs.push_back(testing::ladder_rung(height));
    rungs.back().width = height * 16 / 9;
  }
  return rungs;
}

TEST(Economy, ItsBaseIsTheSmallestRungWhereverItStands) {
  EXPECT_EQ(base_rung(ladder({720, 480, 360})), 2U);
  EXPECT_EQ(base_rung(ladder({360, 720, 480})), 0U);
  EXPECT_EQ(base_rung(ladder({720})), 0U);
  auto rungs = ladder({360, 360});
  rungs[0].bitrate = rungs[1].bitrate / 2;
  EXPECT_EQ(base_rung(rungs), 0U) << "of one size the one of fewer bits";
}

TEST(Economy, ItsBaseIsARungThatEveryPlayerDecodes) {
  auto rungs = ladder({720, 480, 360});
  rungs[2].codec = media::Codec::kHevc;
  EXPECT_EQ(base_rung(rungs), 1U);
  rungs[0].codec = rungs[1].codec = media::Codec::kHevc;
  EXPECT_EQ(base_rung(rungs), 2U);
}

TEST(Economy, TheLargerARungTheLessCpuItAsksFor) {
  const auto rungs = ladder({1080, 720, 480, 360});
  EXPECT_EQ(nice_of(rungs, 3), 0);
  EXPECT_EQ(nice_of(rungs, 2), 2);
  EXPECT_EQ(nice_of(rungs, 1), 4);
  EXPECT_EQ(nice_of(rungs, 0), 6);
  const auto twins = ladder({360, 360});
  EXPECT_EQ(nice_of(twins, 0), 0);
  EXPECT_EQ(nice_of(twins, 1), 2) << "only one is the base";
}

}  // namespace
}  // namespace transcode
