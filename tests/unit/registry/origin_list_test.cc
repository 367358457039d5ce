#include "registry/origin_list.h"

#include <gtest/gtest.h>

namespace registry {
namespace {

using base::kSecond;

const std::string kPrefix = "/kickoff/origins/";

KeyChange origin(const std::string& url, std::int64_t revision = 1, std::set<std::string, std::less<>> channels = {}) {
  return {kPrefix + url, write_origin({url, std::move(channels)}), revision};
}
KeyChange gone(const std::string& url) { return {kPrefix + url, "", 9, true}; }
std::string urls(const OriginList& list) {
  std::string out;
  for (const AnnouncedOrigin& one : list.origins()) out += one.url.substr(7) + " ";
  return out;
}

TEST(OriginList, FollowsWhatComesChangesAndGoes) {
  OriginList list(kPrefix);
  list.take_list({origin("http://b"), origin("http://a")}, false, 0);
  EXPECT_EQ(urls(list), "a b ");
  list.take_change(origin("http://c", 2, {"match"}));
  EXPECT_EQ(urls(list), "a b c ");
  list.take_change(origin("http://a", 3, {"final"}));
  EXPECT_TRUE(list.origins().front().channels.contains("final"));
  list.take_change(gone("http://b"));
  EXPECT_EQ(urls(list), "a c ");
  EXPECT_EQ(list.refused(), 0U);
}

TEST(OriginList, WhatIsMissingInALaterListIsGone) {
  OriginList list(kPrefix);
  list.take_list({origin("http://a"), origin("http://b")}, false, 0);
  list.take_list({origin("http://b"), origin("http://c")}, false, kSecond);
  EXPECT_EQ(urls(list), "b c ");
  EXPECT_FALSE(list.expire(100 * kSecond));
}

TEST(OriginList, AfterAnOutageWhatIsMissingIsKeptForAWhile) {
  OriginList list(kPrefix);
  list.take_list({origin("http://a"), origin("http://b")}, false, 0);
  list.take_list({}, true, 100 * kSecond);
  EXPECT_EQ(urls(list), "a b ");
  list.take_change(origin("http://a", 4));
  list.take_list({origin("http://a", 4)}, false, 110 * kSecond);
  EXPECT_EQ(urls(list), "a b ") << "a list in between ends no grace";
  EXPECT_FALSE(list.expire(115 * kSecond - 1));
  EXPECT_TRUE(list.expire(115 * kSecond));
  EXPECT_EQ(urls(list), "a ") << "which has announced itself again";
  EXPECT_FALSE(list.expire(200 * kSecond));
}

TEST(OriginList, ASecondOutageDoesNotProlongTheGrace) {
  OriginList list(kPrefix);
  list.take_list({origin("http://a")}, false, 0);
  list.take_list({}, true, 10 * kSecond);
  list.take_list({}, true, 20 * kSecond);
  EXPECT_TRUE(list.expire(25 * kSecond));
}

TEST(OriginList, GarbageIsRefusedAndCountedOnce) {
  OriginList list(kPrefix);
  const KeyChange garbage{kPrefix + "http://a", "garbage", 5};
  list.take_change(garbage);
  list.take_list({garbage}, false, 0);
  EXPECT_EQ(list.refused(), 1U);
  list.take_change({kPrefix + "http://a", "more", 6});
  EXPECT_EQ(list.refused(), 2U);
  EXPECT_EQ(urls(list), "");
}

TEST(OriginList, GarbageInPlaceOfAnOriginLeavesItAsItWas) {
  OriginList list(kPrefix);
  list.take_list({origin("http://a", 1, {"match"})}, false, 0);
  list.take_change({kPrefix + "http://a", "garbage", 5});
  list.take_list({{kPrefix + "http://a", "garbage", 5}}, false, 0);
  ASSERT_EQ(urls(list), "a ");
  EXPECT_TRUE(list.origins().front().channels.contains("match"));
  EXPECT_EQ(list.refused(), 1U);
}

TEST(OriginList, AKeyOfAnotherUrlIsRefused) {
  OriginList list(kPrefix);
  list.take_change({kPrefix + "http://a", write_origin({"http://b", {}}), 5});
  EXPECT_EQ(urls(list), "");
  EXPECT_EQ(list.refused(), 1U);
}

TEST(OriginList, HasALimit) {
  OriginList list(kPrefix);
  for (std::size_t i = 0; i < OriginList::kMost; ++i) list.take_change(origin("http://o" + std::to_string(i)));
  EXPECT_EQ(list.refused(), 0U);
  list.take_change(origin("http://last"));
  EXPECT_EQ(list.refused(), 1U);
  EXPECT_EQ(list.origins().size(), OriginList::kMost);
  list.take_change(origin("http://o7", 2, {"match"}));
  EXPECT_EQ(list.refused(), 1U) << "one that is known may change";
  list.take_change(gone("http://o8"));
  list.take_change(origin("http://last", 3));
  EXPECT_EQ(list.origins().size(), OriginList::kMost);
  EXPECT_EQ(list.refused(), 1U);
}

TEST(OriginList, RemembersOnlySoManyRefusals) {
  OriginList list(kPrefix);
  const auto garbage = [](std::size_t i) { return KeyChange{kPrefix + std::to_string(i), "garbage", 5}; };
  for (std::size_t i = 0; i <= OriginList::kMost; ++i) list.take_change(garbage(i));
  EXPECT_EQ(list.refused(), OriginList::kMost + 1);
  list.take_change(garbage(OriginList::kMost - 1));
  EXPECT_EQ(list.refused(), OriginList::kMost + 1);
  list.take_change(garbage(OriginList::kMost));
  EXPECT_EQ(list.refused(), OriginList::kMost + 2) << "one too many to be remembered";
}

TEST(OriginList, ForgetsWhatItRefusedOnceThatIsGone) {
  OriginList list(kPrefix);
  const KeyChange garbage{kPrefix + "a", "garbage", 5};
  list.take_change(garbage);
  list.take_change(gone("a"));
  list.take_change(garbage);
  EXPECT_EQ(list.refused(), 2U);
  list.take_list({}, false, 0);
  list.take_change(garbage);
  EXPECT_EQ(list.refused(), 3U);
}

}  // namespace
}  // namespace registry
