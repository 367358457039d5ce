#include "client/curl_transport.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace client {
namespace {

/// Reads requests one after another, a connection a thread, and answers with what a function gives; an empty answer
/// leaves the client waiting.
class SocketServer {
 public:
  explicit SocketServer(std::function<std::string(const std::string& request)> answer) : answer_(std::move(answer)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    listen(listener_, 16);
    socklen_t size = sizeof address;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~SocketServer() {
    shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
      const std::lock_guard lock(mutex_);
      for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
    }
    for (std::thread& one : servers_) one.join();
    for (const int socket : sockets_) close(socket);
    close(listener_);
  }

  std::string url(const std::string& path = "/") const { return "http://127.0.0.1:" + std::to_string(port_) + path; }
  std::size_t connections() const {
    const std::lock_guard lock(mutex_);
    return sockets_.size();
  }

 private:
  void accept_all() {
    for (int socket = 0; (socket = accept(listener_, nullptr, nullptr)) >= 0;) {
      const std::lock_guard lock(mutex_);
      sockets_.push_back(socket);
      servers_.emplace_back([this, socket] { serve(socket); });
    }
  }
  void serve(int socket) {
    std::string text;
    char bytes[65536];
    for (ssize_t count = 0; (count = recv(socket, bytes, sizeof bytes, 0)) > 0;) {
      text.append(bytes, static_cast<std::size_t>(count));
      const std::size_t head = text.find("\r\n\r\n");
      if (head == text.npos) continue;
      const std::size_t length = text.find("Content-Length: ");
      const std::size_t body = length == text.npos ? 0 : std::stoul(text.substr(length + 16));
      if (text.size() < head + 4 + body) continue;
      const std::string answer = answer_(text);
      send(socket, answer.data(), answer.size(), MSG_NOSIGNAL);
      text.clear();
    }
  }

  const std::function<std::string(const std::string&)> answer_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<int> sockets_;
  std::vector<std::thread> servers_;  ///< the acceptor's, until it has ended
  std::thread acceptor_;
};

std::string ok(const std::string& body, const std::string& headers = "") {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" + body;
}

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
