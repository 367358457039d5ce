#include "align/offset_tracker.h"

#include <gtest/gtest.h>

namespace align {
namespace {

using Kind = Match::Kind;

Match found(base::Micros offset) { return {Kind::kFound, offset, 0.95}; }

TEST(OffsetTracker, BelievesWhatThreeComparisonsInARowFind) {
  OffsetTracker tracker;
  EXPECT_FALSE(tracker.note(found(700'000)));
  EXPECT_FALSE(tracker.note(found(703'000)));
  EXPECT_FALSE(tracker.offset());
  EXPECT_TRUE(tracker.note(found(699'000)));
  ASSERT_TRUE(tracker.offset());
  EXPECT_EQ(tracker.offset()->value, 699'000);
  EXPECT_EQ(tracker.offset()->confidence, 0.95);
}

TEST(OffsetTracker, DoesNotBelieveFindingsThatDiffer) {
  OffsetTracker tracker;
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(tracker.note(found(i * 20'000)));
  EXPECT_FALSE(tracker.offset());
}

TEST(OffsetTracker, FollowsAClockThatDrifts) {
  OffsetTracker tracker;
  for (int i = 0; i < 100; ++i) tracker.note(found(i * 1000));
  EXPECT_EQ(tracker.offset()->value, 99'000);
}

TEST(OffsetTracker, TakesWhatIsUpToFifteenMillisecondsAwayForTheSame) {
  OffsetTracker tracker;
  for (int i = 0; i < 3; ++i) tracker.note(found(700'000));
  EXPECT_FALSE(tracker.note(found(715'000)));
  EXPECT_EQ(tracker.offset()->value, 715'000);
  EXPECT_FALSE(tracker.note(found(699'999)));
  EXPECT_EQ(tracker.offset()->value, 715'000) << "once does not say that it is another one";
}

TEST(OffsetTracker, KeepsItThroughSilenceAndBeats) {
  OffsetTracker tracker;
  for (int i = 0; i < 3; ++i) tracker.note(found(700'000));
  for (const Kind kind : {Kind::kQuiet, Kind::kAmbiguous, Kind::kShort}) {
    for (int i = 0; i < 100; ++i) EXPECT_FALSE(tracker.note({kind, 0, 0}));
  }
  EXPECT_EQ(tracker.offset()->value, 700'000);
}

TEST(OffsetTracker, GivesItUpWhenTenComparisonsInARowFindTwoProgrammes) {
  OffsetTracker tracker;
  for (int i = 0; i < 3; ++i) tracker.note(found(700'000));
  for (int i = 0; i < 9; ++i) EXPECT_FALSE(tracker.note({Kind::kDifferent, 0, 0.2}));
  tracker.note(found(700'000));
  for (int i = 0; i < 9; ++i) EXPECT_FALSE(tracker.note({Kind::kDifferent, 0, 0.2})) << "it was found between";
  EXPECT_TRUE(tracker.offset());
  EXPECT_TRUE(tracker.note({Kind::kDifferent, 0, 0.2}));
  EXPECT_FALSE(tracker.offset());
}

TEST(OffsetTracker, TakesAnotherOffsetOnceItIsConfirmed) {
  OffsetTracker tracker;
  for (int i = 0; i < 3; ++i) tracker.note(found(700'000));
  EXPECT_FALSE(tracker.note(found(-200'000)));
  EXPECT_FALSE(tracker.note(found(-200'000)));
  EXPECT_EQ(tracker.offset()->value, 700'000);
  EXPECT_TRUE(tracker.note(found(-200'000)));
  EXPECT_EQ(tracker.offset()->value, -200'000);
}

TEST(OffsetTracker, BeginsAnewWithoutWhatWasBefore) {
  OffsetTracker tracker;
  for (int i = 0; i < 3; ++i) tracker.note(found(700'000));
  tracker.restart();
  EXPECT_FALSE(tracker.offset());
  tracker.note(found(700'000));
  tracker.note(found(700'000));
  EXPECT_FALSE(tracker.offset());
}

}  // namespace
}  // namespace align
