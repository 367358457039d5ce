#include "app/headroom_sampler.h"

#include <gtest/gtest.h>

#include <vector>

#include "unit/app/fake_clock.h"

namespace app {
namespace {

using testing::FakeClock;

/// Serve loops that are numbers, and a sampler on a loop that need not run.
struct Sampled {
  explicit Sampled(int mbps)
      : sampler(loop, clock,
                {[this] { return sent; },
                 [this](double memory, double egress) {
                   memories.push_back(memory);
                   egresses.push_back(egress);
                   if (memories.size() == stop_after) loop.stop();
                 }},
                mbps) {}
  double after_a_second(std::uint64_t bytes) {
    clock.now += base::kSecond;
    sent += bytes;
    sampler.sample();
    return egresses.back();
  }

  loop::Loop loop;
  FakeClock clock;
  std::uint64_t sent = 1'000'000'000;
  std::vector<double> memories;
  std::vector<double> egresses;
  std::size_t stop_after = 0;
  HeadroomSampler sampler;
};

TEST(HeadroomSampler, TellsWhatTheLineHasLeftSinceItBegan) {
  Sampled serving(8);
  EXPECT_DOUBLE_EQ(serving.after_a_second(250'000), 0.75) << "what was sent before it began is not counted";
  EXPECT_GE(serving.memories.back(), 0.0);
  EXPECT_LE(serving.memories.back(), 1.0);
}

TEST(HeadroomSampler, TakesANewSpeedOfTheLineAtOnce) {
  Sampled serving(0);
  EXPECT_EQ(serving.after_a_second(1'000'000), 1.0) << "not counted";
  serving.sampler.set_egress(16);
  EXPECT_DOUBLE_EQ(serving.after_a_second(1'000'000), 0.5);
}

TEST(HeadroomSampler, TellsAgainAndAgainWhileItsLoopRuns) {
  Sampled serving(8);
  serving.stop_after = 2;
  serving.loop.run();
  EXPECT_EQ(serving.egresses, (std::vector<double>{1.0, 1.0}));
}

}  // namespace
}  // namespace app
