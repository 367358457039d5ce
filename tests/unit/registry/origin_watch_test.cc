#include "registry/origin_watch.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "registry/gateway.h"
#include "unit/registry/fake_etcd.h"

namespace registry {
namespace {

using base::kMillisecond;
using base::kSecond;
using nlohmann::json;

const std::string kBelow = "/kickoff/origins/";

/// Streams to a FakeEtcd: whole answers, and watches that go on.
class FakeStreams final : public client::StreamTransport {
 public:
  explicit FakeStreams(FakeEtcd& etcd) : etcd_(etcd) {}

  void start(client::StreamId id, client::Request request) override {
    urls.push_back(request.url);
    asked.emplace_back(id, std::move(request));
  }
  void stop(client::StreamId id) override {
    stopped.insert(id);
    watches_.erase(id);
    std::erase_if(asked, [&](const auto& one) { return one.first == id; });
  }
  void taken(client::StreamId, std::size_t bytes) override { taken_bytes += bytes; }

  /// Answers what is open, and says what has changed.
  void pump() {
    while (!asked.empty() && !silent) {
      const auto [id, request] = std::exchange(asked, {}).front();
      if (request.url.ends_with("/v3/watch")) {
        watch(id, request);
      } else {
        answer(id, etcd_.answer(request));
      }
    }
    for (auto& [id, seen] : std::map(watches_)) say_changes(id, seen);
  }
  void answer(client::StreamId id, const client::Answer& with) {
    if (with.status == 0) return handler->on_end(id, with.error);
    handler->on_head(id, with.status);
    say(id, with.body);
    handler->on_end(id, "");
  }
  void say(client::StreamId id, const std::string& text) { handler->on_body(id, base::Bytes::copy_of(text)); }
  /// All that are open break off.
  void break_off() {
    for (const auto& [id, seen] : std::exchange(watches_, {})) handler->on_end(id, "reset by peer");
  }
  client::StreamId watching() const { return watches_.empty() ? 0 : watches_.begin()->first; }

  client::StreamHandler* handler = nullptr;
  std::vector<std::pair<client::StreamId, client::Request>> asked;  ///< and not answered
  std::vector<std::string> urls;
  std::set<client::StreamId> stopped;
  std::size_t taken_bytes = 0;
  bool silent = false;  ///< nothing is answered

 private:
  void watch(client::StreamId id, const client::Request& request) {
    const client::Answer refusal = etcd_.answer({.method = "POST",
                                                 .url = request.url.substr(0, request.url.size() - 9) + "/v3/kv/range",
                                                 .headers = request.headers,
                                                 .body = base::Bytes::copy_of(range_request("k"))});
    if (!refusal.ok()) return answer(id, refusal);
    const json create = json::parse(request.body.text()).at("create_request");
    watches_[id] = std::stoll(create.at("start_revision").get<std::string>()) - 1;
    handler->on_head(id, 200);
    say(id, R"({"result":{"header":{},"created":true}})"
            "\n");
  }
  void say_changes(client::StreamId id, std::int64_t seen) {
    json events = json::array();
    for (const FakeEtcd::Event& event : etcd_.history) {
      if (event.revision <= seen) continue;
      json told{{"kv", FakeEtcd::pair_of(event.key, event.value, event.revision)}};
      if (event.deleted) told["type"] = "DELETE";
      events.push_back(told);
    }
    if (events.empty()) return;
    watches_[id] = etcd_.revision();
    say(id, json{{"result", {{"header", json::object()}, {"events", events}}}}.dump() + "\n");
  }

  FakeEtcd& etcd_;
  std::map<client::StreamId, std::int64_t> watches_;  ///< the last revision that each has heard of
};

struct Edge {
  explicit Edge(std::string user = "", std::vector<std::string> endpoints = {"http://a", "http://b"})
      : watch({{std::move(endpoints), user, user.empty() ? "" : "secret"}, "/kickoff", [] { return 0.5; }},
              {clock, streams, [this](const auto& origins) { note(origins); }}) {
    streams.handler = &watch;
  }
  void note(const std::vector<AnnouncedOrigin>& origins) {
    heard.emplace_back();
    for (const AnnouncedOrigin& one : origins) heard.back() += one.url.substr(7) + " ";
  }
  void add(const std::string& url, std::set<std::string, std::less<>> channels = {}) {
    etcd.put(kBelow + url, write_origin({url, std::move(channels)}));
  }
  void pass(base::Micros span) {
    clock.now += span;
    watch.tick();
    streams.pump();
  }
  /// Paths, with the member that was asked, since the last call.
  std::string asked() {
    std::string out;
    for (const std::string& url : std::exchange(streams.urls, {})) out += url[7] + url.substr(url.rfind('/')) + " ";
    return out;
  }

