#include "govern/pace.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace govern {
namespace {

constexpr int kMost = 4;

/// A ladder that is asked ten times a second.
struct Ladder {
  /// For `seconds`: media waits `lag`, and `lost` pictures are lost in each. Returns the steps, "+1@3" for one to level
  /// 1 in the third second from now.
  std::string run(int seconds, base::Micros lag, std::uint64_t lost) {
    std::string steps;
    for (int i = 1; i <= seconds * 10; ++i) {
      now += 100 * base::kMillisecond;
      load.lag = lag;
      if (i % 10 == 5) load.lost += lost;
      const auto step = pace.update(now, load, kMost);
      if (!step) continue;
      newest = *step;
      steps +=
          (step->to > step->from ? "+" : "-") + std::to_string(step->to) + "@" + std::to_string((i + 9) / 10) + " ";
    }
    return steps;
  }
  std::string calm(int seconds) { return run(seconds, 0, 0); }
  std::string short_of_cpu(int seconds) { return run(seconds, 0, 10); }
  /// Its first sample.
  Ladder() { pace.update(now, load, kMost); }

  base::Micros now = 1'700'000'000 * base::kSecond;
  Load load;
  Pace pace;
  Pace::Step newest;
};

TEST(Pace, ALadderThatKeepsUpStaysAtFullQuality) {
  Ladder ladder;
  EXPECT_EQ(ladder.run(600, 200 * base::kMillisecond, 2), "");
  EXPECT_EQ(ladder.pace.level(), 0);
}

TEST(Pace, TakesAStepAfterTwoSecondsOfLostPicturesAndAnotherAfterTwoMore) {
  Ladder ladder;
  EXPECT_EQ(ladder.short_of_cpu(5), "+1@2 +2@4 ");
  EXPECT_EQ(ladder.newest.lost, 10U);
}

TEST(Pace, TakesAStepAfterTwoSecondsOfLag) {
  Ladder ladder;
  EXPECT_EQ(ladder.run(3, 300 * base::kMillisecond, 0), "+1@3 ") << "the first second began without";
  EXPECT_EQ(ladder.newest.lag, 300 * base::kMillisecond);
}

TEST(Pace, ABurstOfTheNetworkIsNoLag) {
  Ladder ladder;
  std::string steps;
  for (int second = 0; second < 20; ++second) {
    for (int tenth = 0; tenth < 10; ++tenth) {
      ladder.now += 100 * base::kMillisecond;
      ladder.load.lag = tenth < 8 ? 2 * base::kSecond : 0;
      if (ladder.pace.update(ladder.now, ladder.load, kMost)) steps += "!";
    }
  }
  EXPECT_EQ(steps, "");
}

TEST(Pace, OneBadSecondIsForgiven) {
  Ladder ladder;
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(ladder.short_of_cpu(1), "");
    EXPECT_EQ(ladder.calm(1), "");
  }
}

TEST(Pace, StopsAtTheLastLevel) {
  Ladder ladder;
  EXPECT_EQ(ladder.short_of_cpu(60), "+1@2 +2@4 +3@6 +4@8 ");
  EXPECT_EQ(ladder.pace.level(), kMost);
}

TEST(Pace, TakesAStepBackAfterEachCalmMinute) {
  Ladder ladder;
  ladder.short_of_cpu(4);
  EXPECT_EQ(ladder.calm(200), "-1@60 -0@120 ");
}

TEST(Pace, ABadSecondBeginsTheMinuteAnew) {
  Ladder ladder;
  ladder.short_of_cpu(2);
  EXPECT_EQ(ladder.calm(59), "");
  EXPECT_EQ(ladder.short_of_cpu(1), "");
  EXPECT_EQ(ladder.calm(70), "-0@60 ");
}

TEST(Pace, WaitsTwiceAsLongEachTimeTheLowerLevelDoesNotLast) {
  Ladder ladder;
  ladder.short_of_cpu(2);
  EXPECT_EQ(ladder.calm(60), "-0@60 ");
  EXPECT_EQ(ladder.short_of_cpu(2), "+1@2 ");
  EXPECT_EQ(ladder.calm(120), "-0@120 ");
  for (const int wait : {240, 480, 600, 600}) {
    EXPECT_EQ(ladder.short_of_cpu(2), "+1@2 ");
    EXPECT_EQ(ladder.calm(wait), "-0@" + std::to_string(wait) + " ");
  }
}

TEST(Pace, WaitsLessAgainOnceALowerLevelLasts) {
  Ladder ladder;
  ladder.short_of_cpu(2);
  ladder.calm(60);
  ladder.short_of_cpu(6);
  EXPECT_EQ(ladder.pace.level(), 3);
  EXPECT_EQ(ladder.calm(320), "-2@120 -1@240 -0@300 ") << "level 2 has lasted for the 120 s";
}

TEST(Pace, AClockThatJumpsOrACounterThatBeginsAnewIsNoBadSecond) {
  Ladder ladder;
  ladder.load.lost = 1000;
  ladder.now += 3600 * base::kSecond;
  EXPECT_FALSE(ladder.pace.update(ladder.now, ladder.load, kMost));
  ladder.now -= 7200 * base::kSecond;
  ladder.load.lost = 2000;
  EXPECT_FALSE(ladder.pace.update(ladder.now, ladder.load, kMost));
  ladder.load.lost = 0;
  EXPECT_EQ(ladder.calm(5), "");
}

}  // namespace
}  // namespace govern
