#include "serve/wake_pass.h"

#include <gtest/gtest.h>

#include "fake_viewer.h"
#include "origin/channel.h"
#include "serve/gathering.h"

namespace {

using base::kMillisecond;
using base::kSecond;
using origin::testing::kFirst;
using serve::Cause;
using serve::Route;
using serve_test::FakeViewer;
using Trace = std::vector<std::string>;

constexpr std::int64_t kOpen = kFirst + 8;

struct WakePassTest : testing::Test {
  WakePassTest() {
    channel.begin();
    channel.segments(kFirst, kFirst + 7);
    add_part(0);
    update();
  }
  void add_part(std::uint32_t index) {
    channel.log.apply(origin::testing::part(0, kOpen, index));
    channel.log.apply(origin::testing::part(1, kOpen, index));
  }
  void update() { view.update(channel.log.snapshot(), clock.utc()); }
  /// Part `index` is published now.
  void publish(std::uint32_t index) {
    add_part(index);
    update();
    pass.wake(view, clock.steady());
  }
  std::unique_ptr<FakeViewer> viewer(const std::string& name) {
    return std::make_unique<FakeViewer>(counters, name, trace);
  }
  serve::ObjectRequest part(std::uint32_t index) {
    serve::ObjectRequest wanted;
    wanted.kind = Route::Kind::kPart;
    wanted.rendition = "v720";
    wanted.msn = kOpen;
    wanted.part = index;
    return wanted;
  }
  serve::ObjectRequest playlist(std::uint32_t index) {
    serve::ObjectRequest wanted = part(0);
    wanted.kind = Route::Kind::kPlaylist;
    wanted.directives =
        hls::parse_directives("_HLS_msn=" + std::to_string(kOpen) + "&_HLS_part=" + std::to_string(index));
    return wanted;
  }
  void hold(FakeViewer& viewer, serve::ObjectRequest wanted, http::StreamId id = 1) {
    const serve::Verdict verdict = view.look_up(wanted);
    ASSERT_TRUE(verdict.wait_for.has_value());
    pass.hold(viewer, id, view, std::move(wanted), verdict, clock.steady());
  }
  std::uint64_t count(Cause cause) { return counters.causes[static_cast<std::size_t>(cause)].get(); }
  static std::uint64_t observations(const serve::Histogram& histogram) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i <= histogram.bounds().size(); ++i) sum += histogram.count(i);
    return sum;
  }

  serve_test::FakeClock clock;
  serve::Counters counters;
  serve::Errors errors;
  serve::Joins joins{counters};
  serve::Responder responder{clock, counters, joins};
  origin::testing::Channel channel;
  serve::ChannelView view{{.most_held = 3}, errors};
  serve::WakePass pass{clock, counters, errors, responder};
  Trace trace;
};

TEST_F(WakePassTest, AnswersInTheOrderInWhichViewersBeganToWait) {
  const auto a = viewer("a"), b = viewer("b"), c = viewer("c");
  hold(*a, part(1));
  hold(*b, part(1));
  hold(*c, part(2));
  EXPECT_EQ(counters.parked.get(), 3u);
  clock.advance(300 * kMillisecond);
  publish(1);
  EXPECT_EQ(trace, (Trace{"a 200 to 1", "a pumped", "b 200 to 1", "b pumped"}));
  EXPECT_EQ(serve_test::body(a->answers[0].response), "0:" + std::to_string(kOpen) + ".1");
  EXPECT_EQ(a->answers[0].response, b->answers[0].response) << "one reply for the crowd";
  EXPECT_EQ(counters.parked.get(), 1u);
  EXPECT_EQ(counters.blocked_wait.sum(), 600 * kMillisecond);
}

TEST_F(WakePassTest, OnlyAPartIsMeasuredFromItsPublication) {
  const auto a = viewer("a"), b = viewer("b");
  hold(*a, part(1));
  hold(*b, playlist(1));
  const base::Micros published = clock.steady();
  add_part(1);
  update();
  clock.advance(3 * kMillisecond);
  pass.wake(view, published);
  EXPECT_EQ(a->answers.at(0).part_published, published);
  EXPECT_EQ(b->answers.at(0).part_published, 0);
  EXPECT_EQ(observations(counters.wake_pass), 1u);
  EXPECT_EQ(counters.wake_pass.sum(), 3 * kMillisecond);
}

