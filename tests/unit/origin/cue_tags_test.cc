#include "origin/cue_tags.h"

#include <gtest/gtest.h>

#include <string>

namespace origin {
namespace {

using base::kSecond;

constexpr base::Micros kBegin = 1'776'000'000 * kSecond;  // segment 888'000'000 of 2 s
constexpr std::int64_t kFirst = 888'000'000;

struct Breaks {
  void out(const std::string& id, double at, std::optional<double> planned = std::nullopt,
           std::optional<double> end = std::nullopt) {
    tags.apply(marker(id, at, planned, end));
  }
  static record::Marker marker(const std::string& id, double at, std::optional<double> planned = std::nullopt,
                               std::optional<double> end = std::nullopt) {
    record::Marker made;
    made.id = id;
    made.kind = record::kScte35Class;
    made.start = time(at);
    if (planned) made.planned_duration = static_cast<base::Micros>(*planned * kSecond);
    if (end) made.end = time(*end);
    made.attributes = {{"SCTE35-OUT", "0xFC", true}};
    return made;
  }
  static base::Micros time(double seconds) { return kBegin + static_cast<base::Micros>(seconds * kSecond); }
  /// The lines in front of the segment that begins at `at`, or where it would on the grid; segments come in order.
  std::string segment(int number, std::optional<double> at = std::nullopt) {
    tags.begin(kFirst + number, time(at.value_or(2.0 * number)));
    return tags.lines().at(kFirst + number);
  }

  CueTags tags;
};

TEST(CueTags, AreInFrontOfTheSegmentsOfABreakAndOfTheOneAfterIt) {
  Breaks breaks;
  EXPECT_EQ(breaks.segment(0), "");
  breaks.out("a", 2, 4.0);
  EXPECT_EQ(breaks.segment(1), "#EXT-X-CUE-OUT:DURATION=4.00000\n");
  EXPECT_EQ(breaks.segment(2), "#EXT-X-CUE-OUT-CONT:ElapsedTime=2.00000,Duration=4.00000\n");
  EXPECT_EQ(breaks.segment(3), "#EXT-X-CUE-IN\n");
  EXPECT_EQ(breaks.segment(4), "");
}

TEST(CueTags, OfASegmentAreDecidedOnce) {
  Breaks breaks;
  EXPECT_EQ(breaks.segment(0), "");
  EXPECT_EQ(breaks.segment(1), "");
  breaks.out("a", 2, 10.0);
  EXPECT_EQ(breaks.segment(1), "") << "players have it without";
  EXPECT_EQ(breaks.segment(2), "#EXT-X-CUE-OUT:DURATION=8.00000\n") << "what is left of it";
  EXPECT_EQ(breaks.segment(0), "");
}

TEST(CueTags, OfABreakWithoutADurationNameNone) {
  Breaks breaks;
  breaks.out("a", 2);
  EXPECT_EQ(breaks.segment(1), "#EXT-X-CUE-OUT\n");
  EXPECT_EQ(breaks.segment(2), "#EXT-X-CUE-OUT-CONT:ElapsedTime=2.00000\n");
  breaks.out("a", 2, std::nullopt, 6.0);
  EXPECT_EQ(breaks.segment(3), "#EXT-X-CUE-IN\n");
}

TEST(CueTags, FollowTheEndThatIsToldInPlaceOfTheOneThatWasPlanned) {
  Breaks breaks;
  breaks.out("a", 2, 20.0);
  breaks.segment(1);
  breaks.out("a", 2, 20.0, 5.0);
  EXPECT_EQ(breaks.segment(2), "#EXT-X-CUE-OUT-CONT:ElapsedTime=2.00000,Duration=3.00000\n");
  EXPECT_EQ(breaks.segment(3), "#EXT-X-CUE-IN\n");
}

TEST(CueTags, ASegmentThatBeginsALittleBeforeTheSpliceBeginsThere) {
  Breaks breaks;
  breaks.out("a", 2.16, 4.0);
  EXPECT_EQ(breaks.segment(1, 2.0), "#EXT-X-CUE-OUT:DURATION=4.00000\n");
  EXPECT_EQ(breaks.segment(2, 4.0), "#EXT-X-CUE-OUT-CONT:ElapsedTime=1.80000,Duration=4.00000\n");
  EXPECT_EQ(breaks.segment(3, 6.0), "#EXT-X-CUE-IN\n") << "and ends there";
  Breaks later;
  later.out("a", 2.24, 4.0);
  EXPECT_EQ(later.segment(1, 2.0), "");
  EXPECT_EQ(later.segment(2, 4.0), "#EXT-X-CUE-OUT:DURATION=2.24000\n");
}

TEST(CueTags, AreTheSameWhicheverRenditionBeginsTheSegment) {
  Breaks video;
  Breaks sound;
  for (Breaks* breaks : {&video, &sound}) breaks->out("a", 2, 6.0);
  for (int i = 1; i < 5; ++i) EXPECT_EQ(video.segment(i), sound.segment(i, 2.0 * i + 0.021)) << i;
}

TEST(CueTags, OfABreakThatFollowsAnotherAtOnceAreBoth) {
  Breaks breaks;
  breaks.out("a", 2, 2.0);
  breaks.out("b", 4, 2.0);
  EXPECT_EQ(breaks.segment(1), "#EXT-X-CUE-OUT:DURATION=2.00000\n");
  EXPECT_EQ(breaks.segment(2), "#EXT-X-CUE-IN\n#EXT-X-CUE-OUT:DURATION=2.00000\n");
  EXPECT_EQ(breaks.segment(3), "#EXT-X-CUE-IN\n");
}

TEST(CueTags, ABreakWithinABreakHasNone) {
  Breaks breaks;
  breaks.out("outer", 2, 8.0);
  breaks.out("inner", 4, 10.0);
  breaks.segment(1);
  EXPECT_EQ(breaks.segment(2), "#EXT-X-CUE-OUT-CONT:ElapsedTime=2.00000,Duration=8.00000\n");
  breaks.segment(3);
  breaks.segment(4);
  EXPECT_EQ(breaks.segment(5), "#EXT-X-CUE-IN\n") << "nor what is left of it";
}

TEST(CueTags, WhatIsTakenBackOrOverOrNoBreakHasNone) {
  Breaks breaks;
  breaks.out("a", 4, 4.0);
  record::Marker back = Breaks::marker("a", 4);
  back.canceled = true;
  breaks.tags.apply(back);
  breaks.out("b", 0.5, 1.0);
  record::Marker goal = Breaks::marker("c", 4, 4.0);
  goal.kind = "com.example.goal";
  breaks.tags.apply(goal);
  record::Marker chapter = Breaks::marker("d", 4, 4.0);
  chapter.attributes[0].name = "SCTE35-CMD";
  breaks.tags.apply(chapter);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(breaks.segment(i), "") << i;
}

TEST(CueTags, KeepABoundedNumberOfBreaks) {
  Breaks breaks;
  for (int i = 0; i < 100; ++i) breaks.out(std::to_string(i), i < 36 ? 2 : 100 + 2 * i, 1.0);
  EXPECT_EQ(breaks.segment(1), "") << "the oldest are forgotten";
  EXPECT_EQ(breaks.segment(86), "#EXT-X-CUE-OUT:DURATION=1.00000\n") << "the first of 64";
}

}  // namespace
}  // namespace origin
