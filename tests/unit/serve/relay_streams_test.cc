#include "serve/relay_streams.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "base/hash.h"
#include "relay/recorder.h"
#include "relay/wire.h"
#include "serving.h"

namespace {

using serve_test::Client;
using serve_test::Serving;

constexpr std::uint64_t kNode = 70;

serve::Server::Options with_relay() {
  serve::Server::Options options;
  options.relay.lock = serve::OriginLock("X-Kickoff-Relay", {"the secret of edges"}, false);
  options.relay.node = kNode;
  return options;
}

const std::string kSecret = "X-Kickoff-Relay: the secret of edges\r\n";

/// What a server has of a log, as a recorder makes it.
std::shared_ptr<const relay::Reel> reel_of(const base::Clock& clock, const relay::Path& path = {kNode}) {
  origin::Log log("match", {});
  std::shared_ptr<const relay::Reel> reel;
  relay::Recorder recorder({clock, [&] { return log.standing(); }, [] { return std::int64_t{0}; },
                            [&](std::shared_ptr<const relay::Reel> made) { reel = std::move(made); }},
                           {}, {7, 1}, path);
  recorder.apply(origin::testing::presentation());
  recorder.apply(origin::testing::part(0, origin::testing::kFirst, 0));
  recorder.settle();
  return reel;
}

std::uint64_t causes(Serving& serving, serve::Cause cause) {
  return serving.counters().causes[static_cast<std::size_t>(cause)].get();
}

/// Reads until `text` holds, or the connection ends.
std::string read_until(Client& client, const std::function<bool(const std::string&)>& holds) {
  std::string text;
  while (!holds(text)) {
    const std::string more = client.receive();
    if (more.empty()) break;
    text += more;
  }
  return text;
}

TEST(RelayStreams, WithoutSecretsThereIsNoSuchPath) {
  Serving serving;
  serving.server().relay("match", reel_of(serving.clock));
  Client client(serving.port());
  EXPECT_EQ(client.get("/relay/v1/match", kSecret).status, 404);
}

TEST(RelayStreams, RefusesWhoDoesNotShowTheSecretAndWhatIsNoGet) {
  Serving serving(with_relay());
  serving.server().relay("match", reel_of(serving.clock));
  Client client(serving.port());
  EXPECT_EQ(client.get("/relay/v1/match").status, 403);
  EXPECT_EQ(client.get("/relay/v1/match", "X-Kickoff-Relay: guessed\r\n").status, 403);
  EXPECT_EQ(causes(serving, serve::Cause::kRelayLocked), 2u);
  EXPECT_EQ(client.get("/relay/v1/match", kSecret, "OPTIONS").status, 405);
  EXPECT_EQ(client.get("/relay/v1/match", kSecret + "X-Kickoff-Via: nonsense\r\n").status, 400);
  EXPECT_EQ(client.get("/relay/v1/other", kSecret).status, 404);
  EXPECT_EQ(client.get("/relay/v1/a/b", kSecret).status, 404);
}

TEST(RelayStreams, TheOriginLockIsNotInTheWay) {
  serve::Server::Options options = with_relay();
  options.lock = serve::OriginLock("X-Origin-Verify", {"secret of the CDN"}, false);
  Serving serving(options);
  Client client(serving.port());
  EXPECT_EQ(client.get("/relay/v1/other", kSecret).status, 404);
  EXPECT_EQ(client.get("/live/match/index.m3u8", kSecret).status, 403);
}

TEST(RelayStreams, SendsTheWindowThenWhatComes) {
  Serving serving(with_relay());
  serving.server().relay("match", reel_of(serving.clock));
  Client client(serving.port());
  client.ask("/relay/v1/match", kSecret);
  const std::string media = "0:" + std::to_string(origin::testing::kFirst) + ".0";
  const std::string text = read_until(client, [&](const std::string& now) {
    return now.find(media) != std::string::npos && now.find(relay::caught_up_item().text()) != std::string::npos;
  });
  EXPECT_TRUE(text.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_NE(text.find("Cache-Control: no-store"), std::string::npos);
  EXPECT_NE(text.find(relay::seeded_item().text()), std::string::npos);
  EXPECT_EQ(serving.counters().relay_streams.get(), 1u);
  EXPECT_GT(serving.counters().relay_bytes.get(), media.size());
}

TEST(RelayStreams, SendsNoMediaThatTheEdgeHas) {
  Serving serving(with_relay());
  serving.server().relay("match", reel_of(serving.clock));
  const std::string media(origin::testing::part(0, origin::testing::kFirst, 0).data.text());
  const auto sent = [&](const std::string& header) {
    Client client(serving.port());
    client.ask("/relay/v1/match", kSecret + header);
    const std::string text = read_until(
        client, [&](const std::string& now) { return now.find(relay::caught_up_item().text()) != std::string::npos; });
    return text.find(media) != std::string::npos;
  };
  const relay::Have have{origin::testing::kFirst, origin::testing::kFirst,
                         base::hash64(origin::testing::part(0, origin::testing::kFirst, 0).data.view())};
  EXPECT_TRUE(sent(""));
  EXPECT_FALSE(sent("X-Kickoff-Have: " + relay::format_have(have) + "\r\n"));
  EXPECT_TRUE(sent("X-Kickoff-Have: nonsense\r\n"));
}

TEST(RelayStreams, RefusesALoop) {
  Serving serving(with_relay());
  serving.server().relay("match", reel_of(serving.clock, {5, kNode}));
  Client client(serving.port());
  EXPECT_EQ(client.get("/relay/v1/match", kSecret + "X-Kickoff-Via: 0000000000000046\r\n").status, 508) << "70, itself";
  EXPECT_EQ(client.get("/relay/v1/match", kSecret + "X-Kickoff-Via: 0000000000000009, 0000000000000005\r\n").status,
            508)
      << "its log comes from there";
  EXPECT_EQ(causes(serving, serve::Cause::kRelayLoop), 2u);
}

TEST(RelayStreams, SaysThatTheChannelIsGone) {
  Serving serving(with_relay());
  serving.server().relay("match", reel_of(serving.clock));
  Client client(serving.port());
  client.ask("/relay/v1/match", kSecret);
  read_until(client,
             [](const std::string& now) { return now.find(relay::caught_up_item().text()) != std::string::npos; });
  serving.server().remove("match");
  const std::string rest = read_until(client, [](const std::string& now) {
    return now.find("0\r\n\r\n") != std::string::npos && now.find(relay::absent_item().text()) != std::string::npos;
  });
  EXPECT_NE(rest.find(relay::absent_item().text()), std::string::npos);
}

TEST(RelayStreams, ListsItsChannelsForWhoShowsTheSecret) {
  Serving serving(with_relay());
  Client client(serving.port());
  EXPECT_EQ(client.get("/relay/v1/").status, 403);
  const auto none = client.get("/relay/v1/", kSecret);
  EXPECT_EQ(none.status, 200);
  EXPECT_EQ(none.body, "");
  EXPECT_EQ(none.fields.at("cache-control"), "no-store");
  // The loop may read the request before what it was told.
  const auto lists = [&](const std::string& names) {
    for (int i = 0; i < 10'000; ++i) {
      if (client.get("/relay/v1/", kSecret).body == names) return true;
    }
    return false;
  };
  for (const char* name : {"match", "final"}) serving.server().relay(name, reel_of(serving.clock));
  EXPECT_TRUE(lists("final\nmatch\n"));
  serving.server().remove("match");
  EXPECT_TRUE(lists("final\n"));
}

TEST(RelayStreams, CutsAnEdgeOffWhereAnotherLogBegins) {
  Serving serving(with_relay());
  serving.server().relay("match", reel_of(serving.clock));
  Client client(serving.port());
  client.ask("/relay/v1/match", kSecret);
  read_until(client,
             [](const std::string& now) { return now.find(relay::caught_up_item().text()) != std::string::npos; });
  auto other = std::make_shared<relay::Reel>(*reel_of(serving.clock));
  other->log = 8;
  serving.server().relay("match", other);
  read_until(client, [](const std::string&) { return false; });
  EXPECT_EQ(serving.counters().relay_cut.get(), 1u);
}

/// An edge's demands, as the control loop gets them.
struct Demands {
  std::atomic<int> count{0};
  serve::Server::Options options() {
    serve::Server::Options made = with_relay();
    made.relay.patience = 4 * base::kSecond;
    made.channels.hold_media = true;
    made.most_awaited = 2;
    made.on_demand = [this](const std::string&, const relay::Path&) { ++count; };
    return made;
  }
};

TEST(EdgeServer, HoldsRequestsForAChannelThatItAsksFor) {
  Demands demands;
  Serving serving(demands.options());
  Client multivariant(serving.port());
  Client part(serving.port());
  multivariant.ask("/live/match/index.m3u8");
  part.ask(serve_test::part_path(1));
  serving.wait_parked(2);
  EXPECT_EQ(demands.count, 1);
  serving.go_live();
  EXPECT_EQ(multivariant.answer().status, 200);
  EXPECT_EQ(part.answer().status, 200);
}

TEST(EdgeServer, RemembersForAMomentThatAChannelIsAbsent) {
  Demands demands;
  Serving serving(demands.options());
  Client client(serving.port());
  client.ask("/live/nothing/index.m3u8");
  serving.wait_parked(1);
  serving.server().remove("nothing");
  EXPECT_EQ(client.answer().status, 404);
  EXPECT_EQ(client.get("/live/nothing/index.m3u8").status, 404);
  EXPECT_EQ(demands.count, 1);
  serving.clock.advance(serve::Unknown::kRemembered);
  client.ask("/live/nothing/index.m3u8");
  serving.wait_parked(1);
  EXPECT_EQ(demands.count, 2);
}

TEST(EdgeServer, WithoutAnOriginItSays503) {
  Demands demands;
  Serving serving(demands.options());
  Client client(serving.port());
  client.ask("/live/match/index.m3u8");
  serving.wait_parked(1);
  serving.server().give_up("match");
  EXPECT_EQ(client.answer().status, 503);
  EXPECT_EQ(causes(serving, serve::Cause::kNoOrigin), 1u);
}

TEST(EdgeServer, AsksForNoImpossibleNameAndForFewChannelsAtATime) {
  Demands demands;
  Serving serving(demands.options());
  Client first(serving.port());
  Client second(serving.port());
  Client third(serving.port());
  EXPECT_EQ(first.get("/live/a%20b/index.m3u8").status, 404);
  EXPECT_EQ(first.get("/live/" + std::string(65, 'a') + "/index.m3u8").status, 404);
  EXPECT_EQ(demands.count, 0);
  first.ask("/live/one/index.m3u8");
  second.ask("/live/two/index.m3u8");
  serving.wait_parked(2);
  EXPECT_EQ(third.get("/live/three/index.m3u8").status, 503);
  EXPECT_EQ(demands.count, 2);
}

/// What an edge behind this one is told.
TEST(EdgeServer, TellsAnotherEdgeWhetherThereIsNoChannelOrNobodyWhoKnows) {
  Demands demands;
  Serving serving(demands.options());
  const auto told = [&](const std::string& channel, const std::function<void()>& answer) {
    Client client(serving.port());
    client.ask("/relay/v1/" + channel, kSecret);
    answer();
    return read_until(client, [](const std::string& now) { return now.find("\r\n0\r\n\r\n") != std::string::npos; });
  };
  const auto has = [](const std::string& text, const base::Bytes& item) {
    return text.find(item.text()) != std::string::npos;
  };
  const auto asked = [&](int count) {
    while (demands.count < count) std::this_thread::yield();
  };
  const std::string absent = told("nothing", [&] {
    asked(1);
    serving.server().remove("nothing");
  });
  EXPECT_TRUE(has(absent, relay::absent_item()));
  EXPECT_TRUE(has(told("nothing", [] {}), relay::absent_item())) << "it is remembered";
  EXPECT_EQ(demands.count, 1);
  const std::string unavailable = told("match", [&] {
    asked(2);
    serving.server().give_up("match");
  });
  EXPECT_TRUE(has(unavailable, relay::unavailable_item()));
  EXPECT_FALSE(has(unavailable, relay::absent_item()));
  Client list(serving.port());
  EXPECT_EQ(list.get("/relay/v1/", kSecret).status, 404) << "an edge does not know what its origins have";
}

}  // namespace
