#include "ts/timestamp.h"

#include <gtest/gtest.h>

namespace ts {
namespace {

constexpr std::int64_t kSpan = std::int64_t{1} << 33;

TEST(Unwrapper, GoesOnThroughTheWrap) {  // TS-4
  Unwrapper unwrapper;
  const std::int64_t start = kSpan - 5 * 90000;
  for (std::int64_t t = start; t < start + 10 * 90000; t += 3600) {
    EXPECT_EQ(unwrapper.unwrap(static_cast<std::uint64_t>(t % kSpan)), t);
  }
}

TEST(Unwrapper, KeepsAudioAndVideoTogetherThatWrapAtDifferentMoments) {  // TS-4, TS-6
  Unwrapper unwrapper;
  EXPECT_EQ(unwrapper.unwrap(static_cast<std::uint64_t>(kSpan - 100)), kSpan - 100);
  EXPECT_EQ(unwrapper.unwrap(900000), kSpan + 900000);
  EXPECT_EQ(unwrapper.unwrap(static_cast<std::uint64_t>(kSpan - 50)), kSpan - 50);
  EXPECT_EQ(unwrapper.unwrap(900100), kSpan + 900100);
}

TEST(Unwrapper, FollowsAStepBack) {
  Unwrapper unwrapper;
  EXPECT_EQ(unwrapper.unwrap(1000), 1000);
  EXPECT_EQ(unwrapper.unwrap(10), 10);
  EXPECT_EQ(unwrapper.unwrap(static_cast<std::uint64_t>(kSpan - 10)), -10);
}

}  // namespace
}  // namespace ts
