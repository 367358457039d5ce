#include "base/distinct_count.h"

#include <gtest/gtest.h>

#include <cstring>

#include "base/hash.h"

namespace base {
namespace {

std::uint64_t hash_of(std::uint64_t number) {
  std::uint8_t bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  return hash64(bytes);
}
void add(DistinctCount& count, std::uint64_t from, std::uint64_t to) {
  for (std::uint64_t i = from; i < to; ++i) count.add(hash_of(i));
}

TEST(DistinctCount, IsNothingOfNothing) {
  DistinctCount count;
  EXPECT_EQ(count.estimate(), 0);
  add(count, 0, 100);
  count.clear();
  EXPECT_EQ(count.estimate(), 0);
}

TEST(DistinctCount, CountsEachOnceHoweverOftenItComes) {
  DistinctCount count;
  for (int i = 0; i < 50; ++i) add(count, 7, 8);
  EXPECT_NEAR(count.estimate(), 1, 0.01);
}

TEST(DistinctCount, IsCloseForAFewAndForAMillion) {  // three standard deviations of 2.3 %
  for (const std::uint64_t many : {10ULL, 100ULL, 1'000ULL, 5'000ULL, 6'000ULL, 20'000ULL, 200'000ULL, 1'000'000ULL}) {
    DistinctCount count;
    add(count, 0, many);
    EXPECT_NEAR(count.estimate(), static_cast<double>(many), 0.069 * static_cast<double>(many)) << many;
  }
}

TEST(DistinctCount, OfTwoCountsWhatBothHaveOnce) {
  DistinctCount one;
  DistinctCount other;
  add(one, 0, 3'000);
  add(other, 2'000, 5'000);
  one.merge(other);
  EXPECT_NEAR(one.estimate(), 5'000, 350);
  EXPECT_NEAR(other.estimate(), 3'000, 210) << "is left as it was";
}

TEST(DistinctCount, TakesTheLastBitsOfAHashToo) {
  DistinctCount count;
  count.add(0);
  count.add(std::uint64_t{1} << 63);
  EXPECT_GT(count.estimate(), 0.9);
}

}  // namespace
}  // namespace base
