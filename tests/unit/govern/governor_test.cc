#include "govern/governor.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace govern {
namespace {

/// A machine with ladders, whose governor is asked four times a second.
class Machine {
 public:
  Machine() { governor_.update(now_, {}, idle); }
  void add(const std::string& channel, Priority priority, int most = 3) {
    ladders_[channel] = {channel, priority, {}, most};
  }
  void remove(const std::string& channel) { ladders_.erase(channel); }
  Governor::Ladder& operator[](const std::string& channel) { return ladders_.at(channel); }

  /// Lets seconds pass in which ladders that are short lose pictures. Returns the steps: "match+1@2" for one of `match`
  /// to level 1 in the second second from now.
  std::string run(int seconds, const std::set<std::string>& short_of_cpu = {}) {
    std::string steps;
    for (int quarter = 1; quarter <= 4 * seconds; ++quarter) {
      now_ += base::kSecond / 4;
      std::vector<Governor::Ladder> all;
      for (auto& [channel, ladder] : ladders_) {
        if (short_of_cpu.contains(channel)) ladder.load.lost += 2;
        all.push_back(ladder);
      }
      for (const auto& step : governor_.update(now_, all, idle)) {
        newest = step;
        if (!steps.empty()) steps += " ";
        steps += step.channel + (step.to > step.from ? "+" : "-") + std::to_string(step.to) + "@" +
                 std::to_string((quarter + 3) / 4);
      }
    }
    return steps;
  }
  std::string levels() const {
    std::string text;
    for (const auto& [channel, ladder] : ladders_) text += std::to_string(governor_.level(channel));
    return text;
  }

  double idle = 0;
  Governor::Step newest;

 private:
  std::map<std::string, Governor::Ladder> ladders_;
  base::Micros now_ = 1'000 * base::kSecond;
  Governor governor_;
};

constexpr Priority kLow = Priority::kLow;
constexpr Priority kNormal = Priority::kNormal;
constexpr Priority kHigh = Priority::kHigh;

TEST(Governor, LeavesLaddersThatKeepUpAlone) {
  Machine machine;
  machine.add("a", kNormal);
  machine.add("b", kLow);
  EXPECT_EQ(machine.run(300), "");
}

TEST(Governor, ALadderThatIsShortDoesLessUpToItsLastLevel) {
  Machine machine;
  machine.add("a", kNormal);
  machine.run(1);
  EXPECT_EQ(machine.run(20, {"a"}), "a+1@2 a+2@4 a+3@6");
  EXPECT_EQ(machine.newest.because_of, "a");
  EXPECT_EQ(machine.newest.second.lost, 8U);
}

TEST(Governor, LaddersOfOnePriorityDoNotPayForOneAnother) {
  Machine machine;
  machine.add("a", kNormal);
  machine.add("b", kNormal);
  machine.run(1);
  EXPECT_EQ(machine.run(4, {"a"}), "a+1@2 a+2@4");
}

TEST(Governor, AllOfTheLowestPriorityPayUntilTheyCanDoNoLess) {
  Machine machine;
  machine.add("a", kLow, 2);
  machine.add("b", kLow, 1);
  machine.add("match", kHigh, 2);
  machine.add("news", kNormal, 1);
  machine.run(1);
  EXPECT_EQ(machine.run(2, {"match"}), "a+1@2 b+1@2");
  EXPECT_EQ(machine.newest.because_of, "match");
  EXPECT_EQ(machine.run(2, {"match"}), "a+2@2");
  EXPECT_EQ(machine.run(2, {"match"}), "news+1@2");
  EXPECT_EQ(machine.run(20, {"match"}), "match+1@2 match+2@4");
}

TEST(Governor, OneThatPaysAlreadyIsNotRaisedTwiceInASecond) {
  Machine machine;
  machine.add("a", kLow);
  machine.add("match", kHigh);
  machine.add("news", kNormal);
  machine.run(1);
  EXPECT_EQ(machine.run(2, {"a", "match", "news"}), "a+1@2");
}

TEST(Governor, OthersDoNotPayWhileTheMachineHasCpuLeft) {
  Machine machine;
  machine.add("a", kLow);
  machine.add("match", kHigh);
  machine.idle = Governor::kUsedUp;
  machine.run(1);
  EXPECT_EQ(machine.run(2, {"match"}), "match+1@2") << "it is short of a core";
  machine.idle = Governor::kUsedUp - 0.01;
  EXPECT_EQ(machine.run(2, {"match"}), "a+1@2");
}

TEST(Governor, TheHighestPriorityDoesMoreFirstAndOneAtATime) {
  Machine machine;
  machine.add("a", kLow, 1);
  machine.add("b", kLow, 1);
  machine.add("match", kHigh, 2);
  machine.run(1);
  machine.run(6, {"match"});
  EXPECT_EQ(machine.levels(), "112");
  EXPECT_EQ(machine.run(200), "match-1@60 match-0@120 a-0@123 b-0@126");
}

TEST(Governor, NobodyDoesMoreWhileOneOfAHigherPriorityIsShort) {
  Machine machine;
  machine.add("a", kLow, 1);
  machine.add("match", kHigh, 0);
  machine.run(1);
  EXPECT_EQ(machine.run(2, {"match"}), "a+1@2");
  EXPECT_EQ(machine.run(300, {"match"}), "");
  EXPECT_EQ(machine.run(100), "a-0@60");
}

TEST(Governor, TroubleOfALowerPriorityHoldsNobodyDown) {
  Machine machine;
  machine.add("a", kLow, 0);
  machine.add("match", kHigh, 1);
  machine.run(1);
  machine.run(2, {"match"});
  EXPECT_EQ(machine.run(60, {"a"}), "match-0@60");
}

TEST(Governor, WaitsLongerWhereTheCpuDidNotSuffice) {
  Machine machine;
  machine.add("a", kLow);
  machine.add("match", kHigh);
  machine.run(1);
  machine.run(2, {"match"});
  EXPECT_EQ(machine.run(60), "a-0@60");
  EXPECT_EQ(machine.run(2, {"match"}), "a+1@2");
  EXPECT_EQ(machine.run(130), "a-0@120");
}

TEST(Governor, AChannelKeepsItsLevelWhileItsWorkerIsReplaced) {
  Machine machine;
  machine.add("a", kNormal);
  machine.run(1);
  machine.run(4, {"a"});
  machine.remove("a");
  machine.run(20);
  machine.add("a", kNormal);
  EXPECT_EQ(machine.levels(), "2");
  machine.remove("a");
  machine.run(31);
  machine.add("a", kNormal);
  EXPECT_EQ(machine.levels(), "0") << "it has ended";
}

TEST(Governor, WhatAChannelLostBeforeItWasKnownIsNoTrouble) {
  Machine machine;
  machine.add("a", kNormal);
  machine.run(1);
  machine.add("b", kNormal);
  machine["b"].load.lost = 1'000;
  EXPECT_EQ(machine.run(1), "");
  machine.run(1, {"b"});
  EXPECT_EQ(machine.levels(), "00") << "one bad second";
  machine.run(1, {"b"});
  EXPECT_EQ(machine.levels(), "01");
}

TEST(Governor, AStandstillOfTheClockIsNoBadSecond) {
  Governor governor;
  std::vector<Governor::Ladder> ladders{{"a", kNormal, {0, 0}, 3}};
  base::Micros now = base::kSecond;
  for (int i = 0; i < 5; ++i) {
    governor.update(now, ladders, 0);
    ladders[0].load.lost += 100;
    now += 4 * base::kSecond;
  }
  EXPECT_EQ(governor.level("a"), 0);
}

}  // namespace
}  // namespace govern
