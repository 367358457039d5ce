#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "fake_viewer.h"
#include "origin/channel.h"
#include "serve/server.h"

namespace serve_test {

/// Turns until `done`, for what another thread is about to do; fails the test after a minute: when to give up, no limit
/// of the server's.
inline void wait_until(const std::function<bool()>& done) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!done()) {
    ASSERT_LT(std::chrono::steady_clock::now(), limit) << "waited in vain";
    std::this_thread::yield();
  }
}

/// A connected socket that blocks, ten seconds at most.
class Socket {
 public:
  explicit Socket(std::uint16_t port) : descriptor_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval limit{10, 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    EXPECT_EQ(connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~Socket() { close(descriptor_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int descriptor() const { return descriptor_; }
  void send(const std::string& bytes) {
    EXPECT_EQ(::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }
  /// What came, empty at the end of the connection.
  std::string receive() {
    char buffer[65536];
    const ssize_t length = recv(descriptor_, buffer, sizeof buffer, 0);
    if (length < 0) timed_out = errno == EAGAIN || errno == EWOULDBLOCK;
    return length > 0 ? std::string(buffer, static_cast<std::size_t>(length)) : "";
  }

  bool timed_out = false;

 private:
  int descriptor_;
};

struct Answer {
  int status = 0;
  std::map<std::string, std::string> fields;  ///< names in lower case
  std::string body;
};

/// An HTTP/1.1 client that knows as much as the tests need.
class Client : public Socket {
 public:
  using Socket::Socket;

  void ask(const std::string& path, const std::string& more = "", const std::string& method = "GET") {
    head_only_ = method == "HEAD";
    send(method + " " + path + " HTTP/1.1\r\nHost: edge\r\n" + more + "\r\n");
  }
  Answer get(const std::string& path, const std::string& more = "", const std::string& method = "GET") {
    ask(path, more, method);
    return answer();
  }
  /// The next answer; status 0 where the connection ended.
  Answer answer() {
    Answer read;
    const std::size_t end = fill_to("\r\n\r\n");
    if (end == std::string::npos) return read;
    const std::string head = buffer_.substr(0, end);
    buffer_.erase(0, end + 4);
    read.status = std::stoi(head.substr(9, 3));
    for (std::size_t at = head.find("\r\n"); at != std::string::npos;) {
      const std::size_t next = head.find("\r\n", at + 2);
      const std::string line = head.substr(at + 2, next == std::string::npos ? std::string::npos : next - at - 2);
      std::string name = line.substr(0, line.find(": "));
      for (char& c : name) c = static_cast<char>(std::tolower(c));
      read.fields[name] = line.substr(line.find(": ") + 2);
      at = next;
    }
    const bool bodiless = head_only_ || read.status == 304 || read.status == 204;
    const std::size_t length = bodiless ? 0 : std::stoul(read.fields.at("content-length"));
    while (buffer_.size() < length) {
      const std::string more = receive();
      if (more.empty()) return read;
      buffer_ += more;
    }
    read.body = buffer_.substr(0, length);
    buffer_.erase(0, length);
    return read;
  }
  bool ended() { return buffer_.empty() && receive().empty() && !timed_out; }

 private:
  std::size_t fill_to(const std::string& mark) {
    for (;;) {
      if (const std::size_t at = buffer_.find(mark); at != std::string::npos) return at;
      const std::string more = receive();
      if (more.empty()) return std::string::npos;
      buffer_ += more;
    }
  }

  std::string buffer_;
  bool head_only_ = false;
};

/// A server on a loop and thread of its own, and a channel to publish on it.
class Serving {
 public:
  explicit Serving(serve::Server::Options options = {}, std::shared_ptr<const tls::Context> context = nullptr,
                   std::shared_ptr<const serve::StaticFiles> files = nullptr, const origin::Log::Options& log = {})
      : channel(log) {
    std::signal(SIGPIPE, SIG_IGN);
    options.host = "127.0.0.1";
    options.plain_port = 0;
    options.tls_port = 0;
    server_ = serve::Server::make(loop_, clock, options, std::move(context), std::move(files)).take();
    stop_ = std::make_unique<loop::Mailbox>(loop_);
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~Serving() {
    stop_->post([this] {
      server_.reset();
      loop_.stop();
    });
    thread_.join();
    stop_.reset();
  }

  serve::Server& server() { return *server_; }
  std::uint16_t port() { return server_->plain_port(); }
  const serve::Counters& counters() { return server_->counters(); }
  /// Returns when the snapshot has arrived on the loop.
  void publish() {
    const std::uint64_t before = counters().snapshots.get();
    server_->publish(channel.log.snapshot());
    wait_until([&] { return counters().snapshots.get() > before; });
  }
  /// Returns when everything that the loop had begun is done: a round trip of another connection's.
  void settle() { EXPECT_NE(Client(port()).get("/").status, 0); }
  /// Eight whole segments and two parts of the next in both renditions.
  void go_live() {
    channel.begin();
    channel.segments(origin::testing::kFirst, origin::testing::kFirst + 7);
    for (std::uint32_t i = 0; i < 2; ++i) add_part(i);
  }
  /// Part `index` of the open segment in both renditions, published.
  void add_part(std::uint32_t index) {
    channel.log.apply(origin::testing::part(0, kOpen, index, index == 3));
    channel.log.apply(origin::testing::part(1, kOpen, index, index == 3));
    publish();
  }
  void wait_parked(std::uint64_t count) {
    wait_until([&] { return counters().parked.get() == count; });
  }

  static constexpr std::int64_t kOpen = origin::testing::kFirst + 8;
  FakeClock clock;
  origin::testing::Channel channel;

 private:
  loop::Loop loop_;
  std::unique_ptr<serve::Server> server_;
  std::unique_ptr<loop::Mailbox> stop_;
  std::thread thread_;
};

inline std::string part_path(std::uint32_t index) {
  return "/live/match/v720/" + std::to_string(Serving::kOpen) + "." + std::to_string(index) + ".m4s";
}
inline std::string playlist_path(std::uint32_t part) {
  return "/live/match/v720/index.m3u8?_HLS_msn=" + std::to_string(Serving::kOpen) +
         "&_HLS_part=" + std::to_string(part);
}

}  // namespace serve_test
