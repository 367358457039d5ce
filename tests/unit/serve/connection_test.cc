#include "serve/connection.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>

#include "fake_viewer.h"

namespace {

using base::kMillisecond;
using base::kSecond;
using serve_test::FakeClock;

http::Response reply(const std::string& body) {
  return std::make_shared<const http::Reply>(200,
                                             http::HeaderBlock::Fields{{"content-length", std::to_string(body.size())}},
                                             std::vector<base::Bytes>{base::Bytes::copy_of(body)});
}

struct Source final : http::BodyWriter::Source {
  void on_room() override { ++rooms; }
  void on_gone() override { ++gone; }
  int rooms = 0;
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

TEST_F(ConnectionTest, HasTenSecondsForItsFirstRequest) {
  expect_open_for(10 * kSecond);
  EXPECT_EQ(context.counters.timeouts.get(), 1u);
}

TEST_F(ConnectionTest, HasTenSecondsFromTheFirstByteOfARequestToItsLast) {
  get("/a");
  wait(5 * kSecond);
  send("GET /b HTTP/1.1\r\n");
  wait(7 * kSecond);
  EXPECT_FALSE(owner.retired);
  send("Host: a\r\n");
  expect_open_for(3 * kSecond);
  EXPECT_EQ(owner.paths, std::vector<std::string>{"/a"});
}

TEST_F(ConnectionTest, IsKeptForLongerThanCloudFrontKeepsIt) {  // CF-2
  get("/a");
  wait(129 * kSecond);
  EXPECT_FALSE(owner.retired);
  get("/b");
  EXPECT_EQ(receive().substr(0, 15), "HTTP/1.1 200 OK");
  expect_open_for(130 * kSecond);
  EXPECT_EQ(context.counters.timeouts.get(), 1u);
}

TEST_F(ConnectionTest, IsEndedAfterAMinuteInWhichItTookNothing) {
  get("/big");
  const std::uint64_t sent = context.counters.bytes_sent.get();
  EXPECT_GT(sent, owner.big / 2);
  wait(60 * kSecond + kSecond);
  EXPECT_FALSE(owner.retired) << "something was taken since it began";
  receive(1'000'000);
  wait(60 * kSecond + kSecond);
  EXPECT_FALSE(owner.retired) << "slow, but reading";
  expect_open_for(60 * kSecond);
  EXPECT_EQ(context.counters.timeouts.get(), 1u);
}

TEST_F(ConnectionTest, MayWaitForAHeldRequestAsLongAsItIsHeld) {
  get("/hold");
  EXPECT_EQ(context.counters.parked.get(), 1u);
  for (int i = 0; i < 10; ++i) wait(61 * kSecond);
  EXPECT_FALSE(owner.retired);
  EXPECT_EQ(context.counters.timeouts.get(), 0u);
}

TEST_F(ConnectionTest, ThatEndsWhileItWaitsHasLeft) {  // LL-106
  get("/hold");
  shutdown(peer, SHUT_WR);
  turn();
  EXPECT_TRUE(owner.retired);
  EXPECT_EQ(context.counters.parked.get(), 0u);
}

TEST_F(ConnectionTest, ThatEndsWhenAllIsAnsweredIsClosed) {
  get("/a");
  shutdown(peer, SHUT_WR);
  turn();
  EXPECT_TRUE(owner.retired);
  EXPECT_EQ(context.counters.timeouts.get(), 0u);
}

TEST_F(ConnectionTest, LingersTwoSecondsForWhoGoesOnAfterTheLastRequest) {
  send("GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET");
  EXPECT_NE(receive().find("Connection: close"), std::string::npos);
  EXPECT_TRUE(ended);
  send(std::string(10'000, 'x'));
  EXPECT_EQ(owner.paths.size(), 1u);
  expect_open_for(2 * kSecond);
  EXPECT_EQ(context.counters.timeouts.get(), 0u) << "it was answered";
}

TEST_F(ConnectionTest, ClosesAtOnceIfThePeerSaidThatItSendsNoMore) {
  get("/a", "Connection: close\r\n");
  EXPECT_TRUE(owner.retired);
}

TEST_F(ConnectionTest, MeasuresAPartUntilItsLastByteIsTaken) {
  owner.part_published = clock.steady() - 7 * kMillisecond;
  get("/small");
  EXPECT_EQ(context.counters.part_to_last_byte.sum(), 7 * kMillisecond);
  get("/big");
  EXPECT_EQ(observations(context.counters.part_to_last_byte), 1u);
  clock.advance(3 * kMillisecond);
  receive();
  EXPECT_EQ(observations(context.counters.part_to_last_byte), 2u);
  EXPECT_EQ(context.counters.part_to_last_byte.sum(), 17 * kMillisecond);
  owner.part_published = 0;
  get("/small");
  EXPECT_EQ(observations(context.counters.part_to_last_byte), 2u);
}

TEST_F(ConnectionTest, CountsItselfAndItsBytes) {
  EXPECT_EQ(context.counters.connections.get(), 1u);
  EXPECT_EQ(context.counters.connections_total.get(), 1u);
  get("/a");
  EXPECT_EQ(receive().size(), context.counters.bytes_sent.get());
  get("/big");
  const std::uint64_t before = context.counters.bytes_sent.get();
  EXPECT_GT(receive().size(), owner.big);
  EXPECT_GT(context.counters.bytes_sent.get(), before) << "it was given to the kernel in budgets of 4 MiB";
  EXPECT_LT(before, owner.big);
  EXPECT_EQ(context.counters.http2_connections.get(), 0u);
  owner.connection.reset();
  EXPECT_EQ(context.counters.connections.get(), 0u);
  EXPECT_EQ(context.counters.connections_total.get(), 1u);
}

TEST_F(ConnectionTest, IsMultiplexedOverHttp2) {
  EXPECT_FALSE(owner.connection->multiplexed());
  std::string head("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  head += std::string("\0\0\0\4\0\0\0\0\0", 9);                      // SETTINGS
  head += std::string("\0\0\6\1\5\0\0\0\1\x82\x84\x86\x41\1a", 15);  // GET http://a/
  send(head);
  EXPECT_TRUE(owner.connection->multiplexed());
  EXPECT_EQ(context.counters.http2_connections.get(), 1u);
  EXPECT_EQ(owner.paths, std::vector<std::string>{"/"});
  owner.connection.reset();
  EXPECT_EQ(context.counters.http2_connections.get(), 0u);
}

TEST_F(ConnectionTest, ShutsDownAtOnceWhenIdleAndAfterTheAnswerWhenNot) {
  get("/hold");
  owner.connection->shut_down();
  turn();
  EXPECT_FALSE(owner.retired);
  EXPECT_EQ(receive(), "");
  EXPECT_FALSE(ended);
  owner.connection->answer(1, reply("late"), 0);
  owner.connection->pump();
  turn();
  EXPECT_TRUE(receive().ends_with("late"));
  EXPECT_TRUE(ended);
}

TEST_F(ConnectionTest, AGrowingAnswerGoesOutAsItsSourcePushes) {
  get("/grow");
  EXPECT_TRUE(owner.answered);
  EXPECT_TRUE(receive().ends_with("\r\n\r\n"));
  owner.writer->push(base::Bytes::copy_of("event"));
  EXPECT_EQ(receive(), "") << "never inside the source's call";
  pump();
  EXPECT_EQ(receive(), "5\r\nevent\r\n");
  owner.writer->finish();
  pump();
  EXPECT_EQ(receive(), "0\r\n\r\n");
  get("/a");
  EXPECT_TRUE(receive().ends_with("/a"));
  EXPECT_EQ(owner.source.gone, 0);
}

TEST_F(ConnectionTest, AGrowingAnswerMayBeSilentForAsLongAsItsSourceIs) {
  get("/grow");
  for (int i = 0; i < 20; ++i) wait(61 * kSecond);
  EXPECT_FALSE(owner.retired);
  owner.writer->push(base::Bytes::copy_of("at last"));
  pump();
  EXPECT_TRUE(receive().ends_with("7\r\nat last\r\n"));
}

TEST_F(ConnectionTest, AReaderThatTakesNothingOfAGrowingAnswerIsEndedAndTheSourceTold) {
  owner.most = 4'000'000;
  get("/grow");
  owner.writer->push(base::Bytes::copy_of(std::string(2'000'000, 'x')));
  pump();
  owner.writer->push(base::Bytes::copy_of(std::string(3'000'000, 'y')));
  pump();
  EXPECT_EQ(owner.writer->queued(), 3'000'000u) << "the kernel has not taken all of the first";
  EXPECT_EQ(owner.writer->push(base::Bytes::copy_of(std::string(1'000'001, 'z'))), http::BodyWriter::Pushed::kFull);
  wait(61 * kSecond);
  EXPECT_FALSE(owner.retired) << "something was taken since it began";
  EXPECT_EQ(owner.source.gone, 0);
  expect_open_for(60 * kSecond);
  EXPECT_EQ(owner.source.gone, 1);
  EXPECT_EQ(owner.writer->push(base::Bytes::copy_of("more")), http::BodyWriter::Pushed::kGone);
}

TEST_F(ConnectionTest, ASlowReaderOfAGrowingAnswerGetsAllOfIt) {
  owner.most = 100'000;
  get("/grow");
  std::size_t pushed = 0;
  std::size_t refused = 0;
  std::string all;
  for (int i = 0; i < 200; ++i) {
    const auto outcome = owner.writer->push(base::Bytes::copy_of(std::string(50'000, 'x')));
    if (outcome == http::BodyWriter::Pushed::kQueued) pushed += 50'000;
    if (outcome == http::BodyWriter::Pushed::kFull) ++refused;
    if (owner.to_pump != nullptr) pump();
    if (i % 8 == 7) all += receive(150'000);
  }
  owner.writer->finish();
  if (owner.to_pump != nullptr) pump();
  all += receive();
  EXPECT_GT(refused, 0u);
  EXPECT_GT(owner.source.rooms, 0);
  EXPECT_EQ(static_cast<std::size_t>(std::count(all.begin(), all.end(), 'x')), pushed);
  EXPECT_TRUE(all.ends_with("\r\n0\r\n\r\n"));
}

TEST_F(ConnectionTest, TheSourceLearnsThatTheViewerHasLeft) {
  get("/grow");
  shutdown(peer, SHUT_WR);
  turn();
  EXPECT_TRUE(owner.retired);
  EXPECT_EQ(owner.source.gone, 1);
}

TEST_F(ConnectionTest, AnAbortedAnswerEndsTheConnection) {
  get("/grow");
  owner.writer->push(base::Bytes::copy_of("half"));
  pump();
  owner.writer.reset();
  pump();
  EXPECT_TRUE(receive().ends_with("4\r\nhalf\r\n"));
  EXPECT_TRUE(ended);
}

TEST_F(ConnectionTest, NothingIsAnsweredOnceItHasClosed) {
  get("/hold");
  owner.connection->close();
  EXPECT_TRUE(owner.retired);
  http::BodyWriter writer(owner.source);
  EXPECT_FALSE(owner.connection->answer(1, reply(""), writer.body()));
  owner.connection->answer(1, reply("late"), 0);
  owner.connection->pump();
  owner.connection->shut_down();
  turn();
  EXPECT_EQ(receive(), "");
  EXPECT_EQ(context.counters.bytes_sent.get(), 0u);
}

}  // namespace
