#include "channel/kept_clocks.h"

#include <gtest/gtest.h>

namespace channel {
namespace {

constexpr auto kPrimary = feed::Id::kPrimary;
constexpr auto kBackup = feed::Id::kBackup;

TEST(KeptClocks, AreThoseThatTheLastWorkerHad) {
  KeptClocks clocks;
  EXPECT_FALSE(clocks.zero(kPrimary));
  job::Stats stats{};
  stats.feeds[0].clock_us = 1'000;
  stats.feeds[1].clock_us = static_cast<std::uint64_t>(-2'000);
  clocks.on_worker_gone(stats);
  EXPECT_EQ(clocks.zero(kPrimary), 1'000);
  EXPECT_EQ(clocks.zero(kBackup), -2'000) << "of a source whose stamps are ahead of 1970";
}

TEST(KeptClocks, StayWhereAWorkerDiesBeforeItHasAny) {
  KeptClocks clocks;
  job::Stats stats{};
  stats.feeds[0].clock_us = 1'000;
  clocks.on_worker_gone(stats);
  const job::Stats none{};
  clocks.on_worker();
  clocks.on_worker_gone(none);
  EXPECT_EQ(clocks.zero(kPrimary), 1'000);
}

TEST(KeptClocks, AreForgottenWithTheirPublisher) {
  KeptClocks clocks;
  job::Stats stats{};
  stats.feeds[0].clock_us = 1'000;
  stats.feeds[1].clock_us = 2'000;
  clocks.begin(kPrimary, &stats);
  clocks.on_worker_gone(stats);
  EXPECT_FALSE(clocks.zero(kPrimary)) << "the worker has not heard of the new publisher yet";
  EXPECT_EQ(clocks.zero(kBackup), 2'000);
  clocks.begin(kBackup, nullptr);
  EXPECT_FALSE(clocks.zero(kBackup));
}

TEST(KeptClocks, OfANewPublisherAreKeptOnceItsWorkerHasThem) {
  KeptClocks clocks;
  job::Stats stats{};
  stats.feeds[0].clock_us = 1'000;
  clocks.begin(kPrimary, &stats);
  stats.feeds[0].clock_us = 1'500;
  clocks.on_worker_gone(stats);
  EXPECT_EQ(clocks.zero(kPrimary), 1'500);
  clocks.begin(kPrimary, &stats);
  clocks.on_worker();
  clocks.on_worker_gone(stats);
  EXPECT_EQ(clocks.zero(kPrimary), 1'500) << "the next worker's word is its own";
}

TEST(KeptClocks, OfAFeedThatWasShownLaterThanItCameAreNotKept) {
  KeptClocks clocks;
  job::Stats stats{};
  stats.feeds[0].clock_us = 1'000;
  clocks.on_worker_gone(stats);
  stats.feeds[0].delay_us = 1;
  clocks.on_worker_gone(stats);
  EXPECT_FALSE(clocks.zero(kPrimary));
}

}  // namespace
}  // namespace channel
