#include "captions/presentation_order.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace captions {
namespace {

/// What pass() returns for each (pts, dts).
std::vector<std::int64_t> passed(const std::vector<std::pair<std::int64_t, std::int64_t>>& pictures) {
  PresentationOrder order;
  std::vector<std::int64_t> until;
  for (const auto& [pts, dts] : pictures) until.push_back(order.pass(pts, dts));
  return until;
}

using Instants = std::vector<std::int64_t>;

TEST(PresentationOrder, EachPictureIsTheNewestWhereNoneIsReordered) {
  EXPECT_EQ(passed({{0, 0}, {1, 1}, {2, 2}}), (Instants{0, 1, 2}));
}

TEST(PresentationOrder, WaitsForPicturesThatAreDecodedAfterTheyAreShown) {
  // I0 P4 B2 b1 b3 P8 B6 b5 b7, of which the first is decoded when it is shown.
  EXPECT_EQ(passed({{0, 0}, {4, 1}, {2, 2}, {1, 3}, {3, 4}, {8, 5}, {6, 6}, {5, 7}, {7, 8}}),
            (Instants{0, 0, 0, 0, 2, 3, 4, 5, 6}));
}

TEST(PresentationOrder, WaitsNoLongerThanItHasToOnceThatIsKnown) {
  // I0 P8 and the six between: three places late at most, although the first that is ahead is so by seven.
  EXPECT_EQ(passed({{0, 0}, {8, 1}, {4, 2}, {2, 3}, {1, 4}, {3, 5}, {6, 6}, {5, 7}, {7, 8}, {16, 9}}),
            (Instants{0, 0, 0, 0, 0, 0, 0, 0, 5, 6}));
}

TEST(PresentationOrder, WaitsForNothingWherePicturesAreShownAtTheirDtsOrLater) {
  EXPECT_EQ(passed({{0, -1}, {2, 0}, {1, 1}, {3, 2}}), (Instants{-2, 0, 1, 2}));
}

TEST(PresentationOrder, DoesNotGoBackWhereAnEncoderBeginsToReorderMore) {
  EXPECT_EQ(passed({{0, 0}, {1, 1}, {2, 2}, {-1, 3}, {4, 4}, {8, 8}}), (Instants{0, 1, 2, 2, 2, 4}));
}

}  // namespace
}  // namespace captions
