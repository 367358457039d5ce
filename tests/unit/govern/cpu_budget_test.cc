#include "govern/cpu_budget.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace govern {
namespace {

constexpr CpuBudget::Machine kIdle{1.0, 8};

/// Ladders whose workers use the CPU that they are told to.
struct Measured {
  struct Running {
    double weight = 1;
    double cores = 1;
    bool saving = false;
    base::Micros cpu = 0;
  };
  void run(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      now += base::kSecond;
      for (auto& [channel, ladder] : ladders) {
        ladder.cpu += static_cast<base::Micros>(ladder.cores * base::kSecond);
        budget.sample(now, {channel, ladder.weight, ladder.cpu, ladder.saving});
      }
    }
  }
  bool fits(double idle, double weight, double reserve = 0) const {
    return budget.fits(now, {idle, 8}, weight, reserve);
  }

  base::Micros now = 100 * base::kSecond;
  std::map<std::string, Running> ladders;
  CpuBudget budget;
};

TEST(CpuBudget, KnowsNothingBeforeALadderWasMeasured) {
  Measured machine;
  EXPECT_EQ(machine.budget.expected(5), 0);
  EXPECT_TRUE(machine.fits(0, 5, 0.5));
  machine.ladders["a"] = {};
  machine.run(20);
  EXPECT_EQ(machine.budget.expected(5), 0) << "the first ten seconds have the start in them";
  machine.run(1);
  EXPECT_DOUBLE_EQ(machine.budget.expected(5), 5);
}

TEST(CpuBudget, ALadderCostsByItsWeightWhatTheOthersDo) {
  Measured machine;
  machine.ladders["a"] = {2, 1.0};
  machine.ladders["b"] = {4, 3.5};
  machine.run(30);
  EXPECT_DOUBLE_EQ(machine.budget.expected(1), 0.75);
  EXPECT_DOUBLE_EQ(machine.budget.expected(4), 3.0);
}

TEST(CpuBudget, FitsWhereWhatItCostsIsFreeBesideTheReserve) {
  Measured machine;
  machine.ladders["a"] = {1, 2.0};
  machine.run(30);
  EXPECT_TRUE(machine.fits(0.25, 1));
  EXPECT_FALSE(machine.fits(0.24, 1));
  EXPECT_FALSE(machine.fits(0.3, 1, 0.1));
  EXPECT_TRUE(machine.fits(0.4, 1, 0.1));
}

TEST(CpuBudget, CountsLaddersThatHaveJustBegun) {
  Measured machine;
  machine.ladders["a"] = {1, 2.0};
  machine.run(30);
  machine.ladders["b"] = {1, 0.0};
  machine.run(1);
  EXPECT_DOUBLE_EQ(machine.budget.free(machine.now, kIdle), 6.0) << "8 less what b will take";
  machine.run(10);
  EXPECT_DOUBLE_EQ(machine.budget.free(machine.now, kIdle), 8.0) << "what it takes is in the share that is idle";
}

TEST(CpuBudget, DoesNotMeasureOneThatDoesLess) {
  Measured machine;
  machine.ladders["a"] = {1, 2.0};
  machine.run(30);
  machine.ladders["a"].saving = true;
  machine.ladders["a"].cores = 0.5;
  machine.run(60);
  EXPECT_DOUBLE_EQ(machine.budget.expected(1), 2.0);
  machine.ladders["a"].saving = false;
  machine.run(11);
  EXPECT_DOUBLE_EQ(machine.budget.expected(1), 0.5);
}

TEST(CpuBudget, ANewWorkerIsMeasuredAnew) {
  Measured machine;
  machine.ladders["a"] = {1, 2.0};
  machine.run(30);
  machine.ladders["a"].cpu = 0;
  machine.ladders["a"].cores = 1.0;
  machine.run(1);
  EXPECT_EQ(machine.budget.expected(1), 0);
  machine.run(30);
  EXPECT_DOUBLE_EQ(machine.budget.expected(1), 1.0);
}

TEST(CpuBudget, ALadderOfAnotherWeightIsMeasuredAnew) {
  Measured machine;
  machine.ladders["a"] = {1, 2.0};
  machine.run(30);
  machine.ladders["a"].weight = 4;
  machine.run(1);
  EXPECT_EQ(machine.budget.expected(1), 0) << "two cores were not for a weight of four";
  machine.ladders["a"].cores = 6.0;
  machine.run(30);
  EXPECT_DOUBLE_EQ(machine.budget.expected(1), 1.5);
}

TEST(CpuBudget, ForgetsLaddersThatHaveEnded) {
  Measured machine;
  machine.ladders["a"] = {1, 2.0};
  machine.ladders["b"] = {1, 4.0};
  machine.run(30);
  EXPECT_DOUBLE_EQ(machine.budget.expected(1), 3.0);
  machine.ladders.erase("b");
  machine.run(11);
  EXPECT_DOUBLE_EQ(machine.budget.expected(1), 2.0);
}

}  // namespace
}  // namespace govern
