#include "hls/window.h"

#include <gtest/gtest.h>

#include "feeder.h"

namespace hls {
namespace {

using testing::Feeder;
using testing::kPart;
using testing::kSlot;

TEST(Window, ListsClosedSegmentsAndKeepsTheOpenOneApart) {
  Feeder feed;
  feed.segments(100, 101);
  feed.part(102, 0);
  EXPECT_EQ(feed.listed(), "100 101");
  EXPECT_EQ(feed.open().msn, 102);
  EXPECT_EQ(Feeder::shape(feed.open()), "m");
}

TEST(Window, ARevisionDoesNotChangeWhenTheWindowDoes) {
  Feeder feed;
  feed.part(100, 0);
  const Revision before = feed.window.revision();
  feed.part(100, 1);
  feed.segments(101, 140);
  EXPECT_EQ(before.open->parts.size(), 1U);
  EXPECT_TRUE(before.closed->segments.empty());
}

TEST(Window, RemovesTheOldestAsANewOneCloses) {  // LL-21, LL-24
  Feeder feed(6);
  feed.segments(100, 105);
  EXPECT_EQ(feed.listed(), "100 101 102 103 104 105");
  feed.segment(106);
  EXPECT_EQ(feed.listed(), "101 102 103 104 105 106");
}

TEST(Window, ARemovedSegmentStaysForItsDurationTheLongestPlaylistAndItsLifeInCaches) {  // LL-27, LL-123
  Feeder feed(6);
  // 100 appeared when it closed, at 202 s, and stays for its own 2 s, the playlist's 12 s, the 12 s that a cache may
  // show that playlist, and 10 s more: until a segment closes at 238 s, which is 118.
  feed.segments(100, 117);
  EXPECT_NE(feed.closed().find(100), nullptr);
  EXPECT_EQ(feed.closed().find(100)->parts.size(), 4U);
  feed.segment(118);
  EXPECT_EQ(feed.closed().find(100), nullptr);
  EXPECT_NE(feed.closed().find(101), nullptr);
  EXPECT_EQ(feed.listed(), "113 114 115 116 117 118");
}

TEST(Window, WhatACachedPlaylistListsCanBeFetchedForAsLongAsTheCacheMayShowIt) {  // LL-123
  Feeder feed(6);
  for (std::int64_t msn = 100; msn < 160; ++msn) {
    feed.segment(msn);
    const std::int64_t oldest_cached = msn - longest_cache_life(2) / 2;  // newest of a playlist that a cache shows
    for (std::int64_t listed = oldest_cached - 5; listed <= oldest_cached; ++listed) {
      if (listed >= 100) {
        EXPECT_NE(feed.closed().find(listed), nullptr) << listed << " at " << msn;
      }
    }
  }
}

TEST(Window, MemoryIsBoundedOverADay) {
  Feeder feed(6);
  std::size_t most = 0;
  for (std::int64_t msn = 100; msn < 43300; ++msn) {
    feed.segment(msn);
    most = std::max(most, feed.closed().segments.size());
  }
  EXPECT_LE(most, 18U);
}

TEST(Window, TheHintFollowsTheOpenSegmentAndItsLastPart) {  // LL-75
  Feeder feed;
  feed.part(100, 0);
  EXPECT_EQ(feed.window.revision().hint_msn(), 100);
  EXPECT_EQ(feed.window.revision().hint_part(), 1U);
  feed.part(100, 1, true);
  EXPECT_EQ(feed.window.revision().hint_msn(), 101);
  EXPECT_EQ(feed.window.revision().hint_part(), 0U);
  feed.end(100);
  EXPECT_EQ(feed.window.revision().hint_msn(), 101);
  EXPECT_EQ(feed.window.revision().hint_part(), 0U);
}

TEST(Window, APartThatComesAgainOrLateIsDropped) {
  Feeder feed;
  feed.segment(100);
  feed.part(101, 0);
  feed.gap(101, 1);
  EXPECT_EQ(feed.part(101, 0), Outcome::kLate);
  EXPECT_EQ(feed.part(101, 1), Outcome::kLate);  // declared a gap already
  EXPECT_EQ(feed.part(100, 4), Outcome::kLate);
  EXPECT_EQ(feed.end(100), Outcome::kLate);
  EXPECT_EQ(Feeder::shape(feed.open()), "mg");
}

TEST(Window, APartAfterTheLastIsRefusedBecauseTheNextSegmentIsHinted) {
  Feeder feed;
  feed.part(100, 0, true);
  EXPECT_EQ(feed.part(100, 1), Outcome::kConflict);
}

TEST(Window, PartsPassedOverAreGaps) {  // LL-63
  Feeder feed;
  feed.part(100, 0);
  EXPECT_EQ(feed.part(100, 3), Outcome::kFilled);
  EXPECT_EQ(Feeder::shape(feed.open()), "mggm");
  EXPECT_EQ(feed.open().parts[1].duration, kPart);
  EXPECT_EQ(feed.window.filled(), 2U);
}

TEST(Window, SegmentsPassedOverAreGapSegmentsOfTheirSlots) {  // LL-33, LL-21
  Feeder feed;
  feed.segment(100);
  feed.part(101, 0);
  EXPECT_EQ(feed.part(104, 0), Outcome::kFilled);
  EXPECT_EQ(feed.listed(), "100 101 102 103");
  EXPECT_EQ(Feeder::shape(*feed.closed().find(101)), "mggg");
  const Segment& missing = *feed.closed().find(102);
  EXPECT_TRUE(missing.gap());
  EXPECT_EQ(missing.start, 102 * kSlot);
  EXPECT_EQ(missing.duration, kSlot);
  EXPECT_EQ(Feeder::shape(missing), "gggg");
}

TEST(Window, AnOutageLongerThanTheWindowLeavesAWindowOfGaps) {
  Feeder feed(6);
  feed.segments(100, 110);
  EXPECT_EQ(feed.part(1'000'000, 0), Outcome::kFilled);
  EXPECT_EQ(feed.listed(), "999994 999995 999996 999997 999998 999999");
  EXPECT_TRUE(feed.closed().find(999994)->gap());
  EXPECT_EQ(feed.closed().find(110), nullptr);  // long past its time
}

TEST(Window, AFirstPartInTheMiddleOfItsSlotHasGapsBeforeIt) {
  Feeder feed;
  EXPECT_EQ(feed.part(100, 2), Outcome::kFilled);
  EXPECT_EQ(Feeder::shape(feed.open()), "ggm");
  EXPECT_EQ(feed.open().start, 100 * kSlot);
}

TEST(Window, ASegmentEndWithoutPartsIsAGapSegment) {
  Feeder feed;
  feed.segment(100);
  EXPECT_EQ(feed.end(101), Outcome::kFilled);
  EXPECT_EQ(Feeder::shape(*feed.closed().find(101)), "gggg");
}

TEST(Window, ImpossibleValuesAreRefused) {
  Feeder feed;
  feed.segment(100);
  const Part good{kPart, true, false, base::Bytes::copy_of("x")};
  EXPECT_EQ(feed.window.add_part(-1, 0, 0, good, false), Outcome::kConflict);
  EXPECT_EQ(feed.window.add_part(INT64_MAX, 0, 0, good, false), Outcome::kConflict);
  EXPECT_EQ(feed.window.add_part(101, 0, INT64_MAX, good, false), Outcome::kConflict);
  EXPECT_EQ(feed.window.add_part(101, 0, INT64_MIN, good, false), Outcome::kConflict);
  EXPECT_EQ(feed.window.add_part(101, UINT32_MAX, 101 * kSlot, good, false), Outcome::kConflict);
  EXPECT_EQ(feed.window.add_part(101, 0, 101 * kSlot, {0, true, false, good.data}, false), Outcome::kConflict);
  EXPECT_EQ(feed.window.add_part(101, 0, 101 * kSlot, {INT64_MAX, true, false, good.data}, false), Outcome::kConflict);
  EXPECT_EQ(feed.window.add_part(101, 0, 101 * kSlot, {kPart, true, false, {}}, false), Outcome::kConflict);
  EXPECT_EQ(feed.window.end_segment(101, 101 * kSlot, -5), Outcome::kConflict);
  EXPECT_EQ(feed.listed(), "100");
}

TEST(Window, ASegmentBeyondTheTargetDurationIsCutToItAndCounted) {  // LL-11
  Feeder feed;
  feed.part(100, 0);
  feed.window.end_segment(100, 100 * kSlot, 2 * kSlot);
  EXPECT_EQ(feed.closed().find(100)->duration, kSlot);
  EXPECT_EQ(feed.window.overlong(), 1U);
}

TEST(Window, ANewFormatBeginsWithTheNextSegment) {  // LL-54, CM-6
  Feeder feed;
  feed.part(100, 0);
  feed.window.set_format(Feeder::init("B"), 90000, kPart);
  feed.part(100, 1);
  EXPECT_EQ(feed.open().init->uri, "init-A.mp4");
  feed.end(100);
  feed.part(101, 0);
  EXPECT_EQ(feed.open().init->uri, "init-B.mp4");
}

TEST(Window, ANewFormatAfterASegmentClosedIsTheNextSegments) {
  Feeder feed;
  feed.segment(100);
  feed.window.set_format(Feeder::init("B"), 48000, 24000);
  EXPECT_EQ(feed.window.add_part(101, 0, 101 * 96000, {24000, true, false, base::Bytes::copy_of("x")}, false),
            Outcome::kAdded);
  EXPECT_EQ(feed.open().init->uri, "init-B.mp4");
  EXPECT_EQ(feed.open().timescale, 48000);
  EXPECT_EQ(feed.open().start_utc(), 202 * base::kSecond);
}

TEST(Window, ADiscontinuityKeepsItsNumberWhenItLeavesTheWindow) {  // LL-38
  Feeder feed(6);
  feed.segments(100, 101);
  ASSERT_TRUE(feed.discontinuities.add(102));
  feed.segments(102, 110);
  EXPECT_FALSE(feed.closed().find(105)->discontinuity);
  EXPECT_EQ(feed.closed().find(105)->discontinuities, 1);
  EXPECT_EQ(feed.discontinuities.number(101), 0);
  EXPECT_EQ(feed.discontinuities.number(102), 1);
}

TEST(Window, NothingIsTakenAfterTheEnd) {  // LL-44
  Feeder feed;
  feed.segment(100);
  feed.part(101, 0);
  feed.window.end();
  EXPECT_EQ(feed.listed(), "100 101");
  EXPECT_EQ(feed.closed().find(101)->duration, kPart);
  EXPECT_EQ(feed.part(102, 0), Outcome::kLate);
  EXPECT_TRUE(feed.window.revision().ended);
}

TEST(Window, ANewSessionKeepsTheOldObjectsAndTheirNumbers) {  // LL-22, LL-46, LL-68
  Feeder feed;
  feed.segments(100, 102);
  feed.window.end();
  feed.window.restart(103);
  EXPECT_EQ(feed.part(102, 0), Outcome::kLate);
  EXPECT_EQ(feed.part(103, 0), Outcome::kAdded);
  EXPECT_EQ(feed.listed(), "");
  EXPECT_NE(feed.closed().find(101), nullptr);
}

TEST(Discontinuities, AreForgottenWithoutLosingCount) {
  Discontinuities discontinuities;
  for (std::int64_t msn = 0; msn < 10'000; ++msn) EXPECT_TRUE(discontinuities.add(msn * 2));
  EXPECT_EQ(discontinuities.number(19'998), 10'000);
  EXPECT_EQ(discontinuities.number(19'996), 9'999);
  EXPECT_FALSE(discontinuities.add(19'998));
  EXPECT_TRUE(discontinuities.at(19'998));
  EXPECT_FALSE(discontinuities.at(19'999));
}

}  // namespace
}  // namespace hls
