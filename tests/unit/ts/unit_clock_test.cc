#include "ts/unit_clock.h"

#include <gtest/gtest.h>

namespace ts {
namespace {

UnitClock::Times place(UnitClock& clock, std::optional<std::int64_t> pts, std::optional<std::int64_t> dts = {}) {
  return clock.place({pts, dts}, {}).value_or(UnitClock::Times{-1, -1});
}

TEST(UnitClock, TakesStampsAsTheyAre) {
  UnitClock clock;
  EXPECT_EQ(place(clock, 7200, 3600).dts, 3600);
  EXPECT_EQ(place(clock, 5400, std::nullopt).dts, 5400) << "a DTS that is left out equals the PTS";
}

TEST(UnitClock, HasNoTimeBeforeTheFirstStamp) {
  UnitClock clock;
  EXPECT_FALSE(clock.place({}, {}));
  EXPECT_TRUE(clock.place({0, {}}, {}));
  EXPECT_TRUE(clock.place({}, {}));
}

TEST(UnitClock, BelievesTheDistanceOfStampsMoreThanTheBitstream) {
  UnitClock clock;
  clock.set_sequence({25, 1}, 0);
  place(clock, 0);
  EXPECT_EQ(place(clock, {}).pts, 3600);
  EXPECT_EQ(place(clock, 3000).pts, 3000) << "60 frames a second";
  EXPECT_EQ(place(clock, {}).pts, 4500);
}

TEST(UnitClock, DelaysDtsByTheDepthOfTheReordering) {
  UnitClock clock;
  clock.set_sequence({25, 1}, 2);
  std::vector<std::int64_t> dts;
  for (const std::int64_t shown : {0, 4, 2, 1, 3, 8, 6, 5, 7}) dts.push_back(place(clock, shown * 3600).dts / 3600);
  EXPECT_EQ(dts, (std::vector<std::int64_t>{-2, -1, 0, 1, 2, 3, 4, 5, 6}));
}

TEST(UnitClock, FindsAReorderingThatTheBitstreamDoesNotTell) {
  UnitClock clock;
  clock.set_sequence({25, 1}, 0);
  std::int64_t last = -1;
  std::int64_t late = 0;
  for (int group = 0; group < 5; ++group) {
    for (const std::int64_t shown : {3, 1, 2}) {
      const std::int64_t pts = (group * 3 + shown) * 3600;
      const std::int64_t dts = place(clock, pts).dts;
      EXPECT_GT(dts, last);
      if (dts > pts) ++late;
      last = dts;
    }
  }
  EXPECT_LE(late, 2);
}

TEST(UnitClock, FollowsAJumpOfTheStamps) {
  UnitClock clock;
  place(clock, 900000);
  EXPECT_EQ(place(clock, 0).dts, 0);
  EXPECT_EQ(place(clock, {}).pts, 3600);
}

TEST(UnitClock, ShowsAPictureWithoutAStampWhereItsOrderSays) {
  UnitClock clock;
  const auto shown = [&](Stamp stamp, std::int64_t count, bool idr = false) {
    return clock.place(stamp, {count, idr})->pts;
  };
  shown({3600, 0}, 0, true);
  EXPECT_EQ(shown({}, 6), 4 * 3600);
  EXPECT_EQ(shown({}, 2), 2 * 3600);
  EXPECT_EQ(shown({}, 4), 3 * 3600);
  EXPECT_EQ(shown({}, 0, true), 5 * 3600) << "an IDR picture comes after all before it";
}

}  // namespace
}  // namespace ts
