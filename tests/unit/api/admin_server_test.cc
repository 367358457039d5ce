#include "api/admin_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <string>

#include "fakes.h"
#include "loop/timer.h"

namespace api {
namespace {

class Client : public loop::StreamHandler {
 public:
  Client(loop::Loop& loop, std::uint16_t port) : loop_(loop) {
    const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    stream_ = loop::Stream::of_descriptor(loop, descriptor).take();
    stream_->start(*this);
  }
  // The answer, once a whole one with Content-Length is there.
  std::string ask(const std::string& request) {
    text_.clear();
    stream_->write(base::Bytes::copy_of(request));
    loop_.run();
    return text_;
  }
  void send(const std::string& request) { stream_->write(base::Bytes::copy_of(request)); }
  std::size_t queued() const { return stream_->queued(); }
  void hang_up() { stream_->close(); }
  void pause() { stream_->pause(); }

  void on_read(base::View bytes) override {
    text_ += base::text_of(bytes);
    const std::size_t head = text_.find("\r\n\r\n");
    const std::size_t field = text_.find("Content-Length: ");
    if (head == std::string::npos || field == std::string::npos) return;
    if (text_.size() - head - 4 >= std::stoul(text_.substr(field + 16))) loop_.stop();
  }
  void on_end(const std::optional<base::Error>&) override {
    ended_ = true;
    loop_.stop();
  }
  bool ended() const { return ended_; }
  const std::string& heard() const { return text_; }

