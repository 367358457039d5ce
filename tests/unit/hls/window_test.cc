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

TEST(Window, SegmentsAreIndependentAgainWhenTheOneThatWasNotHasLeft) {  // LL-48
  Feeder feed(6);
  feed.segments(100, 101);
  EXPECT_TRUE(feed.window.independent_segments());
  const auto dependent = [&](std::uint32_t index) {
    feed.window.add_part(102, index, 102 * kSlot + index * kPart, {kPart, false, false, base::Bytes::copy_of("x")},
                         index == 3);
  };
  for (std::uint32_t i = 0; i < 4; ++i) {
    dependent(i);
    EXPECT_FALSE(feed.window.independent_segments());
  }
  feed.end(102);
  feed.segments(103, 107);
  EXPECT_EQ(feed.listed(), "102 103 104 105 106 107");
  EXPECT_FALSE(feed.window.independent_segments());
  feed.segment(108);
  EXPECT_TRUE(feed.window.independent_segments());
}

TEST(Window, GapsBeforeTheKeyFrameLeaveASegmentIndependent) {  // LL-48
  Feeder feed;
  feed.gap(100, 0);
  feed.window.add_part(100, 1, 100 * kSlot + kPart, {kPart, true, false, base::Bytes::copy_of("x")}, false);
  feed.part(100, 2);
  EXPECT_TRUE(feed.window.independent_segments());
}

TEST(Window, ANewFormatBeginsWithTheNextSegment) {  // LL-54, CM-6
  Feeder feed;
  feed.part(100, 0);
  feed.window.set_format({Feeder::init("B"), 90000, kPart});
  feed.part(100, 1);
  EXPECT_EQ(feed.open().init->uri, "init-A.mp4");
  feed.end(100);
  feed.part(101, 0);
  EXPECT_EQ(feed.open().init->uri, "init-B.mp4");
}

TEST(Window, ANewFormatAfterASegmentClosedIsTheNextSegments) {
  Feeder feed;
  feed.segment(100);
  feed.window.set_format({Feeder::init("B"), 48000, 24000});
  EXPECT_EQ(feed.window.add_part(101, 0, 101 * 96000, {24000, true, false, base::Bytes::copy_of("x")}, false),
            Outcome::kAdded);
  EXPECT_EQ(feed.open().init->uri, "init-B.mp4");
  EXPECT_EQ(feed.open().timescale, 48000);
  EXPECT_EQ(feed.open().start_utc(), 202 * base::kSecond);
}

/// A second format, whose ticks are `timescale` a second, and records in it.
struct Change {
  explicit Change(std::int64_t timescale) : scale(timescale) {}
  /// Part `index` of segment `msn`, half a second.
  Outcome part(Feeder& feed, std::int64_t msn, std::uint32_t index, bool last = false) const {
    return feed.window.add_part(msn, index, (msn * 4 + index) * scale / 2,
                                {scale / 2, index == 0, false, testing::bytes_of(msn, index)}, last);
  }
  void segment(Feeder& feed, std::int64_t msn) const {
    for (std::uint32_t i = 0; i < 4; ++i) EXPECT_EQ(part(feed, msn, i, i == 3), Outcome::kAdded) << msn << "." << i;
    EXPECT_EQ(feed.window.end_segment(msn, msn * 2 * scale, 2 * scale), Outcome::kAdded);
  }
  Format format() const { return {Feeder::init("B"), scale, scale / 2}; }
  std::int64_t scale;
};

