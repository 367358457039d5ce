#include "serve/shedding.h"

#include <gtest/gtest.h>

#include <set>

#include "fake_viewer.h"
#include "origin/channel.h"

namespace {

using origin::testing::kFirst;
using serve::Cause;
using serve::Resource;
using serve::Route;
using serve::Shedding;
using serve_test::FakeViewer;

struct SheddingTest : testing::Test {
  SheddingTest() {
    channel.begin();
    channel.segments(kFirst, kFirst + 8);
    view.update(channel.log.snapshot(), clock.utc());
  }
  std::optional<serve::Verdict> admit(FakeViewer& viewer, Route::Kind kind, std::int64_t msn = 0,
                                      const std::string& query = "") {
    serve::ObjectRequest wanted;
    wanted.kind = kind;
    wanted.msn = msn;
    wanted.rendition = "v720";
    http::Request request;
    request.query = query;
    return shedding.admit(viewer, view, wanted, request, clock.steady());
  }
  std::optional<serve::Verdict> join(FakeViewer& viewer, const std::string& query = "") {
    return admit(viewer, Route::Kind::kMultivariant, 0, query);
  }
  void leave_headroom(double memory) {
    shedding.set_shared_headroom(memory, 1);
    shedding.measure({});
  }
  std::uint64_t headroom(Resource resource) { return counters.headroom[static_cast<std::size_t>(resource)].get(); }

