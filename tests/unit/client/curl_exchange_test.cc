#include "client/curl_exchange.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

#include "unit/client/socket_server.h"

namespace client {
namespace {

constexpr base::Micros kPatience = 20 * base::kSecond;

/// What comes until there are `count` answers, by their ids.
std::map<std::uint64_t, Answer> gather(CurlExchange& exchange, std::size_t count) {
  std::map<std::uint64_t, Answer> answers;
  while (answers.size() < count) {
    for (auto& arrival : exchange.take_answers(kPatience)) answers[arrival.id] = std::move(arrival.answer);
  }
  return answers;
}

TEST(CurlExchange, GivesEachAnswerWithTheIdOfItsRequest) {
  const SocketServer server([](const std::string& request) { return ok(request.substr(5, 2)); });
  CurlExchange exchange({});
  for (std::uint64_t id = 10; id < 30; ++id) exchange.begin(id, {"GET", server.url("/" + std::to_string(id))});
  auto answers = gather(exchange, 20);
  for (std::uint64_t id = 10; id < 30; ++id) EXPECT_EQ(answers[id].body, std::to_string(id));
}

TEST(CurlExchange, ARequestWithoutAnAnswerHoldsUpNoOther) {
  const SocketServer server([](const std::string& request) { return request.starts_with("GET /slow") ? "" : ok("x"); });
  CurlExchange exchange({});
  exchange.begin(1, {"GET", server.url("/slow")});
  for (std::uint64_t id = 2; id < 5; ++id) {
    exchange.begin(id, {"GET", server.url("/quick")});
    EXPECT_TRUE(gather(exchange, 1).contains(id));
  }
}

TEST(CurlExchange, EndsARequestWhoseTimeIsOver) {
  const SocketServer server([](const std::string&) { return ""; });
  CurlExchange exchange({});
  exchange.begin(7, {.url = server.url(), .timeout = 50 * base::kMillisecond});
  auto answers = gather(exchange, 1);
  EXPECT_EQ(answers[7].status, 0);
  EXPECT_NE(answers[7].error, "");
}

TEST(CurlExchange, PostsTheBodyThatItWasGiven) {
  const SocketServer server([](const std::string& request) { return ok(request); });
  CurlExchange exchange({});
  exchange.begin(1, {"POST", server.url("/hook"), {{"content-type", "text/x"}}, base::Bytes::copy_of("the body")});
  const std::string seen = gather(exchange, 1)[1].body;
  EXPECT_TRUE(seen.starts_with("POST /hook HTTP/1.1\r\n")) << seen;
  EXPECT_NE(seen.find("content-type: text/x\r\n"), seen.npos) << seen;
  EXPECT_TRUE(seen.ends_with("\r\n\r\nthe body")) << seen;
}

TEST(CurlExchange, CutsALongBodyOrRefusesIt) {
  const SocketServer server([](const std::string&) { return ok("123456789"); });
  CurlExchange cuts({.most_body = 4, .cut_body = true});
  cuts.begin(1, {"GET", server.url()});
  const Answer cut = gather(cuts, 1)[1];
  EXPECT_EQ(cut.status, 200);
  EXPECT_EQ(cut.body, "1234");
  CurlExchange refuses({.most_body = 4});
  refuses.begin(1, {"GET", server.url()});
  EXPECT_EQ(gather(refuses, 1)[1].status, 0);
}

TEST(CurlExchange, DoesNotFollowRedirects) {
  const SocketServer server([](const std::string&) {
    return std::string("HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
  });
  CurlExchange exchange({});
  exchange.begin(1, {"POST", server.url(), {}, base::Bytes::copy_of("x")});
  EXPECT_EQ(gather(exchange, 1)[1].status, 307);
}

TEST(CurlExchange, IsWokenFromAnotherThread) {
  CurlExchange exchange({});
  std::thread other([&] { exchange.wake(); });
  EXPECT_TRUE(exchange.take_answers(60 * base::kSecond).empty());
  other.join();
}

TEST(CurlExchange, EndsWithRequestsOnTheirWay) {
  const SocketServer server([](const std::string&) { return ""; });
  CurlExchange exchange({});
  exchange.begin(1, {"GET", server.url()});
  EXPECT_TRUE(exchange.take_answers(0).empty());
}

}  // namespace
}  // namespace client