TEST_F(WakePassTest, APassThatWakesNobodyIsNotMeasured) {
  publish(1);
  EXPECT_EQ(observations(counters.wake_pass), 0u);
  const auto a = viewer("a");
  hold(*a, part(3));
  publish(2);
  EXPECT_EQ(observations(counters.wake_pass), 0u);
  EXPECT_TRUE(a->holding());
}

TEST_F(WakePassTest, AMultiplexedViewerIsPumpedOnceAtTheEndOfThePass) {
  const auto many = viewer("many"), one = viewer("one");
  many->multiplex();
  hold(*many, part(1), 1);
  hold(*many, playlist(1), 3);
  hold(*one, part(1));
  publish(1);
  // Condition by condition: first the two that wait for the part, then the one that waits for the playlist.
  EXPECT_EQ(trace, (Trace{"many 200 to 1", "one 200 to 1", "one pumped", "many 200 to 3", "many pumped"}));
  trace.clear();
  hold(*many, part(2), 5);
  publish(2);
  EXPECT_EQ(trace, (Trace{"many 200 to 5", "many pumped"})) << "in every pass";
}

TEST_F(WakePassTest, AViewerOfHttp1UsesItsHeldRequestAgain) {
  const auto one = viewer("one"), many = viewer("many");
  many->multiplex();
  const auto held_by = [&](FakeViewer& viewer) {
    std::unique_ptr<serve::Held> held = viewer.make_held();
    serve::Held* const address = held.get();
    viewer.keep(std::move(held));
    return address;
  };
  serve::Held* const first = held_by(*one);
  hold(*one, part(1));
  publish(1);
  EXPECT_EQ(held_by(*one), first);
  EXPECT_FALSE(first->waiting());
  hold(*many, part(2));
  publish(2);
  EXPECT_EQ(one->answers.size() + many->answers.size(), 2u);
}

TEST_F(WakePassTest, AViewerThatLeavesDuringThePassIsNotAnswered) {
  const auto a = viewer("a"), b = viewer("b"), c = viewer("c");
  hold(*a, part(1));
  hold(*b, part(1));
  hold(*c, part(1));
  a->on_pump = [&] { b->leave(); };
  publish(1);
  EXPECT_EQ(trace, (Trace{"a 200 to 1", "a pumped", "c 200 to 1", "c pumped"}));
  EXPECT_EQ(counters.parked.get(), 0u);
}

TEST_F(WakePassTest, AViewerThatResetsOneRequestKeepsTheOthers) {
  const auto a = viewer("a");
  a->multiplex();
  hold(*a, part(1), 1);
  hold(*a, part(1), 3);
  hold(*a, part(1), 5);
  a->reset(3);
  a->reset(7);
  EXPECT_EQ(counters.parked.get(), 2u);
  publish(1);
  EXPECT_EQ(trace, (Trace{"a 200 to 1", "a 200 to 5", "a pumped"}));
}

TEST_F(WakePassTest, AViewerThatIsDestroyedWaitsNoLonger) {
  auto a = viewer("a");
  hold(*a, part(1));
  a.reset();
  EXPECT_EQ(counters.parked.get(), 0u);
  EXPECT_EQ(view.waiters.size(), 0u);
}

TEST_F(WakePassTest, OneTooManyIsToldToComeBack) {
  const auto a = viewer("a");
  for (http::StreamId id = 1; id <= 3; ++id) hold(*a, part(1), id);
  EXPECT_TRUE(trace.empty());
  hold(*a, part(1), 4);
  EXPECT_EQ(trace, Trace{"a 503 to 4"});
  EXPECT_EQ(count(Cause::kTooManyHeld), 1u);
  EXPECT_EQ(counters.parked.get(), 3u);
}

TEST_F(WakePassTest, WaitsForTheHoldLimitAndNoLonger) {  // LL-103: three target durations of 2 s
  const auto a = viewer("a"), b = viewer("b");
  hold(*a, part(1));
  clock.advance(1);
  hold(*b, part(1));
  clock.advance(6 * kSecond - 2);
  pass.expire(view, clock.steady());
  EXPECT_TRUE(trace.empty());
  clock.advance(1);
  pass.expire(view, clock.steady());
  EXPECT_EQ(trace, (Trace{"a 503 to 1", "a pumped"}));
  EXPECT_EQ(count(Cause::kHeldTooLong), 1u);
  EXPECT_EQ(counters.blocked_wait.sum(), 6 * kSecond);
  clock.advance(1);
  pass.expire(view, clock.steady());
  EXPECT_EQ(count(Cause::kHeldTooLong), 2u);
}

