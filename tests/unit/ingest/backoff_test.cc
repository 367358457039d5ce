#include "ingest/backoff.h"

#include <gtest/gtest.h>

#include <set>

namespace ingest {
namespace {

/// Within a quarter of `expected`.
testing::AssertionResult about(base::Micros wait, base::Micros expected) {
  if (wait >= expected - expected / 4 && wait <= expected + expected / 4) return testing::AssertionSuccess();
  return testing::AssertionFailure() << wait << " is not about " << expected;
}

TEST(Backoff, DoublesUpToItsLimit) {
  for (const std::uint32_t seed : {1U, 2U, 3U, 4U, 5U}) {
    Backoff backoff({}, seed);
    for (const int expected : {500, 1000, 2000, 4000, 8000, 10'000, 10'000}) {
      EXPECT_TRUE(about(backoff.next(0), expected * base::kMillisecond));
    }
  }
}

TEST(Backoff, BeginsAnewAfterMediaForLongEnough) {
  Backoff backoff({}, 7);
  for (int i = 0; i < 6; ++i) (void)backoff.next(9'999 * base::kMillisecond);
  EXPECT_TRUE(about(backoff.next(9'999 * base::kMillisecond), 10 * base::kSecond));
  EXPECT_TRUE(about(backoff.next(10 * base::kSecond), 500 * base::kMillisecond));
  EXPECT_TRUE(about(backoff.next(0), base::kSecond));
}

TEST(Backoff, IsNotTheSameForTwoServers) {
  std::set<base::Micros> waits;
  for (std::uint32_t seed = 1; seed <= 20; ++seed) waits.insert(Backoff({}, seed).next(0));
  EXPECT_GT(waits.size(), 15U);
}

}  // namespace
}  // namespace ingest
