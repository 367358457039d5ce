#include "transcode/cadence.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace transcode {
namespace {

/// One letter a frame: K for a key frame, f for another that is shown, - for one left out.
std::string trace(KeyClock& clock, Thinner& thinner, const std::vector<std::int64_t>& frames, media::Rational rate,
                  std::int64_t timescale) {
  std::string text;
  for (const std::int64_t frame : frames) {
    const std::int64_t pts = media::rescale(frame, rate.num, rate.den * timescale);
    const bool key = clock.take(pts);
    const bool keep = thinner.keep(pts, clock.slot_start(pts), key, rate, timescale);
    text += key ? 'K' : keep ? 'f' : '-';
  }
  return text;
}

std::vector<std::int64_t> range(std::int64_t from, std::int64_t to) {
  std::vector<std::int64_t> frames;
  for (std::int64_t i = from; i < to; ++i) frames.push_back(i);
  return frames;
}

TEST(KeyClock, StartsEverySlotWithAKeyFrame) {
  KeyClock clock = KeyClock::grid({1, 1}, 90000);
  Thinner all({});
  EXPECT_EQ(trace(clock, all, range(3, 16), {5, 1}, 90000), "KfKffffKffffK");
}

TEST(KeyClock, TakesTheNextFrameWhereTheFirstOfASlotIsLost) {
  KeyClock clock = KeyClock::grid({1, 1}, 90000);
  Thinner all({});
  EXPECT_EQ(trace(clock, all, {0, 1, 2, 3, 4, 6, 7, 8, 9, 10}, {5, 1}, 90000), "KffffKfffK");
}

TEST(KeyClock, FollowsAGridOfFramesAt29Point97) {
  // 60 frames of 30000/1001: N = 2.002 s; from far along UTC, where doubles would have lost the tick.
  KeyClock clock = KeyClock::grid({60 * 1001, 30000}, 90000);
  const std::int64_t slot = 60 * 3003;
  const std::int64_t start = 900'000'000LL * slot;
  EXPECT_TRUE(clock.take(start));
  for (int i = 1; i < 60; ++i) EXPECT_FALSE(clock.take(start + i * 3003)) << i;
  EXPECT_TRUE(clock.take(start + slot));
  EXPECT_EQ(clock.slot_start(start + slot + 1), start + slot);
}

TEST(KeyClock, ForcesKeyFramesOnlyWhereAsked) {
  KeyClock clock = KeyClock::forced(5);
  clock.force_at(4);
  clock.force_at(9);
  clock.force_at(10);
  Thinner all({});
  // 9 and 10 are both behind when frame 11 comes: one key frame answers both.
  EXPECT_EQ(trace(clock, all, {0, 1, 2, 3, 4, 5, 11, 12}, {5, 1}, 5), "KfffKfKf");
}

TEST(Thinner, ShowsEveryOtherFrameAtHalfTheRate) {
  KeyClock clock = KeyClock::grid({2, 1}, 90000);
  Thinner half({25, 1});
  EXPECT_EQ(trace(clock, half, range(0, 8), {50, 1}, 90000), "K-f-f-f-");
}

TEST(Thinner, DoesNotChangeStepWhenAFrameIsLost) {
  KeyClock clock = KeyClock::grid({2, 1}, 90000);
  Thinner half({25, 1});
  EXPECT_EQ(trace(clock, half, {0, 1, 2, 3, 5, 6, 7, 8, 9}, {50, 1}, 90000), "K-f-ff-f-");
}

TEST(Thinner, KeepsTheFirstFrameOfASlotWithAnOddNumberOfThem) {
  KeyClock clock = KeyClock::grid({1, 10}, 90000);
  Thinner half({25, 1});
  EXPECT_EQ(trace(clock, half, range(0, 12), {50, 1}, 90000), "K-f-fK-f-fK-");
}

TEST(Thinner, SurvivesTimestampsRoundedToMilliseconds) {
  KeyClock clock = KeyClock::grid({2, 1}, 1000);
  Thinner half({30, 1});
  std::string text;
  for (std::int64_t pts : {0, 17, 33, 50, 67, 83, 100, 117}) {
    const bool key = clock.take(pts);
    text += key ? 'K' : half.keep(pts, 0, key, {60, 1}, 1000) ? 'f' : '-';
    if (key) static_cast<void>(half.keep(pts, 0, key, {60, 1}, 1000));
  }
  EXPECT_EQ(text, "K-f-f-f-");
}

TEST(KeyClock, SaysWhatItWouldTakeWithoutTakingIt) {
  KeyClock clock = KeyClock::grid({1, 1}, 10);
  EXPECT_TRUE(clock.peek(3)) << "the very first";
  EXPECT_TRUE(clock.peek(3));
  EXPECT_TRUE(clock.take(3));
  EXPECT_FALSE(clock.peek(9));
  EXPECT_TRUE(clock.peek(10));
  EXPECT_FALSE(clock.take(9)) << "peeking moved nothing";
  EXPECT_TRUE(clock.take(10));
}

TEST(KeyClock, ForcesAKeyFrameBesideTheGridOnes) {
  KeyClock clock = KeyClock::grid({1, 1}, 5);
  clock.force_at(7);
  Thinner all({});
  EXPECT_EQ(trace(clock, all, range(5, 12), {5, 1}, 5), "KfKffKf");
}

TEST(KeyClock, NeverPutsAForcedKeyFrameBeforeItsInstant) {
  KeyClock clock = KeyClock::forced(1000);
  EXPECT_TRUE(clock.take(0));
  clock.force_at(100);
  EXPECT_FALSE(clock.take(99));
  EXPECT_TRUE(clock.take(100));
  EXPECT_FALSE(clock.take(101)) << "once";
}

TEST(KeyClock, BoundsForcedKeysAndKeepsTheLatest) {
  KeyClock clock = KeyClock::forced(1000);
  EXPECT_TRUE(clock.take(-1));
  for (int i = 0; i < 257; ++i) clock.force_at(i * 10);
  EXPECT_FALSE(clock.peek(0)) << "the earliest had to go";
  EXPECT_TRUE(clock.peek(10));
  EXPECT_TRUE(clock.take(2560));
  EXPECT_FALSE(clock.take(2561));
}

TEST(KeyClock, HasSlotsBeforeTimeZeroToo) {
  KeyClock clock = KeyClock::grid({2, 1}, 10);
  EXPECT_EQ(clock.slot_start(-1), -20);
  EXPECT_EQ(clock.slot_start(0), 0);
  EXPECT_EQ(clock.slot_start(19), 0);
  EXPECT_EQ(clock.slot_start(20), 20);
  EXPECT_EQ(KeyClock::forced(10).slot_start(25), 0);
}

TEST(Thinner, LeavesNothingOutWhereARateIsNotKnown) {
  Thinner all({0, 1});
  Thinner half({25, 1});
  for (std::int64_t pts = 0; pts < 10; ++pts) {
    EXPECT_TRUE(all.keep(pts, 0, false, {50, 1}, 50));
    EXPECT_TRUE(half.keep(pts, 0, false, {0, 1}, 50));
  }
}

TEST(Thinner, LeavesNothingOutOfASourceThatIsSlowerThanItsRung) {
  Thinner fast({50, 1});
  for (std::int64_t pts = 0; pts < 10; ++pts) EXPECT_TRUE(fast.keep(pts, 0, false, {25, 1}, 25)) << pts;
}

TEST(Thinner, ShowsTwoOfThreeFramesAtTwoThirdsOfTheRate) {
  Thinner thinner({20, 1});
  std::string text;
  for (std::int64_t pts = 0; pts < 9; ++pts) text += thinner.keep(pts, 0, false, {30, 1}, 30) ? 'f' : '-';
  EXPECT_EQ(text, "f-ff-ff-f");
}

TEST(Thinner, ShowsAKeyFrameAndThenNoOtherOfItsFrame) {
  Thinner half({25, 1});
  EXPECT_TRUE(half.keep(0, 0, false, {50, 1}, 50));
  EXPECT_TRUE(half.keep(1, 0, true, {50, 1}, 50)) << "a key frame in every rung";
  EXPECT_TRUE(half.keep(2, 0, false, {50, 1}, 50));
  EXPECT_FALSE(half.keep(3, 0, false, {50, 1}, 50));
}

}  // namespace
}  // namespace transcode
