#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "corruption/driver.h"

// Scenarios of seeds that found a fault are tests of the folder that it lay in; here each kind of damage has its turn.

namespace corruption {
namespace {

constexpr std::int64_t kMostGrowth = std::int64_t{4} << 20;

/// A failure says how it is repeated.
bool passes(const Scenario& scenario, const job::Options& options, Judge::Options judged) {
  const std::string what = describe(scenario);
  SCOPED_TRACE(what);
  const Outcome outcome = play(scenario, options, judged);
  std::string faults;
  for (const std::string& fault : outcome.faults) faults += "\n  " + fault;
  if (std::getenv("CORRUPTION_VERBOSE") != nullptr) std::printf("%s\n  %s\n", what.c_str(), outcome.summary.c_str());
  EXPECT_TRUE(faults.empty()) << what << "\n  " << outcome.summary << faults;
  EXPECT_LT(outcome.heap_growth, kMostGrowth) << what;
  return faults.empty() && outcome.heap_growth < kMostGrowth;
}

class Corruption : public testing::TestWithParam<int> {};

TEST_P(Corruption, LeavesACopiedLogInOrder) {
  const auto what = static_cast<What>(GetParam());
  const Scenario scenario = make_scenario(1, what);
  passes(scenario, copying(), judged(scenario));
}

INSTANTIATE_TEST_SUITE_P(Kinds, Corruption, testing::Range(0, static_cast<int>(kLastWhat) + 1));

TEST(CorruptionOfALadder, LeavesItsLogInOrder) {
  const Scenario scenario = make_scenario(2);
  Judge::Options options = judged(scenario);
  options.pictures = false;
  passes(scenario, laddering(), options);
}

TEST(CorruptionIsCounted, WhateverKindOfDamageItIs) {
  for (const What what : {What::kFlip, What::kGarbage, What::kScramble, What::kGlitch}) {
    Scenario scenario = make_scenario(3, what);
    scenario.format = feed::Format::kMpegTs;
    scenario.damages.front().until = scenario.damages.front().from + 2 * base::kSecond;
    const Outcome damaged = play(scenario, copying(), judged(scenario));
    Scenario sound = scenario;
    sound.damages.clear();
    EXPECT_GT(damaged.damaged, play(sound, copying(), judged(sound)).damaged) << describe(scenario);
  }
}

/// `--seeds N`: that many scenarios, from `--first` on.
int run_seeds(unsigned first, unsigned count, bool ladder) {
  unsigned failed = 0;
  for (unsigned seed = first; seed < first + count; ++seed) {
    const Scenario scenario = make_scenario(seed);
    Judge::Options options = judged(scenario);
    if (ladder) options.pictures = false;
    if (!passes(scenario, ladder ? laddering() : copying(), options)) ++failed;
  }
  std::printf("%u scenarios, %u failed\n", count, failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace corruption

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  unsigned first = 1;
  unsigned count = 0;
  bool ladder = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--ladder") ladder = true;
    if (name == "--seeds" && i + 1 < argc) count = static_cast<unsigned>(std::atoi(argv[++i]));
    if (name == "--first" && i + 1 < argc) first = static_cast<unsigned>(std::atoi(argv[++i]));
  }
  return count > 0 ? corruption::run_seeds(first, count, ladder) : RUN_ALL_TESTS();
}
