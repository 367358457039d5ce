#include "origin/marker_list.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace origin {
namespace {

using base::kSecond;
using Outcome = MarkerList::Outcome;

constexpr base::Micros kStart = 1'776'000'000 * kSecond;

record::Marker marker(const std::string& id, base::Micros start = kStart) {
  record::Marker made;
  made.id = id;
  made.kind = "scte35";
  made.start = start;
  return made;
}

record::Marker out(const std::string& id, base::Micros start = kStart) {
  record::Marker made = marker(id, start);
  made.attributes = {{"SCTE35-OUT", "0xFC01", true}};
  return made;
}

class MarkerListTest : public ::testing::Test {
 protected:
  std::string lines(base::Micros oldest = kStart - 60 * kSecond) { return list_.lines({oldest, kStart, 0})->all; }
  /// How many tags there are.
  std::ptrdiff_t count(base::Micros oldest = kStart - 60 * kSecond) {
    const std::string text = lines(oldest);
    return std::count(text.begin(), text.end(), '\n');
  }

  MarkerList list_{MarkerList::Shown{}};
};

TEST_F(MarkerListTest, ShowsThemAsTheyCame) {
  EXPECT_EQ(lines(), "");
  EXPECT_EQ(list_.apply(out("a"), kStart), Outcome::kShown);
  EXPECT_EQ(list_.apply(marker("b", kStart - kSecond), kStart), Outcome::kShown);
  EXPECT_EQ(lines(),
            "#EXT-X-DATERANGE:ID=\"a\",CLASS=\"scte35\",START-DATE=\"2026-04-12T13:20:00.000Z\",SCTE35-OUT=0xFC01\n"
            "#EXT-X-DATERANGE:ID=\"b\",CLASS=\"scte35\",START-DATE=\"2026-04-12T13:19:59.000Z\"\n");
}

TEST_F(MarkerListTest, GivesTheSamePointerWhileNothingChanges) {
  list_.apply(out("a"), kStart);
  const auto first = list_.lines({kStart, kStart, 0});
  EXPECT_EQ(list_.lines({kStart + kSecond, kStart, 0}), first);
  list_.apply(out("b"), kStart);
  EXPECT_NE(list_.lines({kStart + kSecond, kStart, 0}), first);
  EXPECT_EQ(first->all.find("\"b\""), std::string::npos) << "what was given out does not change";
}

TEST_F(MarkerListTest, AddsTheEndToABreakAndChangesNothingElse) {  // DR-2
  record::Marker begin = out("a");
  begin.planned_duration = 30 * kSecond;
  list_.apply(begin, kStart);
  record::Marker end = out("a", kStart + 5 * kSecond);
  end.end = kStart + 28 * kSecond;
  end.planned_duration = 99 * kSecond;
  end.attributes = {{"SCTE35-OUT", "0xFC09", true}, {"SCTE35-IN", "0xFC02", true}};
  list_.apply(end, kStart);
  EXPECT_EQ(lines(),
            "#EXT-X-DATERANGE:ID=\"a\",CLASS=\"scte35\",START-DATE=\"2026-04-12T13:20:00.000Z\",DURATION=28.00000,"
            "PLANNED-DURATION=30.00000,SCTE35-OUT=0xFC01,SCTE35-IN=0xFC02\n");
}

TEST_F(MarkerListTest, TakesBackWhatIsCancelled) {  // DR-11
  list_.apply(out("a"), kStart);
  list_.apply(out("b"), kStart);
  record::Marker cancel = out("a");
  cancel.canceled = true;
  EXPECT_EQ(list_.apply(cancel, kStart), Outcome::kShown);
  EXPECT_EQ(count(), 1);
  EXPECT_EQ(list_.apply(cancel, kStart), Outcome::kNotShown) << "it was never there";
}

TEST_F(MarkerListTest, KeepsEachUntilTheLastOfItsDatesHasLeft) {  // DR-5
  list_.apply(marker("point"), kStart);
  record::Marker planned = out("planned");
  planned.planned_duration = 30 * kSecond;
  list_.apply(planned, kStart);
  record::Marker ended = out("ended");
  ended.end = kStart + 20 * kSecond;
  ended.planned_duration = 90 * kSecond;
  list_.apply(ended, kStart);
  list_.apply(out("open"), kStart);
  EXPECT_EQ(count(kStart), 4);
  EXPECT_EQ(count(kStart + 1), 3);
  EXPECT_EQ(count(kStart + 20 * kSecond), 3);
  EXPECT_EQ(count(kStart + 20 * kSecond + 1), 2);
  EXPECT_EQ(count(kStart + 30 * kSecond + 1), 1);
  EXPECT_EQ(count(kStart + MarkerList::kLongestOpen), 1) << "a break that may still last";
  EXPECT_EQ(count(kStart + MarkerList::kLongestOpen + 1), 0);
}

TEST_F(MarkerListTest, AnOutageThatLastsIsKept) {
  MarkerList list({.outage = true});
  record::Marker outage = marker("outage-1");
  outage.kind = record::kOutageClass;
  list.apply(outage, kStart);
  EXPECT_NE(list.lines({kStart + 600 * kSecond, kStart, 0})->all, "");
  outage.end = kStart + 610 * kSecond;
  list.apply(outage, kStart);
  EXPECT_EQ(list.lines({kStart + 611 * kSecond, kStart, 0})->all, "");
}

TEST_F(MarkerListTest, ShowsTheClassesThatAreAskedFor) {
  const auto shown = [](MarkerList::Shown what) {
    MarkerList list(what);
    for (const char* kind : {"scte35", "outage", "switch", "com.example.score"}) {
      record::Marker made = marker(std::string("id of ") + kind);
      made.kind = kind;
      list.apply(made, kStart);
    }
    std::string found;
    for (const char* kind : {"scte35", "outage", "switch", "score"}) {
      if (list.lines({0, kStart, 0})->all.find(kind) != std::string::npos)
        found += found.empty() ? kind : std::string(" ") + kind;
    }
    return found;
  };
  EXPECT_EQ(shown({}), "scte35 score") << "by default";
  EXPECT_EQ(shown({false, true, true, false}), "outage score");
  EXPECT_EQ(shown({true, false, false, true}), "scte35 switch");
}

TEST_F(MarkerListTest, RefusesTheImpossible) {
  EXPECT_EQ(list_.apply(marker(""), kStart), Outcome::kImpossible);
  EXPECT_EQ(list_.apply(marker("a", -1), kStart), Outcome::kImpossible);
  EXPECT_EQ(list_.apply(marker("a", INT64_MAX), kStart), Outcome::kImpossible);
  record::Marker backward = marker("a");
  backward.end = kStart - 1;
  EXPECT_EQ(list_.apply(backward, kStart), Outcome::kImpossible);
  record::Marker endless = marker("a");
  endless.planned_duration = INT64_MAX;
  EXPECT_EQ(list_.apply(endless, kStart), Outcome::kImpossible);
  record::Marker strange = marker("a");
  strange.attributes = {{"X-A\nB", "1", false}};
  EXPECT_EQ(list_.apply(strange, kStart), Outcome::kImpossible);
  record::Marker large = marker("a");
  large.attributes = {{"X-A", std::string(20'000, 'x'), false}};
  EXPECT_EQ(list_.apply(large, kStart), Outcome::kImpossible);
  EXPECT_EQ(lines(), "");
}

TEST_F(MarkerListTest, HoldsSoManyAndDropsTheOldest) {
  for (std::size_t i = 0; i < MarkerList::kMost + 10; ++i) list_.apply(marker(std::to_string(i)), kStart);
  EXPECT_EQ(count(), static_cast<std::ptrdiff_t>(MarkerList::kMost));
  EXPECT_EQ(list_.dropped(), 10U);
  EXPECT_EQ(lines().find("ID=\"9\""), std::string::npos);
  EXPECT_NE(lines().find("ID=\"10\""), std::string::npos);
}

TEST_F(MarkerListTest, HoldsSoManyBytes) {
  for (int i = 0; i < 100; ++i) {
    record::Marker large = marker(std::to_string(i));
    large.attributes = {{"X-A", std::string(4000, 'x'), false}};
    list_.apply(large, kStart);
    list_.apply(large, kStart);
    EXPECT_LE(lines().size(), MarkerList::kMostBytes);
  }
  EXPECT_GT(lines().size(), MarkerList::kMostBytes * 9 / 10);
  EXPECT_GT(list_.dropped(), 80U);
}

/// What a delta update that leaves date ranges out says at `edge`, seconds from kStart, where CAN-SKIP-UNTIL is 12 s:
/// ids, and behind a bar those that are gone.
class MarkerDeltaTest : public MarkerListTest {
 protected:
  std::string delta(std::int64_t edge, std::int64_t oldest = -600) {
    const auto lines = list_.lines({kStart + oldest * kSecond, kStart + edge * kSecond, 12 * kSecond});
    std::string found;
    for (std::size_t at = lines->recent.find("ID=\""); at != std::string::npos;
         at = lines->recent.find("ID=\"", at + 1))
      found += lines->recent.substr(at + 4, lines->recent.find('"', at + 4) - at - 4) + " ";
    return found + "|" + lines->removed;
  }
  void add(const record::Marker& marker, std::int64_t edge) { list_.apply(marker, kStart + edge * kSecond); }
};

TEST_F(MarkerDeltaTest, HasThoseThatCameWithinTheSkipBoundary) {  // LL-90
  add(out("a"), 0);
  add(out("b"), 5);
  EXPECT_EQ(delta(5), "a b |");
  EXPECT_EQ(delta(12), "a b |");
  EXPECT_EQ(delta(13), "b |");
  EXPECT_EQ(delta(18), "|");
  EXPECT_EQ(lines(), list_.lines({kStart - 60 * kSecond, kStart, 0})->all) << "all are still there";
  EXPECT_EQ(count(), 2);
}

TEST_F(MarkerDeltaTest, HasOneAgainThatChanges) {
  add(out("a"), 0);
  EXPECT_EQ(delta(20), "|");
  record::Marker end = out("a");
  end.end = kStart + 15 * kSecond;
  add(end, 21);
  EXPECT_EQ(delta(22), "a |");
  EXPECT_EQ(delta(34), "|");
}

TEST_F(MarkerDeltaTest, NamesThoseThatWentWithinTheSkipBoundary) {  // LL-90
  add(marker("a"), 0);
  add(marker("b", kStart + kSecond), 0);
  add(out("c"), 0);
  EXPECT_EQ(delta(30, 0), "|");
  EXPECT_EQ(delta(31, 2), "|a\tb") << "separated by a tab";
  record::Marker cancel = out("c");
  cancel.canceled = true;
  add(cancel, 40);
  EXPECT_EQ(delta(43, 2), "|a\tb\tc");
  EXPECT_EQ(delta(44, 2), "|c");
  EXPECT_EQ(delta(53, 2), "|");
}

TEST_F(MarkerDeltaTest, OneThatCameAgainIsNotGone) {
  add(out("a"), 0);
  record::Marker cancel = out("a");
  cancel.canceled = true;
  add(cancel, 20);
  EXPECT_EQ(delta(21), "|a");
  add(out("a"), 22);
  EXPECT_EQ(delta(22), "a |");
}

TEST_F(MarkerDeltaTest, WhatIsDroppedForTheBoundIsNamedToo) {
  for (std::size_t i = 0; i <= MarkerList::kMost; ++i) add(out("m" + std::to_string(i)), 0);
  const std::string text = delta(30);
  EXPECT_EQ(text, "|") << "long ago";
  add(out("another"), 40);
  EXPECT_EQ(delta(41), "another |m1");
}

TEST_F(MarkerDeltaTest, AnIdCannotBreakTheTag) {
  add(marker("a\"\tb"), 0);
  EXPECT_EQ(delta(30, 10), "|a__b");
}

}  // namespace
}  // namespace origin
