#include "tokens/cache.h"

#include <gtest/gtest.h>

#include <string>

#include "unit/tokens/made.h"

namespace tokens {
namespace {

crypto::Sha256 name(int number) {
  const std::string text = std::to_string(number);
  return crypto::sha256(base::view_of(text));
}
Claims until(std::int64_t expires) {
  Claims claims;
  claims.expires = expires;
  return claims;
}

TEST(Cache, KnowsWhatWasAdded) {
  Cache cache;
  EXPECT_EQ(cache.find(name(1)), nullptr);
  EXPECT_EQ(std::get<Claims>(cache.add(name(1), until(10))).expires, 10);
  EXPECT_EQ(std::get<Fault>(cache.add(name(2), Fault::kSignature)), Fault::kSignature);
  EXPECT_EQ(std::get<Claims>(*cache.find(name(1))).expires, 10);
  EXPECT_EQ(std::get<Fault>(*cache.find(name(2))), Fault::kSignature);
}

TEST(Cache, KeepsWhatIsShownAgainAndForgetsTheRest) {
  Cache cache(4);
  for (int i = 0; i < 20; ++i) {
    cache.add(name(i), until(i));
    ASSERT_NE(cache.find(name(0)), nullptr) << "shown with each: " << i;
    EXPECT_LE(cache.size(), 8u);
  }
  EXPECT_EQ(std::get<Claims>(*cache.find(name(0))).expires, 0);
  EXPECT_EQ(cache.find(name(1)), nullptr);
  EXPECT_NE(cache.find(name(19)), nullptr);
}

TEST(Cache, KeepsAsManyAsItSays) {
  Cache cache(4);
  for (int i = 0; i < 4; ++i) cache.add(name(i), until(i));
  for (int i = 0; i < 4; ++i) EXPECT_NE(cache.find(name(i)), nullptr) << i;
  for (int i = 4; i < 8; ++i) cache.add(name(i), until(i));
  EXPECT_EQ(cache.size(), 8u);
  cache.add(name(8), until(8));
  EXPECT_EQ(cache.size(), 5u) << "the four oldest went at once";
  EXPECT_EQ(cache.find(name(3)), nullptr);
  EXPECT_NE(cache.find(name(4)), nullptr);
}

TEST(Cache, ForgetsEverythingWhenKeysChange) {
  Cache cache(2);
  for (int i = 0; i < 3; ++i) cache.add(name(i), until(i));
  cache.clear();
  EXPECT_EQ(cache.size(), 0u);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(cache.find(name(i)), nullptr);
}

TEST(Refusals, HaveAStatusAndATextEach) {
  for (std::size_t i = 1; i < kFaults; ++i) {
    const Refusal refusal = refusal_of(static_cast<Fault>(i));
    EXPECT_FALSE(refusal.text.empty());
    EXPECT_TRUE(refusal.text.ends_with('\n'));
    EXPECT_NE(to_string(static_cast<Fault>(i)), "unknown");
  }
  EXPECT_EQ(refusal_of(Fault::kExpired).status, 401);
  EXPECT_EQ(refusal_of(Fault::kChannel).status, 403);
  EXPECT_EQ(refusal_of(Fault::kNoKeys).status, 503);
}

}  // namespace
}  // namespace tokens