 private:
  loop::Loop& loop_;
  std::unique_ptr<loop::Stream> stream_;
  std::string text_;
  bool ended_ = false;
};

class AdminServerTest : public testing::Test {
 protected:
  static constexpr std::size_t kLarge = 20'000'000;  // more than the kernel's buffers take
  AdminServerTest() {
    dispatcher_.add({"GET", "/metrics", Role::kNobody, [](const Request&, const Respond& respond) {
                       respond({200, "text/plain; version=0.0.4", "kickoff_x 1\n", {}});
                     }});
    dispatcher_.add({"GET", "/later", Role::kNobody, [this](const Request&, Respond respond) {
                       ++asked_;
                       later_ = std::move(respond);
                     }});
    dispatcher_.add({"GET", "/large", Role::kNobody, [](const Request&, const Respond& respond) {
                       respond({200, "text/plain", std::string(kLarge, 'l'), {}});
                     }});
    dispatcher_.add({"PUT", "/echo", Role::kOperate, [](const Request& request, const Respond& respond) {
                       respond({200, "text/plain", request.body, {}});
                     }});
    dispatcher_.add({"DELETE", "/gone", Role::kOperate,
                     [](const Request&, const Respond& respond) { respond({204, {}, {}, {}}); }});
    dispatcher_.set_access({Tokens({make_token("operations", "t", Role::kOperate)}), HostRule()});
    start(256);
  }
  void start(std::size_t most_connections, http::StreamTimes times = {10 * base::kSecond, 60 * base::kSecond}) {
    AdminServer::Options options;
    options.port = 0;
    options.most_connections = most_connections;
    options.times = times;
    server_.reset();
    server_ = AdminServer::make(loop_, clock_, dispatcher_, options).take();
  }
  /// Runs the loop until `done`, which is asked every millisecond; a bound of time only for what never becomes true.
  void until(const std::function<bool()>& done) {
    int turns = 0;
    loop::Timer watch(loop_, [&] {
      if (done() || ++turns > 20'000) loop_.stop();
    });
    watch.start(base::kMillisecond, base::kMillisecond);
    loop_.run();
    EXPECT_TRUE(done());
  }
  static std::string put(std::size_t length, const std::string& more = "") {
    return "PUT /echo HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer t\r\n" + more +
           "Content-Length: " + std::to_string(length) + "\r\n\r\n";
  }

  base::SystemClock clock_;
  loop::Loop loop_;
  Dispatcher dispatcher_{clock_};
  std::unique_ptr<AdminServer> server_;
  Respond later_;
  int asked_ = 0;
};

TEST_F(AdminServerTest, AnswersARouteUncached) {
  Client client(loop_, server_->port());
  const std::string answer = client.ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(answer.substr(0, 15), "HTTP/1.1 200 OK");
  EXPECT_NE(answer.find("Cache-Control: no-store"), std::string::npos) << "CC-12";
  EXPECT_NE(answer.find("kickoff_x 1\n"), std::string::npos);
}

TEST_F(AdminServerTest, UnknownPagesAndOtherMethodsAreToldSo) {
  Client client(loop_, server_->port());
  EXPECT_NE(client.ask("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n").find(" 404 "), std::string::npos);
  const std::string answer = client.ask("DELETE /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_NE(answer.find(" 405 "), std::string::npos);
  EXPECT_NE(answer.find("Allow: GET, HEAD"), std::string::npos);
}

TEST_F(AdminServerTest, ARouteMayAnswerLater) {
  Client client(loop_, server_->port());
  loop::Timer soon(loop_, [&] {
    if (later_) later_({200, "text/plain", "now\n", {}});
  });
  soon.start(base::kMillisecond, base::kMillisecond);
  EXPECT_NE(client.ask("GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n").find("now\n"), std::string::npos);
}

TEST_F(AdminServerTest, ARequestThatDoesNotComeWholeEndsItsConnection) {
  start(256, {.head = 50 * base::kMillisecond, .stuck = base::kSecond});
  Client slow(loop_, server_->port());
  Client waiting(loop_, server_->port());
  slow.send(put(10) + "half");
  waiting.send("GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n");
  until([&] { return slow.ended(); });
  EXPECT_FALSE(waiting.ended());
  EXPECT_EQ(asked_, 1);
}

TEST_F(AdminServerTest, ARequestHasTenSecondsToComeWholeFromWhenItWasSeen) {
  api_test::FakeClock clock;
  AdminServer::Options options;
  options.port = 0;
  const auto server = AdminServer::make(loop_, clock, dispatcher_, options).take();
  Client slow(loop_, server->port());
  slow.send(put(10) + "half");
  // The server looks every quarter of a second, by a timer of this loop; between turns it reads what has come.
  const auto look = [&] {
    int turns = 0;
    loop::Timer watch(loop_, [&] {
      if (++turns == 4) loop_.stop();
    });
    watch.start(130 * base::kMillisecond, 130 * base::kMillisecond);
    loop_.run();
  };
  look();
  clock.now += 10 * base::kSecond - 1;
  look();
  EXPECT_FALSE(slow.ended());
  clock.now += 1;
  look();
  EXPECT_TRUE(slow.ended());
}

TEST_F(AdminServerTest, AStreamThatDoesNotComeWholeIsResetAndItsConnectionGoesOn) {
  start(256, {.head = 50 * base::kMillisecond, .stuck = base::kSecond});
  Client client(loop_, server_->port());
  client.send(std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33) +
              std::string("\0\0\x0e\1\4\0\0\0\1\x83\x86\x84\x41\x09localhost", 23) +        // POST /, not ended
              std::string("\0\0\x15\1\5\0\0\0\3\x82\x86\4\6/later\x41\x09localhost", 30));  // GET /later
  const std::string reset("\0\0\4\3\0\0\0\0\1\0\0\0\x08", 13);
  until([&] { return client.heard().find(reset) != std::string::npos; });
  EXPECT_EQ(asked_, 1);
  EXPECT_FALSE(client.ended());
  later_({200, "text/plain", "at last\n", {}});
  until([&] { return client.heard().find("at last\n") != std::string::npos; });
}

TEST_F(AdminServerTest, AnAnswerForAConnectionThatIsGoneIsDropped) {
  Client client(loop_, server_->port());
  client.send("GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n");
  loop::Timer watch(loop_, [&] {
    if (!later_) return;
    client.hang_up();
    loop_.stop();
  });
  watch.start(base::kMillisecond, base::kMillisecond);
  loop_.run();
  ASSERT_TRUE(later_);
  watch.stop();
  // Another client's answer shows that the server has seen the first one go.
  Client second(loop_, server_->port());
  EXPECT_NE(second.ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").find(" 200 "), std::string::npos);
  later_({200, "text/plain", "too late\n", {}});
}

TEST_F(AdminServerTest, HeadHasTheLengthAndNoBody) {
  Client client(loop_, server_->port());
  client.send("HEAD /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const std::string answer = client.ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(answer.substr(0, 15), "HTTP/1.1 200 OK");
  EXPECT_NE(answer.find("Content-Length: 12"), std::string::npos);
}

TEST_F(AdminServerTest, GivesARouteABodyOfTheLimitAndNoByteMore) {
  Client client(loop_, server_->port());
  const std::string body(AdminServer::kMostBody, 'b');
  const std::string answer = client.ask(put(body.size()) + body);
  EXPECT_EQ(answer.substr(0, 15), "HTTP/1.1 200 OK");
  EXPECT_EQ(answer.substr(answer.find("\r\n\r\n") + 4), body);
  const std::string refused = client.ask(put(body.size() + 1));
  EXPECT_EQ(refused.substr(0, 12), "HTTP/1.1 413");
  EXPECT_NE(refused.find("application/problem+json"), std::string::npos);
}

TEST_F(AdminServerTest, AClientThatSendsATooLargeBodyStillGetsToReadTheRefusal) {
  Client client(loop_, server_->port());
  client.send(put(700'000));
  const std::string refused = client.ask(std::string(700'000, 'b'));
  EXPECT_EQ(refused.substr(0, 12), "HTTP/1.1 413");
}

TEST_F(AdminServerTest, DropsOneThatGoesOnSendingAfterItsLastAnswer) {
  Client client(loop_, server_->port());
  client.send(put(5'000'000));
  client.send(std::string(3'000'000, 'b'));
  until([&] { return dispatcher_.counters().connections_total == 1 && dispatcher_.counters().connections == 0; });
}

TEST_F(AdminServerTest, AsksForABodyThatIsHeldBack) {
  Client client(loop_, server_->port());
  client.send(put(5, "Expect: 100-continue\r\n"));
  const std::string answer = client.ask("hello");
  EXPECT_EQ(answer.find("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"), 0U) << answer;
  EXPECT_TRUE(answer.ends_with("hello"));
}

TEST_F(AdminServerTest, AnAnswerWithoutContentHasNoLength) {  // RFC 9110 8.6
  Client client(loop_, server_->port());
  client.send("DELETE /gone HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer t\r\n\r\n");
  const std::string answers = client.ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(answers.substr(0, 23), "HTTP/1.1 204 No Content");
  EXPECT_LT(answers.find("HTTP/1.1 200 OK"), answers.find("Content-Length"));
}

TEST_F(AdminServerTest, WhatIsNoHttpIsAnsweredWithAProblem) {
  Client client(loop_, server_->port());
  const std::string answer = client.ask("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
  EXPECT_EQ(answer.substr(0, 12), "HTTP/1.1 400");
  EXPECT_NE(answer.find("application/problem+json"), std::string::npos);
}

TEST_F(AdminServerTest, CountsItsConnectionsAndLetsTheOldestGo) {
  start(2);
  const Counters& counters = dispatcher_.counters();
  Client first(loop_, server_->port());
  first.ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(counters.connections, 1U);
  Client second(loop_, server_->port());
  second.ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  Client third(loop_, server_->port());
  third.ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  until([&] { return first.ended(); });
  EXPECT_EQ(counters.connections, 2U);
  EXPECT_EQ(counters.connections_total, 3U);
  EXPECT_NE(second.ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").find(" 200 "), std::string::npos);
  second.hang_up();
  until([&] { return counters.connections == 1; });
}

TEST_F(AdminServerTest, SendsALargeAnswerWholeBeforeItCloses) {
  for (const char* version : {"HTTP/1.1\r\nConnection: close", "HTTP/1.1"}) {
    Client client(loop_, server_->port());
    const std::string answer = client.ask("GET /large " + std::string(version) + "\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, kLarge) << version;
  }
}

TEST_F(AdminServerTest, ReadsNoFurtherWhileAnAnswerIsOutstanding) {
  Client ahead(loop_, server_->port());
  ahead.send("GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n");
  until([&] { return asked_ == 1; });
  const std::string much(40'000'000, '\n');  // more than all buffers of the kernel between the two
  ahead.send(much);
  Client other(loop_, server_->port());
  for (int i = 0; i < 500; ++i) other.ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_GT(ahead.queued(), 1'000'000U);
}

/// A body that grows, and whether its reader is gone.
struct Growing final : http::BodyWriter::Source {
  void on_gone() override { ++gone; }
  int gone = 0;
  http::BodyWriter writer{*this};
};

Answer stream_of(const Growing& growing) {
  Answer answer{200, "text/event-stream", {}, {}};
  answer.stream = growing.writer.body();
  return answer;
}

TEST_F(AdminServerTest, SendsABodyThatGrowsAsItGrowsUntilItsReaderLeaves) {
  Growing growing;
  growing.writer.push(base::Bytes::copy_of("one."));
  Client client(loop_, server_->port());
  client.send("GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n");
  until([&] { return asked_ == 1; });
  later_(stream_of(growing));
  until([&] { return client.heard().find("one.") != std::string::npos; });
  EXPECT_NE(client.heard().find("Content-Type: text/event-stream"), std::string::npos);
  EXPECT_EQ(client.heard().find("Content-Length"), std::string::npos);
  growing.writer.push(base::Bytes::copy_of("two."));
  until([&] { return client.heard().find("two.") != std::string::npos; });
  EXPECT_EQ(growing.gone, 0);
  client.hang_up();
  until([&] { return growing.gone == 1; });
}

TEST_F(AdminServerTest, ABodyThatGrowsForAConnectionThatIsGoneIsLeft) {
  Growing growing;
  {
    Client client(loop_, server_->port());
    client.send("GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n");
    until([&] { return asked_ == 1; });
    client.hang_up();
  }
  until([&] { return dispatcher_.counters().connections == 0; });
  bool answered = false;
  loop_.post([&] {
    later_(stream_of(growing));
    answered = true;
  });
  until([&] { return answered; });
  EXPECT_EQ(growing.gone, 1);
}

TEST_F(AdminServerTest, AConnectionThatTakesNothingOfItsAnswerIsEnded) {
  start(256, {10 * base::kSecond, 500 * base::kMillisecond});
  Client client(loop_, server_->port());
  client.send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
  client.pause();
  until([&] { return dispatcher_.counters().connections == 1; });
  until([&] { return dispatcher_.counters().connections == 0; });
}

TEST_F(AdminServerTest, OneThatSendsAheadWaitsForItsAnswers) {
  Client client(loop_, server_->port());
  const std::string ahead =
      "GET /later HTTP/1.1\r\nHost: localhost\r\nX-Filler: " + std::string(1'000, 'x') + "\r\n\r\n";
  std::string many;
  for (int i = 0; i < 300; ++i) many += ahead;
  client.send(many);
  for (int i = 1; i <= 300; ++i) {
    until([&] { return asked_ == i; });
    later_({200, "text/plain", "x", {}});
  }
  EXPECT_EQ(asked_, 300);
}

}  // namespace
}  // namespace api