  FakeClock clock;
  FakeEtcd etcd;
  FakeStreams streams{etcd};
  std::vector<std::string> heard;
  OriginWatch watch;
};

TEST(OriginWatch, ListsThenHearsOfWhatChanges) {
  Edge edge;
  edge.add("http://one");
  edge.pass(0);
  EXPECT_EQ(edge.asked(), "a/range a/watch ");
  EXPECT_EQ(edge.heard, std::vector<std::string>{"one "});
  EXPECT_TRUE(edge.watch.report().watching);
  edge.add("http://two", {"match"});
  edge.pass(0);
  edge.etcd.take_away(kBelow + "http://one");
  edge.pass(0);
  EXPECT_EQ(edge.heard, (std::vector<std::string>{"one ", "one two ", "two "}));
  EXPECT_EQ(edge.watch.report().origins, 1U);
  EXPECT_EQ(edge.asked(), "");
  EXPECT_EQ(edge.watch.report().failures, 0U);
  EXPECT_GT(edge.streams.taken_bytes, 100U);
}

TEST(OriginWatch, RequestsArePostsWithoutAProxy) {
  Edge edge;
  edge.streams.silent = true;
  edge.pass(0);
  ASSERT_EQ(edge.streams.asked.size(), 1U);
  const client::Request& request = edge.streams.asked.front().second;
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "http://a/v3/kv/range");
  EXPECT_TRUE(request.direct);
  EXPECT_EQ(request.headers, (client::Headers{{"Content-Type", "application/json"}}));
  EXPECT_EQ(request.body.text(), list_request(kBelow));
}

TEST(OriginWatch, WhatChangesBetweenTheListAndTheWatchIsHeardOf) {
  Edge edge;
  edge.streams.silent = true;
  edge.pass(0);
  const auto [list, request] = edge.streams.asked.front();
  edge.streams.asked.clear();
  edge.streams.answer(list, edge.etcd.answer(request));
  edge.add("http://one");
  edge.streams.silent = false;
  edge.streams.pump();
  EXPECT_EQ(edge.heard, std::vector<std::string>{"one "});
}

TEST(OriginWatch, EtcdGoneTheLastListStaysAndAllMembersAreTried) {
  Edge edge;
  edge.add("http://one");
  edge.pass(0);
  edge.asked();
  edge.etcd.dead = {"http://a", "http://b"};
  edge.streams.break_off();
  EXPECT_FALSE(edge.watch.report().watching);
  EXPECT_EQ(edge.watch.report().origins, 1U);
  for (int i = 0; i < 310; ++i) edge.pass(100 * kMillisecond);
  EXPECT_EQ(edge.asked(), "b/range a/range b/range a/range b/range ") << "after 1, 2, 4, 8, 15 s";
  EXPECT_EQ(edge.heard, std::vector<std::string>{"one "});
  EXPECT_EQ(edge.watch.report().failures, 6U);
  edge.etcd.dead.clear();
  edge.add("http://two");
  for (int i = 0; i < 160; ++i) edge.pass(100 * kMillisecond);
  EXPECT_EQ(edge.asked(), "a/range a/watch ");
  EXPECT_EQ(edge.heard.back(), "one two ");
  EXPECT_TRUE(edge.watch.report().watching);
}

TEST(OriginWatch, AnEtcdThatHasLostEverythingTakesNoOriginAwayAtOnce) {
  Edge edge;
  edge.add("http://one");
  edge.add("http://two");
  edge.pass(0);
  edge.etcd.lose_all();
  edge.streams.break_off();
  edge.pass(kSecond);
  edge.add("http://one");
  for (int i = 0; i < 149; ++i) edge.pass(100 * kMillisecond);
  EXPECT_EQ(edge.heard, std::vector<std::string>{"one two "});
  edge.pass(100 * kMillisecond);
  EXPECT_EQ(edge.heard, (std::vector<std::string>{"one two ", "one "}));
}

TEST(OriginWatch, AMemberThatSaysNothingIsLeft) {
  Edge edge;
  edge.streams.silent = true;
  edge.pass(0);
  edge.pass(3 * kSecond - 1);
  EXPECT_TRUE(edge.streams.stopped.empty());
  edge.pass(1);
  EXPECT_EQ(edge.streams.stopped.size(), 1U);
  edge.streams.silent = false;
  edge.pass(kSecond);
  EXPECT_EQ(edge.asked(), "a/range b/range b/watch ");
}

TEST(OriginWatch, AWatchThatDoesNotBeginIsLeft) {
  Edge edge;
  edge.pass(0);
  const client::StreamId first = edge.streams.watching();
  edge.pass(60 * kSecond);
  EXPECT_TRUE(edge.streams.stopped.contains(first)) << "all is listed anew now and then";
  EXPECT_EQ(edge.asked(), "a/range a/watch a/range a/watch ");
  edge.streams.silent = true;
  edge.pass(60 * kSecond);
  const client::StreamId list = edge.streams.asked.front().first;
  edge.streams.asked.clear();
  edge.streams.answer(list, {.status = 200, .body = R"({"header":{"revision":"7"}})"});
  EXPECT_EQ(edge.asked(), "a/range a/watch ");
  edge.pass(3 * kSecond);
  EXPECT_EQ(edge.watch.report().failures, 1U);
  EXPECT_FALSE(edge.watch.report().watching);
}

TEST(OriginWatch, ListsAnewWhatItHasNotHeardOf) {
  Edge edge;
  edge.add("http://one");
  edge.pass(0);
  edge.etcd.keys.clear();
  edge.pass(60 * kSecond - 1);
  EXPECT_EQ(edge.heard.size(), 1U);
  edge.pass(1);
  EXPECT_EQ(edge.heard.back(), "");
  EXPECT_EQ(edge.watch.report().failures, 0U);
}

TEST(OriginWatch, ARefusalIsAFailureWithItsReason) {
  Edge edge;
  edge.etcd.refused = {"/v3/kv/range"};
  edge.pass(0);
  EXPECT_EQ(edge.watch.report().failures, 1U);
  EXPECT_EQ(edge.asked(), "a/range ");
  edge.etcd.refused.clear();
  edge.pass(kSecond);
  EXPECT_TRUE(edge.watch.report().watching);
}

TEST(OriginWatch, LogsInFirstAndAgainWhenItsTokenHasRunOut) {
  Edge edge("kickoff");
  edge.etcd.password = "secret";
  edge.add("http://one");
  edge.pass(0);
  EXPECT_EQ(edge.asked(), "a/authenticate a/range a/watch ");
  edge.etcd.token = "t2";
  edge.pass(60 * kSecond);
  EXPECT_EQ(edge.asked(), "a/range ");
  edge.pass(kSecond);
  EXPECT_EQ(edge.asked(), "b/authenticate b/range b/watch ");
  EXPECT_EQ(edge.heard, std::vector<std::string>{"one "});
}

TEST(OriginWatch, AWrongPasswordIsAFailure) {
  Edge edge("kickoff");
  edge.etcd.password = "another";
  edge.pass(0);
  EXPECT_EQ(edge.asked(), "a/authenticate ");
  EXPECT_EQ(edge.watch.report().failures, 1U);
}

TEST(OriginWatch, GarbageOfEtcdsIsAFailureAndOfAKeyItIsNot) {
  for (const char* body : {"garbage", R"({"kvs":[]})"}) {
    Edge edge;
    edge.streams.silent = true;
    edge.pass(0);
    edge.streams.answer(edge.streams.asked.front().first, {.status = 200, .body = body});
    EXPECT_EQ(edge.watch.report().failures, 1U) << body;
  }
  Edge edge;
  edge.etcd.put(kBelow + "http://one", "garbage");
  edge.add("http://two");
  edge.pass(0);
  EXPECT_EQ(edge.heard, std::vector<std::string>{"two "});
  EXPECT_EQ(edge.watch.report().refused, 1U);
  EXPECT_EQ(edge.watch.report().failures, 0U);
}

TEST(OriginWatch, AWatchThatBringsGarbageOrIsCanceledIsLeft) {
  for (const char* line : {"garbage\n", R"({"result":{"canceled":true,"cancel_reason":"compacted"}})"
                                        "\n"}) {
    Edge edge;
    edge.add("http://one");
    edge.pass(0);
    const client::StreamId watch = edge.streams.watching();
    edge.streams.say(watch, line);
    EXPECT_TRUE(edge.streams.stopped.contains(watch)) << line;
    EXPECT_FALSE(edge.watch.report().watching);
    edge.streams.say(watch, line);
    EXPECT_EQ(edge.watch.report().failures, 1U) << "what still comes of it is not looked at";
    edge.pass(kSecond);
    EXPECT_TRUE(edge.watch.report().watching);
    EXPECT_EQ(edge.heard, std::vector<std::string>{"one "});
  }
}

TEST(OriginWatch, AListThatIsTooLongIsLeft) {
  Edge edge;
  edge.streams.silent = true;
  edge.pass(0);
  const client::StreamId list = edge.streams.asked.front().first;
  edge.streams.handler->on_head(list, 200);
  edge.streams.say(list, std::string(OriginWatch::kMostList, ' '));
  EXPECT_EQ(edge.watch.report().failures, 0U);
  edge.streams.say(list, " ");
  EXPECT_EQ(edge.watch.report().failures, 1U);
  EXPECT_TRUE(edge.streams.stopped.contains(list));
}

TEST(OriginWatch, AWatchThatEndsIsMadeAgain) {
  Edge edge;
  edge.pass(0);
  edge.asked();
  edge.streams.handler->on_end(edge.streams.watching(), "");
  edge.pass(kSecond - 1);
  EXPECT_EQ(edge.asked(), "");
  edge.pass(1);
  EXPECT_EQ(edge.asked(), "b/range b/watch ");
}

}  // namespace
}  // namespace registry
