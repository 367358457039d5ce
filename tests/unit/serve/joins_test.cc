#include "serve/joins.h"

#include <gtest/gtest.h>

using base::kMillisecond;
using base::kSecond;
using serve::Joins;

namespace {

http::Request asking(std::string_view query) {
  http::Request request;
  request.query = query;
  return request;
}

struct Rig {
  serve::Counters counters;
  Joins joins{counters};
  base::Micros now = 100 * kSecond;

  void join(Joins::Mark& mark, std::string_view query = "") {
    const http::Request request = asking(query);
    if (joins.is_new(mark, request)) joins.admit(mark, request, now);
  }
  std::uint64_t total() const { return counters.joins.get(); }
  std::uint64_t on_their_way() const { return counters.joining.get(); }
};

}  // namespace

TEST(Joins, AConnectionJoinsOnce) {
  Rig rig;
  Joins::Mark mark;
  rig.join(mark);
  rig.join(mark);
  EXPECT_EQ(rig.total(), 1u);
  Joins::Mark other;
  rig.join(other);
  EXPECT_EQ(rig.total(), 2u);
}

TEST(Joins, ASessionJoinsOnceWhateverItsConnections) {
  Rig rig;
  Joins::Mark first, second;
  rig.join(first, "CMCD=sid%3D%22a%22");
  rig.join(second, "CMCD=sid%3D%22a%22");
  EXPECT_EQ(rig.total(), 1u);
  rig.join(second, "CMCD=sid%3D%22b%22");
  EXPECT_EQ(rig.total(), 2u) << "a cache's connection carries many sessions";
}

TEST(Joins, ACachesConnectionThatCarriedMediaIsNotSomebodyNew) {
  Rig rig;
  Joins::Mark mark;
  rig.joins.on_media(mark, rig.now);
  rig.join(mark);
  EXPECT_EQ(rig.total(), 0u);
}

TEST(Joins, OnTheirWayUntilTheyAreGivenMediaOrLeave) {
  Rig rig;
  Joins::Mark first, second;
  rig.join(first);
  rig.join(second);
  EXPECT_EQ(rig.on_their_way(), 2u);
  rig.joins.on_media(first, rig.now + 80 * kMillisecond);
  rig.joins.on_media(first, rig.now + 90 * kMillisecond);
  EXPECT_EQ(rig.on_their_way(), 1u);
  EXPECT_EQ(rig.counters.join_time.sum(), 80 * kMillisecond);
  rig.joins.on_closed(second);
  EXPECT_EQ(rig.on_their_way(), 0u);
}

TEST(Joins, WhoGetsNoMediaHereInTenSecondsIsNoLongerOnTheirWay) {
  Rig rig;
  Joins::Mark gone, late;
  rig.join(gone);
  rig.joins.tick(rig.now + 6 * kSecond);
  rig.now += 6 * kSecond;
  rig.join(late);
  EXPECT_EQ(rig.on_their_way(), 2u);
  rig.joins.tick(rig.now + 5 * kSecond);
  EXPECT_EQ(rig.on_their_way(), 1u);
  rig.joins.on_closed(gone);
  EXPECT_EQ(rig.on_their_way(), 1u) << "it was taken out already";
  rig.joins.tick(rig.now + 3600 * kSecond);
  EXPECT_EQ(rig.on_their_way(), 0u);
  rig.joins.on_media(late, rig.now + 3601 * kSecond);
  EXPECT_EQ(rig.on_their_way(), 0u);
}

TEST(Joins, RemembersABoundedNumberOfSessions) {
  Rig rig;
  for (int i = 0; i < 100'000; ++i) {
    Joins::Mark mark;
    rig.join(mark, "CMCD=sid%3D%22" + std::to_string(i) + "%22");
  }
  EXPECT_EQ(rig.total(), 100'000u);
  Joins::Mark mark;
  rig.join(mark, "CMCD=sid%3D%2299999%22");
  EXPECT_EQ(rig.total(), 100'000u) << "the newest are remembered";
  rig.join(mark, "CMCD=sid%3D%220%22");
  EXPECT_EQ(rig.total(), 100'001u) << "the oldest are not";
}

TEST(Joins, TakeTheirTimeInSlotsOfAQuarterOfASecondForTenSeconds) {
  Rig rig;
  Joins::Mark mark;
  rig.join(mark);
  EXPECT_EQ(mark.since, rig.now);
  rig.joins.tick(rig.now + 10 * kSecond - 1);
  EXPECT_EQ(rig.on_their_way(), 1u);
  rig.joins.tick(rig.now + 10 * kSecond);
  EXPECT_EQ(rig.on_their_way(), 0u);
  rig.joins.on_closed(mark);
  EXPECT_EQ(rig.on_their_way(), 0u);
}

TEST(Joins, OneThatLeavesInItsLastSlotIsTakenOutOnce) {
  Rig rig;
  Joins::Mark first, second;
  rig.join(first);
  rig.join(second);
  rig.joins.tick(rig.now + 10 * kSecond - 1);
  rig.joins.on_closed(first);
  EXPECT_EQ(rig.on_their_way(), 1u);
  rig.joins.tick(rig.now + 10 * kSecond);
  EXPECT_EQ(rig.on_their_way(), 0u);
}

TEST(Joins, AJoinOfAnotherSessionOnTheSameConnectionReplacesTheFirst) {
  Rig rig;
  Joins::Mark mark;
  rig.join(mark, "CMCD=sid%3D%22a%22");
  rig.now += kSecond;
  rig.join(mark, "CMCD=sid%3D%22b%22");
  EXPECT_EQ(rig.on_their_way(), 1u);
  rig.joins.on_media(mark, rig.now + kSecond);
  EXPECT_EQ(rig.counters.join_time.sum(), kSecond);
  EXPECT_EQ(rig.on_their_way(), 0u);
}

TEST(Joins, ASessionIsRememberedForTenMinutesAndMore) {
  Rig rig;
  const auto join = [&](const std::string& session) {
    Joins::Mark mark;
    const auto before = rig.total();
    rig.join(mark, "CMCD=sid%3D%22" + session + "%22");
    return rig.total() != before;
  };
  EXPECT_TRUE(join("a"));
  rig.now += 600 * kSecond;
  EXPECT_TRUE(join("b"));
  EXPECT_FALSE(join("a")) << "its generation may last ten minutes";
  rig.now += 100 * kSecond;
  EXPECT_TRUE(join("c"));
  EXPECT_FALSE(join("a")) << "the generation before";
  rig.now += 601 * kSecond;
  EXPECT_TRUE(join("d"));
  EXPECT_TRUE(join("a"));
}
