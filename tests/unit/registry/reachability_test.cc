#include "registry/reachability.h"

#include <gtest/gtest.h>

namespace registry {
namespace {

using base::kSecond;

TEST(Reachability, IsNotGivenBeforeTheFirstAnswer) {
  const Reachability given([] { return 0.5; });
  EXPECT_FALSE(given.reachable());
  EXPECT_EQ(given.next(), 0);
}

TEST(Reachability, TheFirstAnswerIsNoNewsButTheFirstFailureIs) {
  Reachability good([] { return 0.5; });
  EXPECT_FALSE(good.note("", 10));
  EXPECT_TRUE(good.reachable());
  Reachability bad([] { return 0.5; });
  const auto change = bad.note("refused", 10);
  ASSERT_TRUE(change);
  EXPECT_FALSE(change->reachable);
  EXPECT_EQ(change->why, "refused");
}

TEST(Reachability, EachChangeIsToldOnce) {
  Reachability given([] { return 0.5; });
  given.note("", 0);
  EXPECT_TRUE(given.note("refused", 0));
  EXPECT_FALSE(given.note("refused", 0));
  const auto change = given.note("", 0);
  ASSERT_TRUE(change);
  EXPECT_TRUE(change->reachable);
  EXPECT_FALSE(given.note("", 0));
}

TEST(Reachability, PausesGrowUntilItAnswers) {
  Reachability given([] { return 0.5; });
  base::Micros now = 100;
  for (const int pause : {1, 2, 4, 8, 15, 15}) {
    given.note("refused", now);
    EXPECT_EQ(given.next() - now, pause * kSecond);
    now = given.next();
  }
  given.note("", now);
  EXPECT_EQ(given.next() - now, 5 * kSecond);
  given.note("refused", now);
  EXPECT_EQ(given.next() - now, kSecond);
}

TEST(Reachability, ServersDoNotComeTogether) {
  double random = 0;
  Reachability given([&] { return random; });
  given.note("", 0);
  EXPECT_EQ(given.next(), 3'750'000);
  random = 1;
  given.note("", 0);
  EXPECT_EQ(given.next(), 6'250'000);
}

}  // namespace
}  // namespace registry
