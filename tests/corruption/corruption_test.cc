#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "corruption/driver.h"

namespace corruption {
namespace {

/// A failure says how it is repeated.
bool passes(const Scenario& scenario, const job::Options& options, Judge::Options judged) {
  const std::string what = describe(scenario);
  SCOPED_TRACE(what);
  const Outcome outcome = play(scenario, options, judged);
  std::string faults;
  for (const std::string& fault : outcome.faults) faults += "\n  " + fault;
  if (std::getenv("CORRUPTION_VERBOSE") != nullptr) std::printf("%s\n  %s\n", what.c_str(), outcome.summary.c_str());
  EXPECT_TRUE(faults.empty()) << what << "\n  " << outcome.summary << faults;
  return faults.empty();
}

class Corruption : public testing::TestWithParam<int> {};

TEST_P(Corruption, LeavesACopiedLogInOrder) {
  const auto what = static_cast<What>(GetParam());
  for (unsigned seed = 1; seed <= 2; ++seed) {
    const Scenario scenario = make_scenario(seed, what);
    passes(scenario, copying(), judged(scenario));
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Corruption, testing::Range(0, static_cast<int>(kLastWhat) + 1));

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
