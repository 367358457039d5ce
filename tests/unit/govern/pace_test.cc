#include "govern/pace.h"

#include <gtest/gtest.h>

#include <string>

namespace govern {
namespace {

constexpr base::Micros kStart = 1'700'000'000 * base::kSecond;

/// A ladder that takes each step that it asks for.
struct Ladder {
  /// Returns the steps of `seconds` such seconds, "+1@3" for one to level 1 in the third second from now.
  std::string run(int seconds, bool bad) {
    std::string steps;
    for (int i = 1; i <= seconds; ++i) {
      now += base::kSecond;
      pace.on_second(now, bad);
      const int before = pace.level();
      if (pace.wants_up()) {
        pace.rise(now);
      } else if (pace.wants_down(now)) {
        pace.fall(now);
      }
      if (pace.level() == before) continue;
      steps += (pace.level() > before ? "+" : "-") + std::to_string(pace.level()) + "@" + std::to_string(i) + " ";
    }
    return steps;
  }
  std::string calm(int seconds) { return run(seconds, false); }
  std::string short_of_cpu(int seconds) { return run(seconds, true); }

  base::Micros now = kStart;
  Pace pace{kStart};
};

TEST(Pace, ALadderThatKeepsUpStaysAtFullQuality) {
  Ladder ladder;
  EXPECT_EQ(ladder.calm(600), "");
  EXPECT_EQ(ladder.pace.level(), 0);
}

TEST(Pace, AsksForAStepAfterTwoBadSecondsAndAnotherAfterTwoMore) {
  Ladder ladder;
  EXPECT_EQ(ladder.short_of_cpu(5), "+1@2 +2@4 ");
}

TEST(Pace, OneBadSecondIsForgiven) {
  Ladder ladder;
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(ladder.short_of_cpu(1), "");
    EXPECT_EQ(ladder.calm(1), "");
  }
}

TEST(Pace, OneThatIsSparedAsksAgainAfterTwoMore) {
  Pace pace(kStart);
  pace.on_second(kStart + 1, true);
  EXPECT_FALSE(pace.wants_up());
  pace.on_second(kStart + 2, true);
  EXPECT_TRUE(pace.wants_up());
  pace.spare();
  EXPECT_FALSE(pace.wants_up());
  pace.on_second(kStart + 3, true);
  EXPECT_FALSE(pace.wants_up());
  pace.on_second(kStart + 4, true);
  EXPECT_TRUE(pace.wants_up());
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

TEST(Pace, TroubleOfAnotherBeginsTheMinuteAnew) {
  Ladder ladder;
  ladder.short_of_cpu(2);
  EXPECT_EQ(ladder.calm(59), "");
  ladder.pace.disturb(ladder.now);
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

}  // namespace
}  // namespace govern
