#include "transcode/picture_line.h"

#include <gtest/gtest.h>

#include <vector>

namespace transcode {
namespace {

constexpr std::int64_t kDay = 20'000LL * 86'400;  // seconds since 1970

std::vector<std::int64_t> repeats(PictureLine& line, std::int64_t until) {
  std::vector<std::int64_t> instants;
  while (const auto at = line.repeat(until)) instants.push_back(*at);
  return instants;
}

TEST(PictureLine, RepeatsNothingBeforeTheFirstPicture) {
  PictureLine line({25, 1}, 90000, base::kSecond);
  EXPECT_EQ(repeats(line, 90000), std::vector<std::int64_t>{});
}

TEST(PictureLine, RepeatsOnTheFrameGridUpToTheInstantAskedFor) {
  PictureLine line({25, 1}, 90000, base::kSecond);
  const std::int64_t start = kDay * 90000;
  line.take(start);
  EXPECT_EQ(repeats(line, start + 3 * 3600 - 1), (std::vector<std::int64_t>{start + 3600, start + 7200}));
  EXPECT_EQ(repeats(line, start + 3 * 3600), (std::vector<std::int64_t>{start + 10800}));
  EXPECT_EQ(repeats(line, start + 3 * 3600), std::vector<std::int64_t>{});
  EXPECT_TRUE(line.repeating());
}

// 30000/1001 frames a second in ticks of 90000 and of 1000: the grid never drifts.
TEST(PictureLine, KeepsTheGridOfNtscRatesForADay) {
  for (const std::int64_t timescale : {30000, 90000, 1000}) {
    PictureLine line({30000, 1001}, timescale, base::kSecond);
    const std::int64_t first = 30'000 * kDay / 1001;
    const auto at = [&](std::int64_t frame) { return media::rescale(frame, 30000, 1001 * timescale); };
    line.take(at(first));
    for (std::int64_t frame = 1; frame < 1000; ++frame) ASSERT_EQ(line.repeat(at(first + frame)), at(first + frame));
  }
}

TEST(PictureLine, LeavesHalfAFrameAfterAPictureOffTheGrid) {
  PictureLine line({10, 1}, 1000, base::kSecond);
  line.take(1099);
  EXPECT_EQ(repeats(line, 1300), (std::vector<std::int64_t>{1200, 1300}));
}

TEST(PictureLine, CoversPicturesThatAreNotPastWhatWasShown) {
  PictureLine line({25, 1}, 90000, base::kSecond);
  EXPECT_FALSE(line.covers(INT64_MIN));
  line.take(3600);
  repeats(line, 10800);
  EXPECT_TRUE(line.covers(7200));
  EXPECT_TRUE(line.covers(10800));
  EXPECT_FALSE(line.covers(10801));
}

TEST(PictureLine, FillsHolesFromFourTenthsOfASecondToTheLimit) {
  PictureLine line({25, 1}, 90000, base::kSecond);
  line.take(0);
  EXPECT_FALSE(line.hole_before(36000));
  EXPECT_TRUE(line.hole_before(36001));
  EXPECT_TRUE(line.hole_before(90000));
  EXPECT_FALSE(line.hole_before(90001));
}

TEST(PictureLine, LeavesAHoleThatNobodyHeldForTooLong) {
  PictureLine line({25, 1}, 90000, base::kSecond);
  line.take(0);
  EXPECT_EQ(repeats(line, 3'600'000'100), (std::vector<std::int64_t>{3'600'000'000}));
  EXPECT_EQ(repeats(line, 3'600'003'700), (std::vector<std::int64_t>{3'600'003'600}));
}

TEST(PictureLine, RepeatsASourceOfUnknownRateTenTimesASecond) {
  PictureLine line({0, 1}, 90000, base::kSecond);
  EXPECT_EQ(line.period(), 9000);
  line.take(100);
  EXPECT_EQ(repeats(line, 20000), (std::vector<std::int64_t>{9000, 18000}));
}

TEST(ShownRate, IsAMultipleOfASlowSourcesRate) {
  EXPECT_EQ(shown_rate({25, 1}), (media::Rational{25, 1}));
  EXPECT_EQ(shown_rate({5, 2}), (media::Rational{5, 2}));
  EXPECT_EQ(shown_rate({2, 1}), (media::Rational{4, 1}));
  EXPECT_EQ(shown_rate({1, 1}), (media::Rational{3, 1}));
  EXPECT_EQ(shown_rate({1, 2}), (media::Rational{5, 2}));
  EXPECT_EQ(shown_rate({1000, 1001}), (media::Rational{3000, 1001}));
  EXPECT_EQ(shown_rate({0, 1}), (media::Rational{0, 1}));
}

TEST(PictureLine, MakesUpForTenSecondsAtOnceAndNotForMore) {
  PictureLine ten({25, 1}, 90000, base::kSecond);
  ten.take(0);
  EXPECT_EQ(repeats(ten, 10 * 90000).size(), 250U);
  PictureLine more({25, 1}, 90000, base::kSecond);
  more.take(0);
  EXPECT_EQ(repeats(more, 10 * 90000 + 1), std::vector<std::int64_t>{10 * 90000});
}

TEST(PictureLine, RepeatsHalfAFrameBehindAPictureAtTheEarliest) {
  PictureLine line({10, 1}, 1000, base::kSecond);
  line.take(1050);
  EXPECT_EQ(line.repeat(1200), 1100);
  line.take(1151);
  EXPECT_EQ(line.repeat(1300), 1300) << "1200 is less than half a frame behind it";
}

TEST(PictureLine, IsRepeatingUntilAPictureComes) {
  PictureLine line({25, 1}, 90000, base::kSecond);
  EXPECT_FALSE(line.repeating());
  line.take(0);
  EXPECT_FALSE(line.repeating());
  EXPECT_EQ(line.repeat(3599), std::nullopt);
  EXPECT_FALSE(line.repeating());
  EXPECT_EQ(line.repeat(3600), 3600);
  EXPECT_TRUE(line.repeating());
  line.take(7200);
  EXPECT_FALSE(line.repeating());
}

TEST(PictureLine, HasNoHoleBeforeItsFirstPicture) {
  const PictureLine line({25, 1}, 90000, base::kSecond);
  EXPECT_FALSE(line.hole_before(90000));
}

TEST(PictureLine, RepeatsASlowSourceAtAMultipleOfItsRate) {
  PictureLine line({1, 1}, 90000, base::kSecond);
  EXPECT_EQ(line.rate(), (media::Rational{3, 1}));
  EXPECT_EQ(line.period(), 30000);
  line.take(0);
  EXPECT_EQ(repeats(line, 90000), (std::vector<std::int64_t>{30000, 60000, 90000}));
}

}  // namespace
}  // namespace transcode