TEST(Window, RecordsOfTheOpenSegmentAreInItsOwnTicksAlsoAfterANewFormat) {  // LL-15, LL-51, LL-59
  for (const std::int64_t timescale : {30'000, 24'000, 44'100, 180'000, 1'000'000}) {
    const Change change(timescale);
    Feeder feed;
    feed.segment(100);
    feed.part(101, 0);
    feed.window.set_format(change.format());
    EXPECT_TRUE(feed.window.begin_format(102));
    for (std::uint32_t i = 1; i < 4; ++i) EXPECT_EQ(feed.part(101, i, i == 3), Outcome::kAdded);
    EXPECT_EQ(feed.end(101), Outcome::kAdded);
    change.segment(feed, 102);
    for (std::int64_t msn = 100; msn <= 102; ++msn) {
      const Segment& segment = *feed.closed().find(msn);
      EXPECT_EQ(segment.start_utc(), msn * 2 * base::kSecond) << msn << " after a change to " << timescale;
      EXPECT_EQ(segment.span(), 2 * base::kSecond) << msn << " after a change to " << timescale;
      EXPECT_EQ(segment.parts_end_utc(), segment.end_utc()) << msn << " after a change to " << timescale;
    }
    EXPECT_EQ(feed.window.filled(), 0U);
    EXPECT_EQ(feed.window.overlong(), 0U);
  }
}

