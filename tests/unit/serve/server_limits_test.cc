#include <gtest/gtest.h>

#include <atomic>
#include <optional>

#include "serving.h"

namespace {

using serve_test::Answer;
using serve_test::Client;
using serve_test::part_path;
using serve_test::playlist_path;
using serve_test::Serving;
using serve_test::wait_until;

TEST(ServerLimits, EndsASlowHeadAfterTenSeconds) {
  Serving serving;
  Client slow(serving.port());
  slow.send("GET / HTTP/1.1\r\nHost:");
  Client silent(serving.port());
  wait_until([&] { return serving.counters().connections.get() == 2; });
  serving.clock.advance(8 * base::kSecond);
  slow.send(" a");
  serving.clock.advance(3 * base::kSecond);
  EXPECT_TRUE(slow.ended());
  EXPECT_TRUE(silent.ended());
  wait_until([&] { return serving.counters().connections.get() == 0; });
  EXPECT_EQ(serving.counters().timeouts.get(), 2u);
}

TEST(ServerLimits, KeepsAnIdleConnectionLongerThanCloudFrontDoes) {  // CF-2
  Serving serving;
  Client client(serving.port());
  EXPECT_EQ(client.get("/").status, 200);
  serving.clock.advance(125 * base::kSecond);
  EXPECT_EQ(client.get("/").status, 200);
  serving.clock.advance(125 * base::kSecond);
  EXPECT_EQ(client.get("/").status, 200);
  serving.settle();
  serving.clock.advance(131 * base::kSecond);
  EXPECT_TRUE(client.ended());
}

TEST(ServerLimits, RefusesConnectionsBeyondTheLimitWith503) {
  serve::Server::Options options;
  options.most_connections = 2;
  Serving serving(options);
  Client first(serving.port());
  Client second(serving.port());
  EXPECT_EQ(first.get("/").status, 200);
  EXPECT_EQ(second.get("/").status, 200);
  Client third(serving.port());
  const Answer answer = third.get("/");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.fields.at("retry-after"), "1");
  EXPECT_EQ(answer.fields.at("connection"), "close");
  EXPECT_TRUE(third.ended());
  EXPECT_EQ(first.get("/").status, 200);
  EXPECT_EQ(serving.counters().connections_refused.get(), 1u);
}

TEST(ServerLimits, ClosesTheOldestConnectionOfAnAddressThatHasAskedNothingYet) {
  serve::Server::Options options;
  options.address = {.half_open = 2, .loopback = true};
  Serving serving(options);
  Client viewer(serving.port());
  EXPECT_EQ(viewer.get("/").status, 200);
  Client oldest(serving.port());
  oldest.send("GET / HTTP/1.1\r\n");
  Client second(serving.port());
  wait_until([&] { return serving.counters().connections.get() == 3; });
  Client third(serving.port());
  EXPECT_TRUE(oldest.ended());
  EXPECT_EQ(second.get("/").status, 200);
  EXPECT_EQ(third.get("/").status, 200);
  EXPECT_EQ(viewer.get("/").status, 200);
  EXPECT_EQ(serving.counters().connections_limited[serve::Counters::kByHalfOpen].get(), 1u);
}

TEST(ServerLimits, ClosesConnectionsOfAnAddressThatComeTooFast) {
  serve::Server::Options options;
  options.address = {.new_per_second = 1, .loopback = true};
  Serving serving(options);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(Client(serving.port()).get("/").status, 200);
  EXPECT_TRUE(Client(serving.port()).ended());
  serving.clock.advance(base::kSecond);
  EXPECT_EQ(Client(serving.port()).get("/").status, 200);
  EXPECT_EQ(serving.counters().connections_limited[serve::Counters::kByRate].get(), 1u);
}

TEST(ServerLimits, Answers503WhenTooManyAreHeld) {
  serve::Server::Options options;
  options.channels.most_held = 1;
  Serving serving(options);
  serving.go_live();
  Client first(serving.port());
  first.ask(part_path(2));
  serving.wait_parked(1);
  Client second(serving.port());
  EXPECT_EQ(second.get(part_path(2)).status, 503);
  serving.add_part(2);
  EXPECT_EQ(first.answer().status, 200);
}

TEST(ServerLimits, ASlowReaderHoldsNobodyUp) {
  Serving serving;
  serving.channel.begin();
  serving.channel.segments(origin::testing::kFirst, origin::testing::kFirst + 7);
  auto big = origin::testing::part(0, Serving::kOpen, 0);
  big.data = base::Bytes::copy_of(std::string(30'000'000, 'x'));
  serving.channel.log.apply(big);
  serving.publish();
  Client slow(serving.port());
  slow.ask(part_path(0));
  Client other(serving.port());
  EXPECT_EQ(other.get(part_path(0)).body.size(), 30'000'000u);
  EXPECT_EQ(slow.answer().body.size(), 30'000'000u);
}

TEST(ServerLimits, EndsAReaderThatTakesNothing) {
  Serving serving;
  serving.channel.begin();
  serving.channel.segments(origin::testing::kFirst, origin::testing::kFirst + 7);
  auto big = origin::testing::part(0, Serving::kOpen, 0);
  big.data = base::Bytes::copy_of(std::string(30'000'000, 'x'));
  serving.channel.log.apply(big);
  serving.publish();
  Client dead(serving.port());
  dead.ask(part_path(0));
  wait_until([&] { return serving.counters().bytes_sent.get() > 0; });
  for (int i = 0; i < 40 && serving.counters().connections.get() != 0; ++i) {
    serving.clock.advance(61 * base::kSecond);
    const auto before = std::chrono::steady_clock::now();
    wait_until([&] {
      return serving.counters().connections.get() == 0 ||
             std::chrono::steady_clock::now() > before + std::chrono::milliseconds(600);
    });
  }
  EXPECT_EQ(serving.counters().connections.get(), 0u);
}