  serve_test::FakeClock clock;
  serve::Counters counters;
  serve::Errors errors;
  serve::Joins joins{counters};
  origin::testing::Channel channel;
  serve::ChannelView view{{}, errors};
  Shedding shedding{{.most_connections = 100, .admission = {}}, joins, errors, counters};
  std::vector<std::string> trace;
  FakeViewer first{counters, "first", trace};
  FakeViewer second{counters, "second", trace};
};

TEST_F(SheddingTest, ConnectionsAreServedThenToldThenClosed) {
  EXPECT_EQ(shedding.accept(99), Shedding::Accept::kServe);
  EXPECT_EQ(counters.connections_refused.get(), 0u);
  EXPECT_EQ(shedding.accept(100), Shedding::Accept::kRefuse);
  EXPECT_EQ(shedding.accept(355), Shedding::Accept::kRefuse);
  EXPECT_EQ(shedding.accept(356), Shedding::Accept::kClose);
  EXPECT_EQ(counters.connections_refused.get(), 3u);
  const serve::Verdict verdict = shedding.too_many_connections();
  EXPECT_EQ(verdict.response->status(), 503);
  EXPECT_EQ(verdict.cause, Cause::kTooManyConnections);
}

TEST_F(SheddingTest, ShowsTheHeadroomOfEachResource) {
  shedding.set_shared_headroom(0.5, 0.25);
  shedding.measure({.busy_share = 0.425, .longest_turn = 0, .connections = 10});
  EXPECT_EQ(headroom(Resource::kLoop), 500'000u) << "though its turns are short";
  EXPECT_EQ(headroom(Resource::kConnections), 900'000u);
  EXPECT_EQ(headroom(Resource::kMemory), 500'000u);
  EXPECT_EQ(headroom(Resource::kEgress), 250'000u);
  shedding.measure({.connections = 150});
  EXPECT_EQ(headroom(Resource::kConnections), 0u);
}

TEST_F(SheddingTest, ABusyLoopTurnsJoinsAwayOnlyIfItsTurnsAreLong) {
  shedding.measure({.busy_share = 1, .longest_turn = 5 * base::kMillisecond});
  EXPECT_FALSE(join(first));
  shedding.measure({.busy_share = 1, .longest_turn = 60 * base::kMillisecond});
  EXPECT_TRUE(join(second));
}

TEST_F(SheddingTest, AJoinIsCountedOnceWhereThereIsHeadroom) {
  EXPECT_FALSE(join(first));
  EXPECT_FALSE(join(first));
  EXPECT_FALSE(admit(second, Route::Kind::kPlaylist));
  EXPECT_EQ(counters.joins.get(), 1u);
  EXPECT_TRUE(first.join.known);
  EXPECT_EQ(first.join.since, clock.steady());
  EXPECT_FALSE(second.join.known);
}

TEST_F(SheddingTest, WhoIsTurnedAwayIsNoJoinAndIsSpreadOverSeconds) {
  leave_headroom(0.04);
  std::set<std::string> waits;
  for (int i = 0; i < 8; ++i) {
    const auto verdict = join(first);
    ASSERT_TRUE(verdict);
    EXPECT_EQ(verdict->cause, Cause::kNoHeadroom);
    EXPECT_EQ(verdict->response->status(), 503);
    waits.insert(serve_test::field(verdict->response, "retry-after"));
  }
  EXPECT_EQ(waits, (std::set<std::string>{"2", "3", "4", "5"}));
  EXPECT_EQ(counters.joins.get(), 0u);
  EXPECT_FALSE(first.join.known);
}

TEST_F(SheddingTest, WhoWatchesIsNeverTurnedAway) {
  EXPECT_FALSE(join(first));
  EXPECT_FALSE(join(second, "CMCD=sid%3D%22s%22"));
  leave_headroom(0);
  EXPECT_FALSE(join(first));
  EXPECT_FALSE(join(first, "CMCD=sid%3D%22s%22")) << "a session that joined on another connection";
  EXPECT_TRUE(join(first, "CMCD=sid%3D%22t%22"));
  for (const auto kind : {Route::Kind::kPlaylist, Route::Kind::kInit}) EXPECT_FALSE(admit(second, kind));
  EXPECT_FALSE(admit(second, Route::Kind::kPart, kFirst + 8));
}

TEST_F(SheddingTest, DepthIsGivenUpBeforeJoins) {
  leave_headroom(0.1);
  EXPECT_FALSE(join(first));
  const auto deep = admit(first, Route::Kind::kSegment, kFirst + 2);  // the newest whole one is kFirst + 8
  ASSERT_TRUE(deep);
  EXPECT_EQ(deep->cause, Cause::kDepthShed);
  EXPECT_EQ(deep->response->status(), 503);
  EXPECT_FALSE(admit(first, Route::Kind::kSegment, kFirst + 3));
  EXPECT_TRUE(admit(first, Route::Kind::kPart, kFirst + 2));
  EXPECT_FALSE(admit(first, Route::Kind::kPlaylist, kFirst));
  leave_headroom(1);
  EXPECT_FALSE(admit(first, Route::Kind::kSegment, kFirst + 2));
}

TEST_F(SheddingTest, AnOverflowPathwayTakesJoins) {
  shedding.configure({.overflow = "https://cdn.example"});
  leave_headroom(0);
  const auto elsewhere = join(first);
  ASSERT_TRUE(elsewhere);
  EXPECT_EQ(elsewhere->response->status(), 200);
  EXPECT_EQ(elsewhere->cause, Cause::kNone);
  EXPECT_NE(serve_test::body(elsewhere->response).find("https://cdn.example/live/match/v720/index.m3u8"),
            std::string::npos);
  EXPECT_EQ(counters.joins_redirected.get(), 1u);
  EXPECT_EQ(counters.joins.get(), 0u);
}

TEST_F(SheddingTest, AChannelWithoutAPlaylistSendsNobodyElsewhere) {
  shedding.configure({.overflow = "https://cdn.example"});
  leave_headroom(0);
  serve::ChannelView starting({}, errors);
  origin::testing::Channel nothing;
  starting.update(nothing.log.snapshot(), clock.utc());
  const auto refused = shedding.admit(first, starting, {.kind = Route::Kind::kMultivariant}, {}, clock.steady());
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->cause, Cause::kNoHeadroom);
  EXPECT_EQ(counters.joins_redirected.get(), 0u);
}

TEST_F(SheddingTest, OtherLimitsCountFromTheNextMeasurement) {
  leave_headroom(0.5);
  shedding.configure({.shed_depth_below = 0.6, .refuse_joins_below = 0.55});
  EXPECT_FALSE(join(first));
  shedding.measure({});
  EXPECT_TRUE(join(second));
}

}  // namespace
