#include <gtest/gtest.h>

#include "unit/relay/fake_node.h"

// Origins that are found while an edge runs.
namespace relay {
namespace {

using testing::all_of;
using testing::Live;
using testing::Node;

FoundOrigin said(const std::string& url, std::set<std::string, std::less<>> channels = {}) {
  return {url, std::move(channels)};
}

/// An edge without an origin of its own.
struct Alone : Node {
  Alone() : Node(std::vector<std::string>{}) {}
};

TEST(EdgeOrigins, WithoutAnyNothingCanBeAsked) {
  Alone node;
  node.edge->demand("match", {});
  EXPECT_EQ(node.said, std::vector<std::string>{"match given up"}) << "503 and not 404: nobody said no";
  EXPECT_EQ(node.requests(), 0u);
}

TEST(EdgeOrigins, OneThatIsFoundIsAsked) {
  Live origin;
  Alone node;
  node.edge->demand("match", {});
  node.edge->take_origins({said("http://found")});
  node.edge->demand("match", {});
  ASSERT_EQ(node.requests(), 1u);
  EXPECT_EQ(node.asked().url, "http://found/relay/v1/match");
  node.greet(origin);
  EXPECT_EQ(node.snapshots.size(), 1u);
  EXPECT_TRUE(node.edge->report().origins.at(0).found);
}

TEST(EdgeOrigins, OneThatHasTheChannelIsAskedBeforeThoseOfTheConfiguration) {
  Node node;
  node.edge->take_origins({said("http://empty"), said("http://has", {"match"})});
  node.edge->demand("match", {});
  EXPECT_EQ(node.asked().url, "http://has/relay/v1/match");
  node.edge->on_head(node.stream(), 404);
  EXPECT_EQ(node.asked().url, "http://one/relay/v1/match");
  node.edge->on_head(node.stream(), 404);
  EXPECT_EQ(node.asked().url, "http://two/relay/v1/match");
  node.edge->on_head(node.stream(), 404);
  EXPECT_EQ(node.asked().url, "http://empty/relay/v1/match") << "what it says may be a second old";
  node.edge->on_head(node.stream(), 404);
  EXPECT_EQ(node.said, std::vector<std::string>{"match absent"});
}

TEST(EdgeOrigins, OneThatIsNotListedAnyMoreIsReadFromUntilItEndsAndThenLeft) {
  Live origin;
  Alone node;
  node.edge->take_origins({said("http://one", {"match"})});
  node.edge->demand("match", {});
  node.greet(origin);
  node.edge->take_origins({said("http://two", {"match"})});
  EXPECT_TRUE(node.transport.stopped.empty());
  EXPECT_EQ(node.requests(), 1u);
  origin.segments(testing::kFirst + 9, testing::kFirst + 9);
  node.pass(2 * base::kSecond);
  node.edge->on_end(node.stream(), "");
  ASSERT_EQ(node.requests(), 2u);
  EXPECT_TRUE(node.asked().url.starts_with("http://two/relay/v1/match?after=")) << node.asked().url;
  node.greet(origin);
  EXPECT_EQ(all_of(*node.snapshots.back()), all_of(*origin.log.snapshot()));
  EXPECT_TRUE(node.events.facts.empty());
}

TEST(EdgeOrigins, AChannelThatWaitsForAnOriginTriesANewOneAtOnce) {
  Live origin;
  Node node({"http://one"});
  node.edge->demand("match", {});
  node.greet(origin);
  node.pass(2 * base::kSecond);
  node.edge->on_end(node.stream(), "reset");
  node.edge->on_end(node.stream(), "refused");
  const std::size_t before = node.requests();
  node.edge->take_origins({said("http://two")});
  node.pass(1);
  ASSERT_EQ(node.requests(), before + 1);
  EXPECT_TRUE(node.asked().url.starts_with("http://two/")) << node.asked().url;
}

TEST(EdgeOrigins, AnOriginThatIsLostAndThenNotListedIsNoAlarmAnyMore) {
  Alone node;
  node.edge->take_origins({said("http://one")});
  node.edge->demand("match", {});
  node.edge->on_end(node.stream(), "refused");
  ASSERT_EQ(node.events.facts.size(), 1u);
  EXPECT_TRUE(node.edge->report().origins.at(0).lost);
  node.edge->take_origins({});
  ASSERT_EQ(node.events.facts.size(), 2u);
  EXPECT_EQ(node.events.facts[1].state, events::State::kCleared);
  EXPECT_EQ(node.events.facts[1].which, node.events.facts[0].which);
  EXPECT_FALSE(node.edge->report().origins.at(0).lost);
}

TEST(EdgeOrigins, TheListOfOneThatIsGoneIsNotWaitedFor) {
  Alone node;
  node.edge->take_origins({said("http://one")});
  node.miss("nothing");
  ASSERT_EQ(node.transport.lists.size(), 1u);
  node.edge->take_origins({});
  EXPECT_EQ(node.transport.stopped.back(), node.transport.lists.back().first);
  node.edge->take_origins({said("http://two")});
  node.miss("nothing");
  EXPECT_EQ(node.transport.lists.size(), 2u) << "the next one at its place has a list of its own";
}

TEST(EdgeOrigins, TheSameListAgainChangesNothing) {
  Live origin;
  Alone node;
  const std::vector<FoundOrigin> list{said("http://one"), said("http://two")};
  node.edge->take_origins(list);
  node.edge->demand("match", {});
  node.greet(origin);
  node.edge->take_origins(list);
  node.edge->take_origins({said("http://one", {"match"}), said("http://two", {"match"})});
  EXPECT_EQ(node.requests(), 1u);
  EXPECT_TRUE(node.transport.stopped.empty());
}

TEST(EdgeOrigins, ItselfAmongThemIsRefusedAndTheOthersAnswer) {
  Alone node;
  node.edge->take_origins({said("http://edge", {"match"}), said("http://one")});
  node.edge->demand("match", {});
  EXPECT_EQ(node.asked().url, "http://edge/relay/v1/match");
  node.edge->on_head(node.stream(), 508);
  EXPECT_EQ(node.asked().url, "http://one/relay/v1/match");
  EXPECT_EQ(node.failures(0), 0u);
}

}  // namespace
}  // namespace relay
