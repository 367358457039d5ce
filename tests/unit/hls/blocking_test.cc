#include "hls/blocking.h"

#include <gtest/gtest.h>

namespace hls {
namespace {

// Segment 99 is the last complete one, with four parts (0 to 3); segment 100 is open with parts 0 and 1.
Edge edge() {
  Edge edge;
  edge.ready = true;
  edge.open = 100;
  edge.open_parts = 2;
  edge.last_parts = 4;
  edge.advance_limit = 6;
  return edge;
}
Edge just_closed() {
  Edge edge = hls::edge();
  edge.open_parts = 0;
  return edge;
}

Directives ask(std::uint64_t msn) {
  Directives directives;
  directives.msn = msn;
  return directives;
}
Directives ask(std::uint64_t msn, std::uint64_t part) {
  Directives directives = ask(msn);
  directives.part = part;
  return directives;
}

const Decision kNow{Verdict::kAnswer};
const Decision kBad{Verdict::kBadRequest};
Decision wait(std::int64_t msn, std::uint32_t part) { return {Verdict::kWait, msn, part}; }

TEST(Blocking, WithoutDirectivesTheAnswerIsNow) { EXPECT_EQ(decide({}, edge()), kNow); }

TEST(Blocking, WithoutDirectivesAPlaylistOfPartsAloneIsWaitedOut) {  // LL-111
  Edge first = edge();
  first.parts_only = true;
  EXPECT_EQ(decide({}, first), (Decision{Verdict::kWait}));
  EXPECT_EQ(decide(ask(100, 1), first), kNow);  // who asks by part can start from parts
  EXPECT_EQ(decide(ask(100, 2), first), wait(100, 2));
  first.ended = true;
  EXPECT_EQ(decide({}, first), kNow);
}

TEST(Blocking, AMalformedQueryIsRefused) {  // LL-94, LL-95
  Directives directives;
  directives.malformed = true;
  EXPECT_EQ(decide(directives, edge()), kBad);
  Edge waiting;
  EXPECT_EQ(decide(directives, waiting), kBad);
}

TEST(Blocking, ACompleteSegmentIsAnsweredNow) {  // LL-96
  EXPECT_EQ(decide(ask(99), edge()), kNow);
  EXPECT_EQ(decide(ask(99, 0), edge()), kNow);
  EXPECT_EQ(decide(ask(99, 3), edge()), kNow);
  EXPECT_EQ(decide(ask(98, 3), edge()), kNow);
}

TEST(Blocking, ASegmentBeforeTheWindowIsAnsweredNow) {  // LL-96, AMB-6
  EXPECT_EQ(decide(ask(0), edge()), kNow);
  EXPECT_EQ(decide(ask(1, 7), edge()), kNow);
}

TEST(Blocking, APartOfTheOpenSegmentThatIsThereIsAnsweredNow) {  // LL-97
  EXPECT_EQ(decide(ask(100, 0), edge()), kNow);
  EXPECT_EQ(decide(ask(100, 1), edge()), kNow);
}

TEST(Blocking, APartOfTheOpenSegmentThatIsNotThereIsWaitedFor) {  // LL-98
  EXPECT_EQ(decide(ask(100, 2), edge()), wait(100, 2));
  EXPECT_EQ(decide(ask(100, 0), just_closed()), wait(100, 0));
}

TEST(Blocking, TheWaitForAPartEndsWithThatPart) {  // LL-98
  Edge later = edge();
  later.open_parts = 3;
  EXPECT_EQ(decide(ask(100, 2), later), kNow);
}

TEST(Blocking, TheWaitForAPartThatNeverCameEndsWithTheNextSegmentsFirst) {  // LL-98
  Edge closed = edge();
  closed.open = 101;
  closed.open_parts = 0;
  closed.last_parts = 2;
  EXPECT_EQ(decide(ask(100, 2), closed), wait(101, 0));
  closed.open_parts = 1;
  EXPECT_EQ(decide(ask(100, 2), closed), kNow);
}

TEST(Blocking, APartBeyondTheLastOfACompleteSegmentIsTheNextSegmentsFirst) {  // LL-99
  EXPECT_EQ(decide(ask(99, 4), edge()), kNow);
  EXPECT_EQ(decide(ask(99, 1'000'000), edge()), kNow);
  EXPECT_EQ(decide(ask(98, 1'000'000), just_closed()), kNow);
  EXPECT_EQ(decide(ask(99, 4), just_closed()), wait(100, 0));
  EXPECT_EQ(decide(ask(99, 1'000'000), just_closed()), wait(100, 0));
}

TEST(Blocking, AnMsnAloneMeansItsFirstPart) {  // LL-100, AMB-1
  EXPECT_EQ(decide(ask(100), edge()), kNow);
  EXPECT_EQ(decide(ask(100), just_closed()), wait(100, 0));
}

TEST(Blocking, TheSegmentAfterTheOpenOneIsWaitedForWithinTheLimit) {  // LL-100, LL-102
  EXPECT_EQ(decide(ask(101), edge()), wait(101, 0));
  EXPECT_EQ(decide(ask(101, 6), edge()), wait(101, 6));
  EXPECT_EQ(decide(ask(101, 7), edge()), kBad);
  EXPECT_EQ(decide(ask(101), just_closed()), wait(101, 0));
}

TEST(Blocking, MoreThanTwoBeyondTheLastCompleteSegmentIsRefused) {  // LL-101
  EXPECT_EQ(decide(ask(102), edge()), kBad);
  EXPECT_EQ(decide(ask(102, 0), edge()), kBad);
  EXPECT_EQ(decide(ask(UINT64_MAX), edge()), kBad);
  EXPECT_EQ(decide(ask(UINT64_MAX, UINT64_MAX), edge()), kBad);
}

TEST(Blocking, AFarPartOfTheOpenSegmentIsWaitedForUnlessStrict) {  // LL-102, AMB-2
  EXPECT_EQ(decide(ask(100, 50), edge()), wait(100, 50));
  EXPECT_EQ(decide(ask(100, 7), edge(), AheadInOpen::kLimited), wait(100, 7));
  EXPECT_EQ(decide(ask(100, 8), edge(), AheadInOpen::kLimited), kBad);
}

TEST(Blocking, AbsurdPartsAreOneWish) {  // bounded variety of waits
  EXPECT_EQ(decide(ask(100, 1'000'000), edge()), decide(ask(100, UINT64_MAX), edge()));
}

TEST(Blocking, AfterTheEndEverythingIsAnsweredNow) {  // LL-44, LL-45
  Edge ended = edge();
  ended.ended = true;
  Directives malformed;
  malformed.malformed = true;
  EXPECT_EQ(decide(ask(105, 3), ended), kNow);
  EXPECT_EQ(decide(ask(100, 2), ended), kNow);
  EXPECT_EQ(decide(malformed, ended), kNow);
}

TEST(Blocking, BeforeTheFirstPlaylistEverythingWaits) {  // LL-111
  Edge none;
  EXPECT_EQ(decide({}, none), (Decision{Verdict::kWait, -1, 0}));
  EXPECT_EQ(decide(ask(7, 1), none), (Decision{Verdict::kWait, -1, 0}));
}

TEST(Blocking, ARenditionThatNeverHadMediaIsAbsentAfterTheEnd) {  // LL-111: never an empty 200
  Edge none;
  none.ended = true;
  EXPECT_EQ(decide({}, none).verdict, Verdict::kAbsent);
}

TEST(Blocking, TheAdvancePartLimitIsThreeSecondsOfPartsRoundedUp) {  // AMB-3
  EXPECT_EQ(advance_part_limit(20000), 15U);
  EXPECT_EQ(advance_part_limit(50000), 6U);
  EXPECT_EQ(advance_part_limit(50100), 6U);
  EXPECT_EQ(advance_part_limit(33400), 9U);
  EXPECT_EQ(advance_part_limit(99999), 4U);
  EXPECT_EQ(advance_part_limit(100000), 3U);
  EXPECT_EQ(advance_part_limit(200000), 3U);
}

TEST(Blocking, APlaylistOfWholeSegmentsWaitsForTheEndOfOne) {  // LL-110
  EXPECT_EQ(decide_whole({}, edge()), kNow);
  EXPECT_EQ(decide_whole(ask(99), edge()), kNow);
  EXPECT_EQ(decide_whole(ask(100), edge()), wait(100, 0));
  EXPECT_EQ(decide_whole(ask(100, 1), edge()), wait(100, 0)) << "a part that is there makes no segment";
  EXPECT_EQ(decide_whole(ask(101), edge()), wait(100, 0)) << "decided anew at each segment's end";
  EXPECT_EQ(decide_whole(ask(102), edge()), kBad);
  EXPECT_EQ(decide_whole(ask(UINT64_MAX), edge()), kBad);
}

TEST(Blocking, APlaylistOfWholeSegmentsWaitsForItsFirstOne) {  // LL-111
  Edge first = edge();
  first.parts_only = true;
  EXPECT_EQ(decide_whole({}, first), (Decision{Verdict::kWait}));
  EXPECT_EQ(decide_whole(ask(100), first), (Decision{Verdict::kWait}));
  EXPECT_EQ(decide_whole({}, Edge{}), (Decision{Verdict::kWait}));
  Directives malformed;
  malformed.malformed = true;
  EXPECT_EQ(decide_whole(malformed, edge()), kBad);
}

TEST(Blocking, AnEndedPlaylistOfWholeSegmentsIsAnsweredNow) {  // LL-45
  Edge ended = edge();
  ended.ended = true;
  EXPECT_EQ(decide_whole(ask(500), ended), kNow);
  ended.ready = false;
  EXPECT_EQ(decide_whole({}, ended), (Decision{Verdict::kAbsent}));
}

}  // namespace
}  // namespace hls
