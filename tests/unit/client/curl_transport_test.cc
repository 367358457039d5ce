#include "client/curl_transport.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "unit/client/socket_server.h"

namespace client {
namespace {

Answer ask(const Request& request, CurlTransport::Options options = {}) {
  return CurlTransport(options).perform({request}).front();
}

TEST(CurlTransport, GivesStatusHeadersAndBody) {
  const SocketServer server([](const std::string&) { return ok("text", "ETag:  \"a\" \r\n"); });
  const Answer answer = ask({"GET", server.url()});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "text");
  EXPECT_EQ(answer.header("etag"), "\"a\"");
  EXPECT_EQ(answer.header("date"), "");
}

TEST(CurlTransport, SendsTheRequestAsItStands) {
  const SocketServer server([](const std::string& request) { return ok(request); });
  const std::string seen =
      ask({"PUT", server.url("/a/../b%2Fc?x="), {{"x-a", "1"}, {"x-b", ""}}, base::Bytes::copy_of("body")}).body;
  EXPECT_TRUE(seen.starts_with("PUT /a/../b%2Fc?x= HTTP/1.1\r\n")) << seen;
  EXPECT_NE(seen.find("x-a: 1\r\n"), seen.npos);
  EXPECT_NE(seen.find("x-b:\r\n"), seen.npos) << seen;
  EXPECT_NE(seen.find("Content-Length: 4\r\n"), seen.npos);
  EXPECT_TRUE(seen.ends_with("\r\n\r\nbody"));
  EXPECT_EQ(seen.find("Expect"), seen.npos);
  EXPECT_EQ(seen.find("Content-Type"), seen.npos) << seen;
}

TEST(CurlTransport, AnEmptyPutHasALength) {
  const SocketServer server([](const std::string& request) { return ok(request); });
  const std::string seen = ask({"PUT", server.url()}).body;
  EXPECT_NE(seen.find("Content-Length: 0\r\n"), seen.npos) << seen;
}

TEST(CurlTransport, KeepsItsConnections) {
  const SocketServer server([](const std::string&) { return ok(""); });
  CurlTransport transport({});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(transport.perform({{"GET", server.url()}}).front().ok());
  EXPECT_EQ(server.connections(), 1u);
}

TEST(CurlTransport, AnswersManyInTheOrderOfTheRequests) {
  const SocketServer server([](const std::string& request) { return ok(request.substr(5, 2)); });
  CurlTransport transport({.parallel = 3});
  std::vector<Request> requests;
  for (int i = 10; i < 30; ++i) requests.push_back({"GET", server.url("/" + std::to_string(i))});
  const std::vector<Answer> answers = transport.perform(requests);
  ASSERT_EQ(answers.size(), 20u);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(answers[static_cast<std::size_t>(i)].body, std::to_string(i + 10));
  EXPECT_LE(server.connections(), 3u);
}

TEST(CurlTransport, SaysWhyThereIsNoAnswer) {
  std::string url;
  {
    const SocketServer server([](const std::string&) { return ok(""); });
    url = server.url();
  }
  const Answer answer = ask({"GET", url});
  EXPECT_EQ(answer.status, 0);
  EXPECT_NE(answer.error, "");
}

TEST(CurlTransport, AnAnswerThatDoesNotComeEndsTheRequest) {
  const SocketServer server([](const std::string&) { return ""; });
  Request request{"GET", server.url()};
  request.timeout = 50 * base::kMillisecond;
  EXPECT_EQ(ask(request).status, 0);
}

TEST(CurlTransport, AnAnswerThatIsTooLargeIsAnError) {
  const SocketServer server([](const std::string&) { return ok(std::string(100, 'x')); });
  const Answer answer = ask({"GET", server.url()}, {.most_body = 99});
  EXPECT_EQ(answer.status, 0);
  EXPECT_NE(answer.error, "");
  EXPECT_TRUE(ask({"GET", server.url()}, {.most_body = 100}).ok());
}

TEST(CurlTransport, DoesNotFollowARedirect) {
  const SocketServer server([](const std::string&) {
    return std::string("HTTP/1.1 307 Temporary\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
  });
  EXPECT_EQ(ask({"GET", server.url()}).status, 307);
}

TEST(CurlTransport, TakesNoOtherScheme) { EXPECT_EQ(ask({"GET", "file:///etc/passwd"}).status, 0); }

TEST(CurlTransport, CanBeInterrupted) {
  CurlTransport transport({});
  const SocketServer server([&](const std::string&) {
    transport.interrupt();
    return "";
  });
  const std::vector<Answer> answers = transport.perform({{"GET", server.url()}});
  EXPECT_EQ(answers.front().error, "interrupted");
  EXPECT_EQ(transport.perform({{"GET", server.url()}}).front().error, "interrupted");
}

}  // namespace
}  // namespace client
