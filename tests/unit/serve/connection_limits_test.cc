#include <gtest/gtest.h>

#include "connected.h"
#include "http/http2_client.h"

namespace {

using base::kMillisecond;
using base::kSecond;
using http_test::Http2Client;

/// How long a connection lives by what it sends: only requests and answers that continue keep it.
struct ConnectionLimits : serve_test::ConnectionTest {
  /// Sends `text` again and again, every `step`; returns after how long the connection was closed, at most ten minutes.
  base::Micros lives(const std::function<std::string(int)>& text, base::Micros step) {
    const base::Micros start = clock.steady();
    for (int i = 0; !owner.retired && clock.steady() - start < 600 * kSecond; ++i) {
      const std::string sent = text(i);
      if (::send(peer, sent.data(), sent.size(), MSG_NOSIGNAL) < 0) break;
      turn();
      receive();
      wait(step);
    }
    return clock.steady() - start;
  }
};

struct Http2ConnectionLimits : ConnectionLimits {
  Http2ConnectionLimits() { converse(); }
  void converse() {
    for (;;) {
      const std::string said = client.say();
      if (!said.empty()) send(said);
      const std::string heard = receive();
      client.hear(heard);
      if (said.empty() && heard.empty()) return;
    }
  }
  /// As lives(), over HTTP/2.
  base::Micros lives_by(const std::function<void()>& act, base::Micros step) {
    return lives(
        [&](int) {
          act();
          return client.say();
        },
        step);
  }
  static std::string frame(std::uint8_t type, std::uint8_t flags, std::int32_t stream, const std::string& payload) {
    std::string text{static_cast<char>(payload.size() >> 16), static_cast<char>(payload.size() >> 8),
                     static_cast<char>(payload.size()), static_cast<char>(type), static_cast<char>(flags)};
    for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(stream >> shift);
    return text + payload;
  }

