#include "timeline/stamp_watch.h"

#include <gtest/gtest.h>

namespace timeline {
namespace {

using base::kMillisecond;
using base::kSecond;
using Stamp = StampWatch::Verdict;

constexpr base::Micros kStep = 100 * kMillisecond;
constexpr base::Micros kAnew = 500 * kSecond;

/// A track of ten packets a second that arrive as they are stamped, one second of which has passed.
struct Watched {
  StampWatch watch;
  base::Micros arrived = 0;

  Watched() {
    for (int i = 0; i < 10; ++i) EXPECT_EQ(check(arrived + kStep), Stamp::kSteady);
  }
  Stamp check(base::Micros dts) {
    arrived += kStep;
    return watch.check(dts, arrived, {});
  }
};

TEST(StampWatch, TakesHalfASecondOfStampsThatFitEachOtherForANewClock) {
  Watched track;
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(track.check(kAnew + i * kStep), Stamp::kOff) << i;
    EXPECT_EQ(track.watch.expected(), track.arrived) << "what would have fitted";
  }
  EXPECT_EQ(track.check(kAnew + 5 * kStep), Stamp::kMoved);
  EXPECT_EQ(track.check(kAnew + 6 * kStep), Stamp::kSteady);
}

TEST(StampWatch, TakesNoTwoStampsForANewClockHoweverFarApartTheyAre) {
  Watched track;
  EXPECT_EQ(track.check(kAnew), Stamp::kOff);
  EXPECT_EQ(track.check(kAnew + kSecond), Stamp::kOff) << "two may be damaged alike";
  EXPECT_EQ(track.check(kAnew + kSecond + kStep), Stamp::kMoved);
}

TEST(StampWatch, CountsAnewWhereWrongStampsDoNotFitEachOther) {
  Watched track;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(track.check((i % 2 == 0 ? 1 : 2) * kAnew), Stamp::kOff) << i;
  EXPECT_EQ(track.check(track.arrived + kStep), Stamp::kSteady);
}

TEST(StampWatch, ExpectsASourceThatWasAheadWhereItUsuallyIsAfterThePause) {
  Watched track;
  for (int i = 0; i < 160; ++i) {  // 16 s of packets in 160 ms
    track.arrived += kMillisecond;
    EXPECT_EQ(track.watch.check(kSecond + (i + 1) * kStep, track.arrived, {}), Stamp::kSteady) << i;
  }
  track.arrived = 17 * kSecond;
  EXPECT_EQ(track.check(kAnew), Stamp::kOff);
  EXPECT_EQ(track.watch.expected() / kSecond, 17) << "and not 16 s later";
}

TEST(StampWatch, ExpectsASourceThatPausesToHaveGoneOnMeanwhile) {
  Watched track;
  track.arrived += 20 * kSecond;
  EXPECT_EQ(track.check(kAnew), Stamp::kOff);
  EXPECT_EQ(track.watch.expected(), track.arrived);
}

TEST(StampWatch, ExpectsNoSourceBeforeWhatItSent) {
  Watched track;
  const base::Micros ahead = 60 * kSecond;
  for (base::Micros dts = track.arrived; dts < ahead;)
    track.watch.check(dts += kStep, track.arrived += kMillisecond, {});
  track.arrived += 2 * kSecond;
  EXPECT_EQ(track.check(kAnew), Stamp::kOff);
  EXPECT_EQ(track.watch.expected(), ahead + kStep);
}

TEST(StampWatch, KnowsTheUsualStepAfterFive) {
  StampWatch watch;
  base::Micros time = 0;
  watch.check(time, time, {});
  for (const base::Micros step : {40, 40, 10, 70}) {
    time += step * kMillisecond;
    watch.check(time, time, {});
    EXPECT_EQ(watch.usual_step(), 0);
  }
  time += 40 * kMillisecond;
  watch.check(time, time, {});
  EXPECT_EQ(watch.usual_step(), 40 * kMillisecond);
}

}  // namespace
}  // namespace timeline
