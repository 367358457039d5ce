#include "relay/edge.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/hash.h"
#include "relay/directory.h"
#include "relay/wire.h"
#include "unit/relay/fake_node.h"

namespace relay {
namespace {

using testing::all_of;
using testing::drain;
using testing::kFirst;
using testing::Live;
using testing::Node;
using testing::Taped;

TEST(Edge, AsksOnceForAChannelHoweverManyWantIt) {
  Node node;
  node.edge->demand("match", {});
  node.edge->demand("match", {});
  ASSERT_EQ(node.requests(), 1u);
  EXPECT_EQ(node.asked().url, "http://one/relay/v1/match");
  EXPECT_EQ(node.asked().headers,
            (client::Headers{{"X-Kickoff-Relay", "a secret of edges"}, {"X-Kickoff-Via", "000000000000005a"}}));
}

TEST(Edge, SaysWhoAskedBefore) {
  Node node;
  node.edge->demand("match", {0xab});
  EXPECT_EQ(node.asked().headers.at(1).second, "00000000000000ab, 000000000000005a");
}

TEST(Edge, PublishesWhatTheOriginHas) {
  Live origin;
  Node node;
  node.edge->demand("match", {});
  node.greet(origin);
  ASSERT_EQ(node.snapshots.size(), 1u);
  EXPECT_EQ(all_of(*node.snapshots[0]), all_of(*origin.log.snapshot()));
  EXPECT_EQ(node.said, std::vector<std::string>{"reel of match"});
  const EdgeReport report = node.edge->report();
  EXPECT_EQ(report.origins[0].pulls, 1u);
  EXPECT_EQ(report.origins[0].bytes, node.transport.taken_bytes);
  ASSERT_EQ(report.channels.size(), 1u);
  EXPECT_EQ(report.channels[0].name, "match");
}

TEST(Edge, AChannelThatNoOriginHasIsAbsent) {
  Node node;
  node.edge->demand("nothing", {});
  node.edge->on_head(node.stream(), 404);
  ASSERT_EQ(node.requests(), 2u) << "the next one may have it";
  EXPECT_EQ(node.asked().url, "http://two/relay/v1/nothing");
  node.edge->on_head(node.stream(), 404);
  EXPECT_EQ(node.said, std::vector<std::string>{"nothing absent"});
  EXPECT_EQ(node.edge->report().refused, 1u);
  node.pass(10 * base::kSecond);
  EXPECT_EQ(node.requests(), 2u);
  EXPECT_TRUE(node.events.facts.empty()) << "no fault of the origin's";
}

TEST(Edge, AnEdgeThatSaysAbsentIsAsGoodAsA404) {
  Node node({"http://one"});
  node.edge->demand("nothing", {});
  node.edge->on_head(node.stream(), 200);
  node.edge->on_body(node.stream(), encode_beat({1, 0}));
  node.edge->on_body(node.stream(), absent_item());
  EXPECT_EQ(node.said, std::vector<std::string>{"nothing absent"});
}

TEST(Edge, NamesThatAreNotInTheOriginsListCostItNothing) {
  Live origin;
  Node node({"http://one"});
  node.miss("nothing");
  ASSERT_EQ(node.transport.lists.size(), 1u);
  EXPECT_EQ(node.transport.lists[0].second.url, "http://one/relay/v1/");
  EXPECT_EQ(node.transport.lists[0].second.headers, (client::Headers{{"X-Kickoff-Relay", "a secret of edges"}}));
  node.list("final\nmatch\n");
  for (int i = 0; i < 1000; ++i) node.edge->demand("guess" + std::to_string(i), {});
  EXPECT_EQ(node.requests(), 1u);
  EXPECT_EQ(node.transport.lists.size(), 1u);
  EXPECT_EQ(node.said.size(), 1001u);
  EXPECT_EQ(node.said.back(), "guess999 absent");
  EXPECT_EQ(node.edge->report().refused, 1001u);
  EXPECT_EQ(node.edge->report().origins[0].bytes, 12u);
  node.edge->demand("match", {});
  ASSERT_EQ(node.requests(), 2u);
  node.greet(origin);
  EXPECT_EQ(node.snapshots.size(), 1u);
}

TEST(Edge, AsksForTheListAgainWhileStrangersGoOn) {
  Node node({"http://one"});
  node.miss("nothing");
  node.list("match\n");
  node.pass(Directory::kFresh - 1);
  node.edge->demand("guess", {});
  EXPECT_EQ(node.transport.lists.size(), 1u);
  node.pass(1);
  node.edge->demand("guess", {});
  ASSERT_EQ(node.transport.lists.size(), 2u);
  EXPECT_EQ(node.requests(), 1u) << "the old list still answers";
  node.list("match\nguess\n");
  node.edge->demand("guess", {});
  EXPECT_EQ(node.requests(), 2u) << "it has begun";
  node.pass(Directory::kGood + 1);
  node.edge->demand("another", {});
  EXPECT_EQ(node.requests(), 3u) << "nobody asked for so long that the list says nothing any more";
}

TEST(Edge, ANameIsUnknownOnlyWhereNoOriginListsIt) {
  Node node;
  node.edge->demand("nothing", {});
  node.edge->on_head(node.stream(), 404);
  node.list("");
  node.edge->on_head(node.stream(), 404);
  ASSERT_EQ(node.transport.lists.size(), 2u);
  EXPECT_EQ(node.transport.lists[1].second.url, "http://two/relay/v1/");
  node.list("match\n");
  node.edge->demand("match", {});
  EXPECT_EQ(node.asked().url, "http://two/relay/v1/match");
}

TEST(Edge, AServerWithoutAListIsAskedForEachChannel) {
  Node node({"http://one"});
  node.miss("nothing");
  node.edge->on_head(node.transport.lists.back().first, 404);
  node.miss("guess");
  node.pass(Directory::kNoList - 1);
  node.miss("another");
  EXPECT_EQ(node.requests(), 3u);
  EXPECT_EQ(node.transport.lists.size(), 1u);
  EXPECT_EQ(node.failures(0), 0u);
  node.pass(1);
  node.miss("one more");
  EXPECT_EQ(node.transport.lists.size(), 2u);
}

TEST(Edge, AListThatBreaksOffIsTooLongOrDoesNotComeIsNone) {
  const auto asks = [](const std::function<void(Node&, client::StreamId)>& fault) {
    Node node({"http://one"});
    node.miss("nothing");
    fault(node, node.transport.lists.back().first);
    node.edge->demand("guess", {});
    return node.requests() == 2;
  };
  EXPECT_TRUE(asks([](Node& node, client::StreamId id) {
    node.edge->on_body(id, base::Bytes::copy_of("match\n"));
    node.edge->on_end(id, "it broke off");
  }));
  EXPECT_TRUE(asks([](Node& node, client::StreamId id) {
    node.edge->on_body(id, base::Bytes::copy_of(std::string(Directory::kMost + 1, 'a')));
    EXPECT_EQ(node.transport.stopped.back(), id);
  }));
  EXPECT_TRUE(asks([](Node& node, client::StreamId id) {
    node.pass(5 * base::kSecond - 1);
    EXPECT_NE(node.transport.stopped.back(), id);
    node.pass(1);
    EXPECT_EQ(node.transport.stopped.back(), id);
  }));
}

/// An edge in between whose own origin cannot be reached: that is no answer.
TEST(Edge, AnEdgeThatCannotTellIsNo404) {
  Live origin;
  Node node({"http://one"});
  const auto cannot_tell = [&] {
    node.edge->demand("match", {});
    node.edge->on_head(node.stream(), 200);
    node.edge->on_body(node.stream(), unavailable_item());
  };
  cannot_tell();
  EXPECT_EQ(node.said, std::vector<std::string>{"match given up"});
  EXPECT_EQ(node.failures(0), 0u);
  EXPECT_TRUE(node.transport.lists.empty());
  node.pass(base::kSecond - 1);
  node.edge->demand("match", {});
  EXPECT_EQ(node.said.back(), "match given up");
  EXPECT_EQ(node.requests(), 1u) << "nor is it asked by each viewer";
  node.pass(1);
  node.edge->demand("match", {});
  ASSERT_EQ(node.requests(), 2u);
  node.greet(origin);
  node.edge->on_body(node.stream(), unavailable_item());
  EXPECT_EQ(node.said.back(), "reel of match") << "what is here stays for a while";
}

TEST(Edge, AsksTheNextOriginWhereOneCannotBeReached) {
  Live origin;
  Node node;
  node.edge->demand("match", {});
  node.edge->on_end(node.stream(), "connection refused");
  ASSERT_EQ(node.requests(), 2u);
  EXPECT_EQ(node.asked().url, "http://two/relay/v1/match");
  node.greet(origin);
  EXPECT_EQ(node.snapshots.size(), 1u);
  ASSERT_EQ(node.events.facts.size(), 1u);
  EXPECT_EQ(node.events.facts[0].type, events::Type::kOriginLost);
  EXPECT_EQ(node.events.facts[0].state, events::State::kRaised);
  EXPECT_EQ(node.events.facts[0].which, "0");
  EXPECT_TRUE(node.edge->report().origins[0].lost);
  EXPECT_FALSE(node.edge->report().origins[1].lost);
}

TEST(Edge, GivesUpAtOnceWhereNoOriginCanBeReached) {
  Node node;
  node.edge->demand("match", {});
  node.edge->on_end(node.stream(), "refused");
  node.edge->on_end(node.stream(), "refused");
  EXPECT_EQ(node.said, std::vector<std::string>{"match given up"});
  // The breakers are open: nobody is asked.
  node.edge->demand("match", {});
  EXPECT_EQ(node.requests(), 2u);
  EXPECT_EQ(node.said.size(), 2u);
  node.clock.now += 320 * base::kMillisecond;
  node.edge->demand("match", {});
  EXPECT_EQ(node.requests(), 3u);
}

TEST(Edge, WaitsLongerForAnOriginThatKeepsFailing) {
  Node node({"http://one"});
  base::Micros least = 0;
  for (const base::Micros wait : {250, 500, 1000, 2000, 4000, 5000, 5000}) {
    node.edge->demand("match", {});
    node.edge->on_end(node.stream(), "refused");
    const std::size_t before = node.requests();
    node.clock.now += wait * base::kMillisecond * 3 / 4 - 1;
    node.edge->demand("match", {});
    EXPECT_EQ(node.requests(), before) << wait;
    node.clock.now += wait * base::kMillisecond / 2 + 1;
    least = wait;
  }
  EXPECT_EQ(least, 5000);
  EXPECT_EQ(node.events.facts.size(), 1u) << "said once";
}

TEST(Edge, ResumesAtItsPlaceAtOnceWhereAConnectionBreaksOff) {
  Live origin;
  Node node;
  node.edge->demand("match", {});
  node.greet(origin);
  node.pass(2 * base::kSecond);
  node.edge->on_end(node.stream(), "reset by peer");
  ASSERT_EQ(node.requests(), 2u);
  EXPECT_EQ(node.asked().url,
            "http://one/relay/v1/match?after=0000000000000007-" + std::to_string(origin.recorder.next()));
  origin.segments(kFirst + 9, kFirst + 9);
  node.greet(origin);
  EXPECT_EQ(all_of(*node.snapshots.back()), all_of(*origin.log.snapshot()));
  EXPECT_EQ(node.edge->report().reconnects, 1u);
  EXPECT_TRUE(node.events.facts.empty());
}

TEST(Edge, DoesNotComeBackAtOnceToAnOriginThatCutsItOffAtOnce) {
  Live origin;
  Node node({"http://one"});
  node.edge->demand("match", {});
  node.greet(origin);
  node.clock.now += base::kSecond - 1;
  node.edge->on_end(node.stream(), "");
  EXPECT_EQ(node.requests(), 1u);
  node.pass(320 * base::kMillisecond);
  EXPECT_EQ(node.requests(), 2u);
}

TEST(Edge, GoesOnWithTheNextOriginWhereOneDies) {
  Live origin;
  Node node;
  node.edge->demand("match", {});
  node.greet(origin);
  node.pass(2 * base::kSecond);
  node.edge->on_end(node.stream(), "reset by peer");
  node.edge->on_end(node.stream(), "refused");
  ASSERT_EQ(node.requests(), 3u);
  EXPECT_TRUE(node.asked().url.starts_with("http://two/relay/v1/match?after=0000000000000007-"));
  node.greet(origin);
  EXPECT_EQ(node.edge->report().restarts, 0u);
}

TEST(Edge, SaysWhatItHasWhereAnOriginWasRestarted) {
  Live origin;
  Node node({"http://one"});
  node.edge->demand("match", {});
  EXPECT_EQ(node.asked().headers.size(), 2u);
  node.greet(origin);
  node.clock.now += base::kSecond;
  node.edge->on_end(node.stream(), "it broke off");
  ASSERT_EQ(node.requests(), 2u);
  ASSERT_EQ(node.asked().headers.size(), 3u);
  EXPECT_EQ(node.asked().headers[2].first, "X-Kickoff-Have");
  const auto have = parse_have(node.asked().headers[2].second);
  ASSERT_TRUE(have);
  EXPECT_EQ(have->last, kFirst + 7);
  Taped again({}, {8, 1});
  again.begin();
  again.segments(kFirst, kFirst + 9);
  node.edge->on_head(node.stream(), 200);
  Cursor cursor(again.reel(), std::nullopt, have);
  node.edge->on_body(node.stream(), base::Bytes::adopt(drain(cursor)));
  EXPECT_EQ(all_of(*node.snapshots.back()), all_of(*again.log.snapshot()));
}

TEST(Edge, AsksForEverythingWhereABodyIsMissing) {
  Live origin;
  Node node({"http://one"});
  node.edge->demand("match", {});
  node.greet(origin);
  node.clock.now += base::kSecond;
  node.edge->on_end(node.stream(), "it broke off");
  const std::uint64_t failures = node.failures(0);
  Taped other({}, {8, 1});
  other.begin();
  other.segments(kFirst + 20, kFirst + 22);
  node.edge->on_head(node.stream(), 200);
  const std::int64_t newest = kFirst + 22;
  Cursor cursor(other.reel(), std::nullopt,
                Have{kFirst, newest, base::hash64(origin::testing::part(0, newest, 0).data.view())});
  node.edge->on_body(node.stream(), base::Bytes::adopt(drain(cursor)));
  ASSERT_EQ(node.requests(), 3u);
  EXPECT_EQ(node.asked().headers.size(), 2u);
  EXPECT_EQ(node.failures(0), failures) << "it is nobody's fault";
  node.greet(other);
  EXPECT_EQ(node.edge->report().restarts, 1u);
}

TEST(Edge, AnOriginThatCanBeReachedAgainIsSaidToBe) {
  Live origin;
  Node node({"http://one"});
  node.edge->demand("match", {});
  node.edge->on_end(node.stream(), "refused");
  node.clock.now += base::kSecond;
  node.edge->demand("match", {});
  node.greet(origin);
  ASSERT_EQ(node.events.facts.size(), 2u);
  EXPECT_EQ(node.events.facts[1].state, events::State::kCleared);
  EXPECT_FALSE(node.edge->report().origins[0].lost);
}

TEST(Edge, KeepsWhatItHasWhileNoOriginCanBeReachedThenGivesItUp) {
  Live origin;
  Node node({"http://one"});
  node.edge->demand("match", {});
  node.greet(origin);
  node.pass(2 * base::kSecond);
  node.edge->on_end(node.stream(), "reset");
  for (int i = 0; i < 27; ++i) {
    if (node.requests() > 0 && node.transport.stopped.size() < node.requests())
      node.edge->on_end(node.stream(), "refused");
    node.edge->demand("match", {});
    node.pass(base::kSecond);
  }
  EXPECT_EQ(node.said, std::vector<std::string>{"reel of match"});
  for (int i = 0; i < 3; ++i) {
    node.edge->demand("match", {});
    node.pass(base::kSecond);
  }
  EXPECT_EQ(node.said.back(), "match given up");
}

TEST(Edge, DropsAChannelThatNobodyHasAskedForInAWhile) {
  Live origin;
  Node node;
  node.edge->demand("match", {});
  node.greet(origin);
  node.clock.now += 20 * base::kSecond;
  node.edge->on_body(node.stream(), encode_beat({1, 1}));
  node.edge->demand("match", {});
  for (int i = 0; i < 29; ++i) {
    node.edge->on_body(node.stream(), encode_beat({1, 1}));
    node.pass(base::kSecond);
  }
  EXPECT_TRUE(node.transport.stopped.empty());
  node.pass(base::kSecond);
  EXPECT_EQ(node.transport.stopped, std::vector<client::StreamId>{node.stream()});
  EXPECT_EQ(node.said.back(), "match given up") << "not absent: who asks again gets it";
  node.edge->demand("match", {});
  EXPECT_EQ(node.requests(), 2u);
}

TEST(Edge, AnOriginThatDoesNotSayHowItGoesOnIsLeft) {
  Node node;
  node.edge->demand("match", {});
  node.edge->on_head(node.stream(), 200);
  node.pass(5 * base::kSecond - 1);
  EXPECT_EQ(node.requests(), 1u);
  node.pass(1);
  EXPECT_EQ(node.requests(), 2u);
  EXPECT_EQ(node.failures(0), 1u);
}

TEST(Edge, AnOriginThatSaysNothingAnyMoreIsLeftForTheNext) {
  Live origin;
  Node node;
  node.edge->demand("match", {});
  node.greet(origin);
  node.pass(base::kSecond);
  node.edge->on_body(node.stream(), encode_beat({1, 1}));
  node.pass(3 * base::kSecond - 1);
  EXPECT_EQ(node.requests(), 1u);
  node.pass(1);
  ASSERT_EQ(node.requests(), 2u);
  EXPECT_TRUE(node.asked().url.starts_with("http://two/relay/v1/match?after=0000000000000007-"));
  EXPECT_EQ(node.transport.stopped.size(), 1u);
  EXPECT_TRUE(node.edge->report().origins[0].lost);
}

TEST(Edge, GarbageAndOtherAnswersAreFailures) {
  Node node;
  node.edge->demand("match", {});
  node.edge->on_head(node.stream(), 200);
  node.edge->on_body(node.stream(), base::Bytes::copy_of("<html>this is no log at all</html>"));
  EXPECT_EQ(node.failures(0), 1u);
  EXPECT_EQ(node.asked().url, "http://two/relay/v1/match");
  node.edge->on_head(node.stream(), 403);
  EXPECT_EQ(node.failures(1), 1u);
  ASSERT_EQ(node.events.facts.size(), 2u);
  EXPECT_EQ(std::get<std::string>(node.events.facts[1].data.at(1).value), "it refuses the secret (relay.secrets)");
}

TEST(Edge, ALoopIsNoFaultOfTheOrigins) {
  Node node({"http://one"});
  node.edge->demand("match", {});
  node.edge->on_head(node.stream(), 508);
  EXPECT_EQ(node.failures(0), 0u);
  EXPECT_EQ(node.said, std::vector<std::string>{"match given up"});
  Taped mine({}, {7, 1}, {70, 90});
  mine.begin();
  node.pass(base::kSecond);
  node.edge->demand("match", {});
  node.greet(mine);
  EXPECT_EQ(node.failures(0), 0u);
  EXPECT_EQ(node.said.size(), 2u);
}

TEST(Edge, AnEndedChannelThatIsForgottenIsAbsent) {
  Live origin;
  origin.apply(record::End{});
  Node node({"http://one"});
  node.edge->demand("match", {});
  node.greet(origin);
  node.edge->on_body(node.stream(), absent_item());
  EXPECT_EQ(node.said.back(), "match absent");
}

TEST(Edge, AChannelThatAnOriginHasLostIsAskedForAgain) {
  Live origin;
  Node node({"http://one"});
  node.edge->demand("match", {});
  node.greet(origin);
  node.edge->on_body(node.stream(), absent_item());
  EXPECT_EQ(node.said.back(), "reel of match");
  node.pass(base::kSecond);
  EXPECT_EQ(node.requests(), 2u);
}

TEST(Edge, HasALimitOfChannels) {
  Node node;
  for (int i = 0; i < 1000; ++i) node.edge->demand("c" + std::to_string(i), {});
  EXPECT_EQ(node.requests(), 1000u);
  node.edge->demand("one-more", {});
  EXPECT_EQ(node.requests(), 1000u);
  EXPECT_EQ(node.said.back(), "one-more given up");
}

TEST(Edge, WhatComesOfAStreamThatWasStoppedIsIgnored) {
  Node node;
  node.edge->demand("match", {});
  const client::StreamId first = node.stream();
  node.edge->on_head(first, 404);
  node.edge->on_body(first, base::Bytes::copy_of("Not found"));
  node.edge->on_end(first, "");
  EXPECT_EQ(node.requests(), 2u);
  EXPECT_EQ(node.failures(0), 0u);
}

}  // namespace
}  // namespace relay