TEST_F(WakePassTest, AChannelThatNeverStartedIsNotThere) {  // LL-111
  serve::ChannelView starting({}, errors);
  origin::testing::Channel nothing;
  starting.update(nothing.log.snapshot(), clock.utc());
  const auto a = viewer("a");
  serve::ObjectRequest wanted;
  wanted.kind = Route::Kind::kMultivariant;
  pass.hold(*a, 1, starting, std::move(wanted), starting.look_up({.kind = Route::Kind::kMultivariant}), clock.steady());
  clock.advance(starting.snapshot().hold_limit());
  pass.expire(starting, clock.steady());
  EXPECT_EQ(trace, (Trace{"a 404 to 1", "a pumped"}));
  EXPECT_EQ(count(Cause::kNotStarted), 1u);
  EXPECT_EQ(count(Cause::kHeldTooLong), 0u);
}

TEST_F(WakePassTest, DismissesEveryoneAtOnce) {
  const auto a = viewer("a"), many = viewer("many");
  many->multiplex();
  hold(*many, playlist(1), 1);
  hold(*many, part(1), 3);
  hold(*a, part(2));
  clock.advance(kSecond);
  pass.dismiss(view, 404, Cause::kUnknownChannel);
  EXPECT_EQ(trace.size(), 5u);
  EXPECT_EQ(trace.back(), "many pumped");
  EXPECT_EQ(count(Cause::kUnknownChannel), 3u);
  EXPECT_EQ(counters.parked.get(), 0u);
  EXPECT_EQ(counters.blocked_wait.sum(), 3 * kSecond);
}

TEST_F(WakePassTest, WhatIsToldToWaitAgainKeepsItsFirstDeadline) {
  serve::ChannelView starting({}, errors);
  origin::testing::Channel other;
  starting.update(other.log.snapshot(), clock.utc());
  const auto a = viewer("a");
  // It waits for the channel at first, then for the part.
  const serve::Verdict verdict = starting.look_up(playlist(1));
  EXPECT_TRUE(verdict.starting);
  pass.hold(*a, 1, starting, playlist(1), verdict, clock.steady());
  clock.advance(4 * kSecond);
  other.begin();
  other.segments(kFirst, kFirst + 7);
  other.log.apply(origin::testing::part(0, kOpen, 0));
  starting.update(other.log.snapshot(), clock.utc());
  pass.wake(starting, clock.steady());
  EXPECT_TRUE(trace.empty());
  EXPECT_TRUE(a->holding());
  EXPECT_EQ(observations(counters.blocked_wait), 0u);
  clock.advance(2 * kSecond - 1);
  pass.expire(starting, clock.steady());
  EXPECT_TRUE(trace.empty());
  clock.advance(1);
  pass.expire(starting, clock.steady());
  EXPECT_EQ(trace, (Trace{"a 503 to 1", "a pumped"})) << "503: it has started by now";
}

TEST_F(WakePassTest, AViewerWithMoreToSendIsPumpedOnceAPump) {
  const auto a = viewer("a"), b = viewer("b");
  pass.pump_later(*a);
  pass.pump_later(*b);
  pass.pump_later(*a);
  int turns = 0;
  a->on_pump = [&] {
    if (++turns < 3) pass.pump_later(*a);
  };
  pass.pump();
  EXPECT_EQ(trace, (Trace{"a pumped", "b pumped"}));
  pass.pump();
  pass.pump();
  pass.pump();
  EXPECT_EQ(turns, 3);
  EXPECT_EQ(trace.size(), 4u);
}

TEST_F(WakePassTest, MediaEndsAJoinAndAPlaylistDoesNot) {
  const auto a = viewer("a");
  joins.admit(a->join, {}, clock.steady());
  hold(*a, playlist(1));
  publish(1);
  EXPECT_EQ(counters.joining.get(), 1u);
  hold(*a, part(2));
  clock.advance(80 * kMillisecond);
  publish(2);
  EXPECT_EQ(counters.joining.get(), 0u);
  EXPECT_EQ(counters.join_time.sum(), 80 * kMillisecond);
}

