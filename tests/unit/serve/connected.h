#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fake_viewer.h"
#include "serve/connection.h"

namespace serve_test {

using base::kMillisecond;
using base::kSecond;

inline http::Response reply(const std::string& body) {
  return std::make_shared<const http::Reply>(200,
                                             http::HeaderBlock::Fields{{"content-length", std::to_string(body.size())}},
                                             std::vector<base::Bytes>{base::Bytes::copy_of(body)});
}

struct Source final : http::BodyWriter::Source {
  void on_writable() override { ++writable_calls; }
  void on_gone() override { ++gone; }
  int writable_calls = 0;
  int gone = 0;
};

/// Owns one connection over a socket pair, and does with a request what its path says: /hold, /grow, else its name.
class Owner final : public serve::ConnectionOwner {
 public:
  void on_request(serve::Viewer& viewer, http::StreamId id, const http::Request& request) override {
    paths.emplace_back(request.path);
    if (request.path == "/hold") {
      auto held = viewer.make_held();
      held->viewer = &viewer;
      held->id = id;
      viewer.hold(std::move(held));
    } else if (request.path == "/grow") {
      writer = std::make_unique<http::BodyWriter>(source, most);
      answered =
          viewer.answer(id, std::make_shared<const http::Reply>(200, http::HeaderBlock::Fields{}), writer->body());
    } else {
      viewer.answer(id, request.path == "/big" ? reply(std::string(big, 'x')) : reply(std::string(request.path)),
                    part_published);
    }
  }
  http::Response on_malformed(int) override { return reply("malformed"); }
  void on_output(serve::Viewer& viewer) override { to_pump = &viewer; }
  void on_first_request(serve::Connection&) override {}
  void retire(serve::Connection&) override { retired = true; }

  std::unique_ptr<serve::Connection> connection;
  std::vector<std::string> paths;
  Source source;
  std::unique_ptr<http::BodyWriter> writer;
  std::size_t most = 1000;
  std::size_t big = 8'000'000;
  base::Micros part_published = 0;
  bool answered = false;
  serve::Viewer* to_pump = nullptr;
  bool retired = false;
};

struct ConnectionTest : testing::Test {
  ConnectionTest() {
    std::signal(SIGPIPE, SIG_IGN);
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    peer = ends[1];
    fcntl(peer, F_SETFL, O_NONBLOCK);
    context.wheel.advance(clock.steady());
    owner.connection =
        serve::Connection::make(owner, context, loop::Stream::of_descriptor(loop, ends[0]).take(), nullptr);
  }
  ~ConnectionTest() override {
    owner.writer.reset();
    owner.connection.reset();
    turn();
    close(peer);
  }

  /// Everything that is ready happens.
  void turn() {
    for (int i = 0; i < 3; ++i) {
      loop.post([this] { loop.stop(); });
      loop.run();
    }
  }
  void send(const std::string& text) {
    ASSERT_EQ(::send(peer, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
    turn();
  }
  void get(const std::string& path, const std::string& more = "") {
    send("GET " + path + " HTTP/1.1\r\nHost: a\r\n" + more + "\r\n");
  }
  /// What is there to read, at most `most` bytes.
  std::string receive(std::size_t most = SIZE_MAX) {
    std::string all;
    std::string buffer(65536, 0);
    while (all.size() < most) {
      const ssize_t length = recv(peer, buffer.data(), std::min(buffer.size(), most - all.size()), 0);
      if (length == 0) ended = true;
      if (length <= 0) return all;
      all.append(buffer, 0, static_cast<std::size_t>(length));
      turn();
    }
    return all;
  }
  /// Lets time pass, and looks at the deadlines.
  void wait(base::Micros span) {
    clock.advance(span);
    context.wheel.advance(clock.steady());
    turn();
  }
  void expect_open_for(base::Micros span) {
    wait(span - kMillisecond);
    EXPECT_FALSE(owner.retired) << span;
    wait(2 * serve::TimerWheel::kTick);
    EXPECT_TRUE(owner.retired) << span;
  }
  void pump() {
    ASSERT_NE(owner.to_pump, nullptr);
    std::exchange(owner.to_pump, nullptr)->pump();
    turn();
  }
  static std::uint64_t observations(const serve::Histogram& histogram) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i <= histogram.bounds().size(); ++i) sum += histogram.count(i);
    return sum;
  }

  loop::Loop loop;
  FakeClock clock;
  serve::LoopContext context{clock, {}, {}};
  Owner owner;
  int peer = -1;
  bool ended = false;
};

}  // namespace serve_test
