#include "rtmp/composition.h"

#include <gtest/gtest.h>

#include <vector>

namespace rtmp {
namespace {

/// Filters pictures 40 ms apart.
std::vector<int> filtered(CompositionFilter& filter, const std::vector<int>& compositions) {
  std::vector<int> out;
  std::int64_t time = 0;
  for (const int composition : compositions) out.push_back(filter.filter(time += 40, composition));
  return out;
}
std::vector<int> filtered(const std::vector<int>& compositions) {
  CompositionFilter filter;
  return filtered(filter, compositions);
}

TEST(CompositionFilter, ReplacesOneThatCannotBeMeantByTheOneBefore) {  // RT-26
  for (const int absurd : {-8'388'608, 8'000'000, -3000, 3000, -900}) {
    CompositionFilter filter;
    EXPECT_EQ(filtered(filter, {80, 80, absurd, 80, 80}), (std::vector<int>{80, 80, 80, 80, 80})) << absurd;
    EXPECT_EQ(filter.repaired(), 1U);
  }
}

TEST(CompositionFilter, PassesWhatReorderingBrings) {
  const std::vector<int> pyramid = {80, 200, 80, 0, 40, 200, 80, 0, 40};
  EXPECT_EQ(filtered(pyramid), pyramid);
  const std::vector<int> sixteen_deep = {0, 680, -40, -40, 680, -40};
  EXPECT_EQ(filtered(sixteen_deep), sixteen_deep);
  const std::vector<int> constant = {-80, -80, -80};
  EXPECT_EQ(filtered(constant), constant);
}

TEST(CompositionFilter, PassesWhatReorderingBringsAtOnePictureASecond) {
  CompositionFilter filter;
  EXPECT_EQ(filter.filter(0, 1000), 1000);
  EXPECT_EQ(filter.filter(1000, 5000), 5000);
  EXPECT_EQ(filter.filter(2000, 0), 0);
}

TEST(CompositionFilter, TakesTwoPicturesOfOneTimeForNoFasterRate) {
  CompositionFilter filter;
  EXPECT_EQ(filter.filter(0, 0), 0);
  EXPECT_EQ(filter.filter(1000, 0), 0);
  EXPECT_EQ(filter.filter(1000, 5000), 5000);
}

TEST(CompositionFilter, TakesAnAbsurdFirstOneForNone) {
  EXPECT_EQ(filtered({-8'388'608, 0, 0}), (std::vector<int>{0, 0, 0}));
  EXPECT_EQ(filtered({-3000, 80, 80}), (std::vector<int>{0, 80, 80}));
}

TEST(CompositionFilter, FollowsAnEncoderThatStaysWithAnotherRange) {
  EXPECT_EQ(filtered({0, 0, 1500, 1540, 1500, 1500, 1540, 0}), (std::vector<int>{0, 0, 0, 0, 0, 1500, 1540, 1540}));
  // Also where usual ones come in between, as of the pictures that are not reordered.
  EXPECT_EQ(filtered({0, 1500, 0, 1500, 0, 1500, 0, 1500}), (std::vector<int>{0, 0, 0, 0, 0, 0, 0, 1500}));
}

TEST(CompositionFilter, NeverFollowsAnImpossibleOne) {
  CompositionFilter filter;
  EXPECT_EQ(filtered(filter, std::vector<int>(8, 8'000'000)), std::vector<int>(8, 0));
  EXPECT_EQ(filter.repaired(), 8U);
}

TEST(CompositionFilter, ForgetsAccidentsThatAreFarApart) {
  CompositionFilter filter;
  std::vector<int> seldom;
  for (int accident = 0; accident < 6; ++accident) {
    seldom.insert(seldom.end(), 40, 0);
    seldom.push_back(-3000);
  }
  EXPECT_EQ(filtered(filter, seldom), std::vector<int>(seldom.size(), 0));
  EXPECT_EQ(filter.repaired(), 6U);
}

}  // namespace
}  // namespace rtmp