TEST(Responder, CountsWhatTheConditionsMakeOfAnAnswer) {
  serve_test::FakeClock clock;
  serve::Counters counters;
  serve::Joins joins(counters);
  serve::Responder responder(clock, counters, joins);
  Trace trace;
  FakeViewer viewer(counters, "a", trace);
  serve::ObjectRequest wanted;
  wanted.kind = Route::Kind::kSegment;
  wanted.conditions = std::make_unique<serve::Conditions>(serve::Conditions{"\"e\"", "", ""});
  const auto media = serve::make_media({base::Bytes::copy_of("0123")}, {"video/mp4", "max-age=1", "\"e\""});
  joins.admit(viewer.join, {}, clock.steady());
  responder.finish(viewer, 1, wanted, {media});
  EXPECT_EQ(counters.joining.get(), 1u) << "304 is no media";
  wanted.conditions->if_none_match = "";
  wanted.conditions->range = "bytes=0-1";
  responder.finish(viewer, 2, wanted, {media});
  EXPECT_EQ(counters.joining.get(), 0u);
  wanted.conditions->range = "bytes=9-";
  responder.finish(viewer, 3, wanted, {media});
  serve::Errors errors;
  wanted.conditions->if_none_match = "*";
  responder.finish(viewer, 4, wanted, {errors.get(404), Cause::kAbsent});
  EXPECT_EQ(trace, (Trace{"a 304 to 1", "a 206 to 2", "a 416 to 3", "a 404 to 4"}));
  const auto& segment = counters.requests[static_cast<std::size_t>(serve::ObjectKind::kSegment)];
  EXPECT_EQ(segment[0].get(), 1u);
  EXPECT_EQ(segment[1].get(), 1u);
  EXPECT_EQ(segment[2].get(), 2u);
  EXPECT_EQ(counters.causes[static_cast<std::size_t>(Cause::kAbsent)].get(), 1u);
  EXPECT_EQ(counters.causes[static_cast<std::size_t>(Cause::kNone)].get(), 0u);
}

TEST(Responder, AConnectionThatCarriesMediaFirstIsNoJoinLater) {
  serve_test::FakeClock clock;
  serve::Counters counters;
  serve::Joins joins(counters);
  serve::Responder responder(clock, counters, joins);
  Trace trace;
  FakeViewer viewer(counters, "a", trace);
  serve::Errors errors;
  const auto media = serve::make_media({base::Bytes::copy_of("0123")}, {"video/mp4", "max-age=1", "\"e\""});
  for (const auto kind : {Route::Kind::kInit, Route::Kind::kPlaylist})
    responder.finish(viewer, 1, {.kind = kind}, {media});
  responder.finish(viewer, 1, {.kind = Route::Kind::kPart}, {errors.get(404)});
  EXPECT_FALSE(viewer.join.known);
  responder.finish(viewer, 1, {.kind = Route::Kind::kPart}, {media});
  EXPECT_TRUE(viewer.join.known);
}

using serve::Gathering;

TEST(Gathering, LetsRequestsGatherWhileACrowdOnlyWaits) {
  Gathering gathering;
  EXPECT_EQ(gathering.on_held(1000, Gathering::kCrowd - 1), 0) << "no crowd";
  EXPECT_EQ(gathering.on_held(2000, Gathering::kCrowd), Gathering::kSpan);
  EXPECT_EQ(gathering.on_held(2000, Gathering::kCrowd + 1), Gathering::kSpan);
}

TEST(Gathering, NeverAfterATurnInWhichSomebodyWasAnswered) {
  Gathering gathering;
  EXPECT_EQ(gathering.on_held(1000, 5000), Gathering::kSpan);
  EXPECT_EQ(gathering.on_answered(1000), 0);
  EXPECT_EQ(gathering.on_held(1000, 5000), 0);
  EXPECT_EQ(gathering.on_held(2000, 5000), Gathering::kSpan) << "the next turn";
  EXPECT_EQ(gathering.on_answered(3000), 0);
  EXPECT_EQ(gathering.on_held(3000, 5000), 0);
}

TEST(Gathering, ALongTurnIsFollowedByTheNextAtOnce) {
  Gathering gathering;
  for (std::uint32_t i = 0; i < Gathering::kMany; ++i) EXPECT_EQ(gathering.on_held(1000, 5000), Gathering::kSpan) << i;
  EXPECT_EQ(gathering.on_held(1000, 5000), 0);
  EXPECT_EQ(gathering.on_held(2000, 5000), Gathering::kSpan);
}

}  // namespace
