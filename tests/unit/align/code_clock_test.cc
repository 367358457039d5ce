#include "align/code_clock.h"

#include <gtest/gtest.h>

namespace align {
namespace {

using base::kMillisecond;
using base::kSecond;

constexpr base::Micros kHour = 3600 * kSecond;
constexpr base::Micros kFrame = 40 * kMillisecond;

/// `count` pictures from `stamp` on, each with the code of its time if stamp 0 is at `origin`.
void run(CodeClock& clock, base::Micros stamp, int count, base::Micros origin, base::Micros step = kFrame) {
  for (int i = 0; i < count; ++i) clock.note(stamp + i * step, origin + stamp + i * step);
}

TEST(CodeClock, ACodeRunsOnceItHasAgreedWithTheStampsForASecond) {
  CodeClock clock;
  run(clock, 5 * kSecond, 25, 10 * kHour);
  EXPECT_FALSE(clock.origin());
  EXPECT_EQ(clock.newest(), 10 * kHour);
  run(clock, 6 * kSecond, 1, 10 * kHour);
  EXPECT_EQ(clock.origin(), 10 * kHour);
}

TEST(CodeClock, ThreeGroupHeadersAreEnough) {
  CodeClock clock;
  run(clock, 0, 2, 10 * kHour, 2 * kSecond);
  EXPECT_FALSE(clock.origin());
  run(clock, 4 * kSecond, 1, 10 * kHour);
  EXPECT_EQ(clock.origin(), 10 * kHour);
}

TEST(CodeClock, ACodeThatStandsStillDoesNotRun) {
  CodeClock clock;
  for (int i = 0; i < 200; ++i) clock.note(i * kFrame, 10 * kHour);
  EXPECT_FALSE(clock.origin());
}

TEST(CodeClock, CodesAreRoundedDownSoThatTheLatestCounts) {
  CodeClock clock;
  for (int i = 0; i < 100; ++i) clock.note(i * 20 * kMillisecond, 10 * kHour + i / 2 * kFrame);
  EXPECT_EQ(clock.origin(), 10 * kHour) << "pairs of pictures: the second one has the code of the first";
}

TEST(CodeClock, ADamagedCodeChangesNothing) {
  CodeClock clock;
  run(clock, 0, 50, 10 * kHour);
  clock.note(2 * kSecond, 3 * kHour);
  clock.note(2 * kSecond + kFrame, 4 * kHour);
  EXPECT_EQ(clock.origin(), 10 * kHour);
  run(clock, 3 * kSecond, 1, 10 * kHour);
  clock.note(3 * kSecond + kFrame, 4 * kHour);
  EXPECT_EQ(clock.origin(), 10 * kHour) << "not in a row";
}

TEST(CodeClock, ACodeThatIsSetAnewIsFollowed) {
  CodeClock clock;
  run(clock, 0, 50, 10 * kHour);
  run(clock, 2 * kSecond, 10, 11 * kHour);
  EXPECT_FALSE(clock.origin());
  EXPECT_EQ(clock.newest(), 11 * kHour);
  run(clock, 3 * kSecond, 20, 11 * kHour);
  EXPECT_EQ(clock.origin(), 11 * kHour);
}

TEST(CodeClock, GoesThroughMidnight) {
  CodeClock clock;
  constexpr base::Micros kBefore = 24 * kHour - kSecond;
  for (int i = 0; i < 100; ++i) clock.note(i * kFrame, (kBefore + i * kFrame) % (24 * kHour));
  EXPECT_EQ(clock.origin(), kBefore);
  CodeClock around;
  for (int i = 0; i < 100; ++i) around.note(i * kFrame, i * kFrame - i % 2 * kMillisecond);
  EXPECT_EQ(around.origin(), 0) << "some put stamp 0 just before midnight";
}

TEST(CodeClock, IsGoneSecondsAfterTheLastCode) {
  CodeClock clock;
  run(clock, 0, 50, 10 * kHour);
  clock.pass(6 * kSecond);
  EXPECT_TRUE(clock.origin());
  clock.pass(7 * kSecond);
  EXPECT_FALSE(clock.origin());
  EXPECT_FALSE(clock.newest());
}

TEST(CodeClock, IsGoneWhenTheStampsJump) {
  CodeClock clock;
  run(clock, 0, 50, 10 * kHour);
  clock.pass(-10 * kSecond);
  EXPECT_FALSE(clock.origin());
}

TEST(CodeClock, TimesOfDayAreLessThanHalfADayApart) {
  EXPECT_EQ(day_distance(kHour, 3 * kHour), 2 * kHour);
  EXPECT_EQ(day_distance(23 * kHour, kHour), 2 * kHour);
  EXPECT_EQ(day_distance(kHour, 23 * kHour), -2 * kHour);
  EXPECT_EQ(day_distance(-30 * kHour, 30 * kHour), -12 * kHour);
}

}  // namespace
}  // namespace align