  Http2Client client;
};

TEST_F(Http2ConnectionLimits, IsNotKeptByPings) {
  const auto ping = [this] { nghttp2_submit_ping(client.session, 0, nullptr); };
  EXPECT_LE(lives_by(ping, 5 * kSecond), 15 * kSecond) << "nothing was ever asked";
  EXPECT_EQ(context.counters.timeouts.get(), 1u);
}

TEST_F(Http2ConnectionLimits, IsNotKeptByPingsAfterARequest) {
  client.ask("/a");
  converse();
  const auto ping = [this] { nghttp2_submit_ping(client.session, 0, nullptr); };
  const base::Micros lived = lives_by(ping, 5 * kSecond);
  EXPECT_GE(lived, 130 * kSecond);
  EXPECT_LE(lived, 135 * kSecond);
}

TEST_F(Http2ConnectionLimits, SaysWhichRequestItAnsweredLastWhenItEndsAnIdleConnection) {
  client.ask("/a");
  converse();
  EXPECT_EQ(client.goaway, -1);
  wait(131 * kSecond);
  EXPECT_TRUE(owner.retired);
  client.hear(receive());
  EXPECT_EQ(client.goaway, NGHTTP2_NO_ERROR);
}

TEST_F(Http2ConnectionLimits, IsNotKeptBySettingsWindowsOrPriorities) {
  client.ask("/a");
  converse();
  const base::Micros lived = lives(
      [](int i) {
        if (i % 3 == 0) return frame(NGHTTP2_SETTINGS, 0, 0, "");
        if (i % 3 == 1) return frame(NGHTTP2_WINDOW_UPDATE, 0, 0, std::string("\0\0\0\1", 4));
        return frame(NGHTTP2_PRIORITY, 0, 1, std::string("\0\0\0\0\1", 5));
      },
      9 * kSecond);
  EXPECT_GE(lived, 130 * kSecond);
  EXPECT_LE(lived, 140 * kSecond);
}

TEST_F(Http2ConnectionLimits, IsNotKeptByHeadsThatAreNone) {
  client.ask("/a");
  converse();
  // A head in two frames, refused for its upper-case name: it begins to be read, and is gone again.
  int stream = 3;
  const base::Micros lived = lives(
      [&](int i) {
        if (i % 2 == 0) return frame(NGHTTP2_HEADERS, 0, stream, std::string("\x82\x84\x86\x41\1a", 6));
        stream += 2;
        return frame(NGHTTP2_CONTINUATION, NGHTTP2_FLAG_END_HEADERS, stream - 2, std::string("\0\1X\1y", 5));
      },
      5 * kSecond);
  EXPECT_GE(lived, 130 * kSecond);
  EXPECT_LE(lived, 150 * kSecond);
}

TEST_F(Http2ConnectionLimits, IsKeptByRequests) {
  for (int i = 0; i < 10; ++i) {
    const auto id = client.ask("/a");
    converse();
    EXPECT_TRUE(client.answers[id].complete);
    wait(120 * kSecond);
  }
  EXPECT_FALSE(owner.retired);
}

TEST_F(Http2ConnectionLimits, AHeadThatDoesNotEndHasTenSecondsThoughARequestIsHeld) {
  client.ask("/hold");
  converse();
  wait(50 * kSecond);
  send(frame(NGHTTP2_HEADERS, 0, 3, std::string("\x82", 1)));
  wait(9 * kSecond);
  send(frame(NGHTTP2_CONTINUATION, 0, 3, std::string("\x84", 1)));
  EXPECT_FALSE(owner.retired);
  wait(kSecond + 2 * serve::TimerWheel::kTick);
  EXPECT_TRUE(owner.retired);
}

TEST_F(Http2ConnectionLimits, AStreamThatTakesNothingIsResetThoughOthersGoOn) {
  owner.big = 200'000;
  const auto stuck = client.ask("/big");
  converse();
  int good = 0;
  for (int i = 0; i < 30; ++i) {
    wait(4 * kSecond);
    const auto id = client.ask("/a", "HEAD");
    converse();
    good += client.answers[id].complete ? 1 : 0;
  }
  EXPECT_EQ(client.answers[stuck].error, NGHTTP2_CANCEL);
  EXPECT_EQ(good, 30);
  EXPECT_FALSE(owner.retired);
  EXPECT_EQ(context.counters.streams_expired.get(), 1u);
  EXPECT_EQ(context.counters.timeouts.get(), 0u);
}

TEST_F(Http2ConnectionLimits, IsNotKeptByRequestsOfWhichNoAnswerIsRead) {
  nghttp2_session_set_local_window_size(client.session, 0, 0, 50'000'000);
  const nghttp2_settings_entry entry{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 50'000'000};
  nghttp2_submit_settings(client.session, 0, &entry, 1);
  converse();
  client.ask("/big");
  send(client.say());
  for (int i = 0; i < 40 && !owner.retired; ++i) {
    client.ask("/a");
    const std::string said = client.say();
    if (::send(peer, said.data(), said.size(), MSG_NOSIGNAL) < 0) break;
    turn();
    wait(4 * kSecond);
  }
  EXPECT_TRUE(owner.retired);
}

TEST_F(Http2ConnectionLimits, AHeldRequestMayWaitHoweverMuchIsPinged) {
  client.ask("/hold");
  converse();
  for (int i = 0; i < 100; ++i) {
    wait(5 * kSecond);
    nghttp2_submit_ping(client.session, 0, nullptr);
    converse();
  }
  EXPECT_FALSE(owner.retired);
  EXPECT_EQ(context.counters.parked.get(), 1u);
}

TEST_F(Http2ConnectionLimits, CountsWhatIsRefusedForItsSize) {
  const auto id = client.begin("/hold");
  converse();
  client.send_body(id, std::string(20'000, 'x'), false);
  converse();
  EXPECT_EQ(client.answers[id].error, NGHTTP2_ENHANCE_YOUR_CALM);
  EXPECT_EQ(context.counters.streams_refused.get(), 1u);
  EXPECT_EQ(context.counters.parked.get(), 0u);
}

TEST_F(ConnectionLimits, IsNotKeptByEmptyLines) {
  EXPECT_LE(lives([](int) { return "\r\n"; }, 3 * kSecond), 20 * kSecond);
}

TEST_F(ConnectionLimits, IsNotKeptByEmptyLinesAfterARequest) {
  get("/a");
  const base::Micros lived = lives([](int) { return "\r\n"; }, 5 * kSecond);
  EXPECT_GE(lived, 130 * kSecond);
  EXPECT_LE(lived, 140 * kSecond);
}

TEST_F(ConnectionLimits, IsNotKeptByEmptyLinesCutInTwo) {
  get("/a");
  EXPECT_LE(lives([](int i) { return i % 2 == 0 ? "\r" : "\n"; }, 4 * kSecond), 150 * kSecond);
  EXPECT_TRUE(owner.retired);
}

TEST_F(ConnectionLimits, IsNotKeptByEmptyLinesThatLeaveItIdleForAnInstant) {
  get("/a");
  const auto flip = [this](int) {
    send("\n");
    return std::string("\r");
  };
  send("\r");
  EXPECT_LE(lives(flip, 9 * kSecond), 150 * kSecond);
  EXPECT_TRUE(owner.retired);
}

TEST_F(ConnectionLimits, AHeadByteByByteHasTenSeconds) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(1'000, 'x');
  EXPECT_LE(lives([&](int i) { return head.substr(static_cast<std::size_t>(i), 1); }, kSecond), 11 * kSecond);
}

TEST_F(ConnectionLimits, TheBodyOfAGetHasWhatIsLeftOfTheTenSeconds) {
  send("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\n");
  EXPECT_LE(lives([](int) { return "x"; }, kSecond), 11 * kSecond);
  EXPECT_TRUE(owner.paths.empty());
}

TEST_F(ConnectionLimits, TheChunksOfAGetHaveWhatIsLeftOfTheTenSeconds) {
  send("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_LE(lives([](int) { return "1\r\nx\r\n"; }, kSecond), 11 * kSecond);
}

TEST_F(ConnectionLimits, TheLastAnswerMayBeTakenForLongerThanTheIdleTime) {
  owner.big = 3'000'000;  // given to the kernel in one go
  get("/big");
  std::size_t read = 0;
  for (int i = 0; i < 10; ++i) {
    read += receive(100'000).size();
    wait(50 * kSecond);
  }
  EXPECT_FALSE(owner.retired) << "slow, but reading";
  read += receive().size();
  EXPECT_GT(read, owner.big);
  expect_open_for(130 * kSecond);
}

}  // namespace