TEST(Window, ARenditionThatIsBehindKeepsItsFormatForWholeSegments) {
  const Change change(30'000);
  Feeder feed;
  feed.segment(100);
  feed.window.set_format(change.format());
  feed.window.begin_format(103);  // another rendition has begun 102
  feed.segments(101, 102);
  EXPECT_EQ(feed.closed().find(102)->init->uri, "init-A.mp4");
  EXPECT_EQ(feed.closed().find(102)->span(), 2 * base::kSecond);
  EXPECT_EQ(feed.open().init->uri, "init-B.mp4");
  EXPECT_EQ(feed.open().start_utc(), 206 * base::kSecond);
  change.segment(feed, 103);
  EXPECT_EQ(feed.closed().find(103)->init->uri, "init-B.mp4");
  EXPECT_EQ(feed.closed().find(103)->span(), 2 * base::kSecond);
}

TEST(Window, WhatIsPassedOverHasTheFormatOfItsNumber) {
  const Change change(30'000);
  Feeder feed;
  feed.segment(100);
  feed.part(101, 0);
  feed.window.set_format(change.format());
  feed.window.begin_format(103);
  EXPECT_EQ(change.part(feed, 105, 0), Outcome::kFilled);
  for (std::int64_t msn = 101; msn <= 104; ++msn) {
    EXPECT_EQ(feed.closed().find(msn)->timescale, msn < 103 ? 90'000 : 30'000);
    EXPECT_EQ(feed.closed().find(msn)->start_utc(), msn * 2 * base::kSecond);
    EXPECT_EQ(feed.closed().find(msn)->span(), 2 * base::kSecond);
  }
}

TEST(Window, TheHintNamesTheInitSectionOfThePartThatComesNext) {  // LL-78
  Feeder feed;
  feed.segment(100);
  feed.part(101, 0);
  feed.window.set_format(Change(30'000).format());
  feed.window.begin_format(103);
  EXPECT_EQ(feed.window.revision().next_init->uri, "init-A.mp4");
  for (std::uint32_t i = 1; i < 4; ++i) feed.part(101, i, i == 3);
  EXPECT_EQ(feed.window.revision().next_init->uri, "init-A.mp4");
  feed.end(101);
  for (std::uint32_t i = 0; i < 4; ++i) feed.part(102, i, i == 3);
  EXPECT_EQ(feed.window.revision().next_init->uri, "init-B.mp4");
}

TEST(Window, AFormatThatIsReplacedBeforeItBeganIsNeverUsed) {
  Feeder feed;
  feed.part(100, 0);
  feed.window.set_format({Feeder::init("B"), 48'000, 24'000});
  feed.window.begin_format(101);
  feed.window.set_format({Feeder::init("C"), 30'000, 15'000});
  feed.window.begin_format(101);
  EXPECT_FALSE(feed.window.begin_format(103));  // nothing is left to be dated
  feed.end(100);
  EXPECT_EQ(feed.open().init->uri, "init-C.mp4");
  EXPECT_EQ(feed.open().timescale, 30'000);
}

TEST(Window, FormatsAreBoundedHoweverManyAreAnnounced) {
  Feeder feed;
  feed.part(100, 0);
  for (std::int64_t i = 0; i < 1000; ++i) {
    feed.window.set_format({Feeder::init(std::to_string(i)), 1000 + i, 500});
    feed.window.begin_format(102 + i);
  }
  feed.end(100);
  EXPECT_EQ(feed.open().init->uri, "init-A.mp4");
  feed.window.add_part(5000, 0, 10'000 * 1999, {999, true, false, base::Bytes::copy_of("x")}, false);
  EXPECT_EQ(feed.open().init->uri, "init-999.mp4");
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
  feed.window.restart(103, Feeder::options(30));
  EXPECT_EQ(feed.part(102, 0), Outcome::kLate);
  EXPECT_EQ(feed.part(103, 0), Outcome::kAdded);
  EXPECT_EQ(feed.listed(), "");
  EXPECT_NE(feed.closed().find(101), nullptr);
}

TEST(Window, ANewSessionOfLongerSegmentsWhoseNumbersWereRaised) {  // LL-128
  Feeder feed;
  feed.segments(100, 102);
  feed.window.end();
  Window::Options broadcast = Feeder::options(30);
  broadcast.segment = {2002, 1000};
  feed.window.restart(103, broadcast);
  feed.window.set_format({Feeder::init("B"), 30'000, 15'015});
  const auto part = [&](std::int64_t slot) {
    return feed.window.add_part(slot + kNumberingStep, 0, slot * 60'060,
                                {15'015, true, false, base::Bytes::copy_of("x")}, false);
  };
  EXPECT_EQ(part(110), Outcome::kAdded);
  EXPECT_EQ(part(113), Outcome::kFilled);  // what lies between is found by the slots of the new session
  const Segment& filled = *feed.closed().find(112 + kNumberingStep);
  EXPECT_EQ(filled.start, 112 * 60'060);
  EXPECT_EQ(filled.duration, 60'060);
  EXPECT_NE(feed.closed().find(102), nullptr);
  EXPECT_EQ(feed.closed().find(102)->span(), 2 * base::kSecond);
}

TEST(Window, WhatIsListedStaysWhereAnotherSourceGoesOn) {  // LL-24, LL-36
  Feeder feed(4);
  feed.segments(100, 102);
  feed.part(103, 0);
  feed.part(103, 1);
  feed.window.announce_end();
  ASSERT_TRUE(feed.discontinuities.add(104));
  feed.window.break_off(104);
  EXPECT_EQ(feed.listed(), "100 101 102 103");
  EXPECT_EQ(feed.closed().find(103)->duration, 2 * kPart) << "with what it has";
  EXPECT_EQ(Feeder::shape(*feed.closed().find(103)), "mm");
  EXPECT_FALSE(feed.window.revision().closing);
  EXPECT_EQ(feed.window.revision().hint_msn(), 104);
  EXPECT_EQ(feed.window.revision().hint_part(), 0u);
  EXPECT_EQ(feed.part(103, 2), Outcome::kLate);
  feed.segment(104);
  EXPECT_EQ(feed.listed(), "101 102 103 104");
  EXPECT_TRUE(feed.closed().find(104)->discontinuity);
  EXPECT_EQ(feed.closed().find(104)->discontinuities, 1);
  EXPECT_EQ(feed.closed().find(104)->start, 104 * kSlot);
  EXPECT_EQ(feed.window.filled(), 0u);
}

TEST(Window, ARenditionThatLagsHasAGapWhereAnotherSourceGoesOn) {  // LL-21, LL-40
  Feeder feed;
  feed.segments(100, 101);
  ASSERT_TRUE(feed.discontinuities.add(103));
  feed.window.break_off(103);
  EXPECT_EQ(feed.listed(), "100 101 102");
  EXPECT_TRUE(feed.closed().find(102)->gap());
  EXPECT_FALSE(feed.closed().find(102)->discontinuity);
  EXPECT_TRUE(feed.open().discontinuity);
  EXPECT_EQ(feed.open().msn, 103);
}

TEST(Window, NothingIsBrokenOffThatHasNotBegunOrHasEnded) {
  Feeder feed;
  feed.window.break_off(103);
  EXPECT_FALSE(feed.window.revision().started());
  feed.segments(100, 101);
  feed.window.end();
  feed.window.break_off(103);
  EXPECT_EQ(feed.listed(), "100 101");
  EXPECT_TRUE(feed.window.revision().ended);
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