TEST(ServerLimits, GivesTheAnswerToWhoHasFinishedSpeaking) {
  Serving serving;
  serving.go_live();
  Client client(serving.port());
  client.send("GET " + part_path(1) + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  shutdown(client.descriptor(), SHUT_WR);
  EXPECT_EQ(client.answer().body, "0:" + std::to_string(Serving::kOpen) + ".1");
  EXPECT_TRUE(client.ended());
}

TEST(ServerLimits, GivesALargeAnswerToWhoHasFinishedSpeaking) {
  Serving serving;
  serving.channel.begin();
  serving.channel.segments(origin::testing::kFirst, origin::testing::kFirst + 7);
  auto big = origin::testing::part(0, Serving::kOpen, 0);
  big.data = base::Bytes::copy_of(std::string(30'000'000, 'x'));  // more than is given to the kernel at once
  serving.channel.log.apply(big);
  serving.publish();
  Client client(serving.port());
  client.ask(part_path(0));
  shutdown(client.descriptor(), SHUT_WR);
  wait_until([&] { return serving.counters().bytes_sent.get() > 0; });
  serving.settle();
  EXPECT_EQ(client.answer().body.size(), 30'000'000u);
  EXPECT_TRUE(client.ended());
  wait_until([&] { return serving.counters().connections.get() == 0; });
  EXPECT_EQ(serving.counters().timeouts.get(), 0u);
}

TEST(ServerLimits, WaitsNotForTheEndOfWhoSaidItWasTheLastRequest) {
  Serving serving;
  serving.go_live();
  Client client(serving.port());
  client.ask(part_path(1), "Connection: close\r\n");
  EXPECT_EQ(client.answer().body, "0:" + std::to_string(Serving::kOpen) + ".1");
  EXPECT_TRUE(client.ended());
  wait_until([&] { return serving.counters().connections.get() == 0; });  // though the client's side is still open
}

TEST(ServerLimits, WaitsForTheEndOfWhoGoesOnAfterItsLastRequest) {
  Serving serving;
  serving.go_live();
  Client client(serving.port());
  client.send("GET " + part_path(1) + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\n");
  EXPECT_EQ(client.answer().body, "0:" + std::to_string(Serving::kOpen) + ".1");
  client.send(std::string(100'000, 'x'));  // would be answered by a reset, were nobody reading
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(serving.counters().connections.get(), 1u);
  serving.clock.advance(3 * base::kSecond);
  wait_until([&] { return serving.counters().connections.get() == 0; });
}

TEST(ServerLimits, RefusesGarbageAtOnce) {
  Serving serving;
  Client client(serving.port());
  client.send(std::string("\x16\x03\x01\x02\x00\x01\x00\x01", 8));
  const Answer answer = client.answer();
  EXPECT_EQ(answer.status, 400);
  EXPECT_TRUE(client.ended());
}

TEST(ServerLimits, ShutsDownWithoutCuttingAnswers) {
  Serving serving;
  serving.go_live();
  Client idle(serving.port());
  EXPECT_EQ(idle.get("/").status, 200);
  Client held(serving.port());
  held.ask(playlist_path(2));
  serving.wait_parked(1);
  std::atomic<bool> idle_now{false};
  serving.server().shut_down([&] { idle_now = true; });
  EXPECT_TRUE(idle.ended());
  EXPECT_EQ(held.answer().status, 503);
  EXPECT_TRUE(held.ended());
  serving.clock.advance(3 * base::kSecond);
  wait_until([&] { return idle_now.load(); });
}

TEST(ServerLimits, IsIdleWhenTheLastConnectionHasGoneNotBefore) {
  serve::Server::Options options;
  options.most_connections = 4;
  Serving serving(options);
  serving.go_live();
  std::optional<Client> idle(serving.port());
  EXPECT_EQ(idle->get("/").status, 200);
  Client held(serving.port());
  held.ask(playlist_path(2));
  serving.wait_parked(1);
  std::atomic<int> told{0};
  std::atomic<std::uint64_t> open_then{99};
  serving.server().shut_down([&] {
    if (told == 0) open_then = serving.counters().connections.get();
    ++told;  // last: from then on the other thread looks
  });
  EXPECT_EQ(held.answer().status, 503);
  EXPECT_TRUE(idle->ended());
  idle.reset();
  // Measured at each tick: at least one comes while the other connection lingers.
  const auto& left = serving.counters().headroom[static_cast<std::size_t>(serve::Resource::kConnections)];
  wait_until([&] { return left.get() == 750'000; });
  EXPECT_TRUE(held.ended());
  serving.clock.advance(3 * base::kSecond);
  wait_until([&] { return told.load() > 0; });
  EXPECT_EQ(open_then, 0U);
}

TEST(ServerLimits, NamesThePortThatIsInUse) {
  Serving serving;
  loop::Loop loop;
  serve::Server::Options options;
  options.host = "127.0.0.1";
  options.plain_port = serving.port();
  options.tls_port = -1;
  options.reuse_port = false;
  const auto second = serve::Server::make(loop, serving.clock, options, nullptr, nullptr);
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.error().what.find(std::to_string(serving.port())), std::string::npos);
}

}  // namespace
