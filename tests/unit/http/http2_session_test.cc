#include <gtest/gtest.h>
#include <malloc.h>
#include <nghttp2/nghttp2.h>

#include <array>

#include "fakes.h"
#include "http/session.h"
#include "http2_client.h"

namespace {

using http::Phase;
using http_test::Http2Client;
using http_test::Recorder;
using http_test::reply;

struct Http2 : testing::Test {
  Http2() { restart(); }
  void restart() {
    handler = Recorder();
    session = http::make_session("h2", shared, handler);
    handler.session = session.get();
    client = std::make_unique<Http2Client>();
  }
  void converse(std::size_t step = SIZE_MAX, std::size_t most = SIZE_MAX) {
    for (bool moved = true; moved;) {
      const std::string said = client->say();
      for (std::size_t at = 0; at < said.size(); at += std::min(step, said.size() - at))
        session->feed(base::view_of(std::string_view(said).substr(at, std::min(step, said.size() - at))));
      const std::string heard = http_test::drain(*session, most);
      client->hear(heard);
      moved = !said.empty() || !heard.empty();
    }
  }
  void open_windows() {
    nghttp2_session_set_local_window_size(client->session, 0, 0, 10'000'000);
    const nghttp2_settings_entry entry{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 10'000'000};
    nghttp2_submit_settings(client->session, 0, &entry, 1);
    converse();
  }

  http_test::FakeClock clock;
  http::Shared shared{clock};
  Recorder handler;
  std::unique_ptr<http::Session> session;
  std::unique_ptr<Http2Client> client;
};

TEST_F(Http2, AnswersAtEverySplit) {  // LL-112
  for (std::size_t step = 1; step < 60; step += 7) {
    restart();
    const auto id = client->ask("/live/a/index.m3u8?_HLS_msn=5", "GET", {{"x-a", "b"}});
    converse(step, step);
    EXPECT_EQ(handler.trace, std::vector<std::string>{"GET /live/a/index.m3u8?_HLS_msn=5 @edge x-a=b"});
    EXPECT_EQ(client->answers[id].fields, ":status=200;content-length=18;date=Sun, 06 Nov 1994 08:49:37 GMT;");
    EXPECT_EQ(client->answers[id].body, "/live/a/index.m3u8");
    EXPECT_TRUE(client->answers[id].complete);
    EXPECT_EQ(session->phase(), Phase::kIdle);
  }
}

TEST_F(Http2, SendsBodiesOfManySlicesWithoutCopying) {
  open_windows();
  std::string expected;
  std::vector<base::Bytes> slices;
  for (int i = 0; i < 7; ++i) {
    const std::string piece(static_cast<std::size_t>(i * 9000), static_cast<char>('a' + i));
    expected += piece;
    slices.push_back(base::Bytes::copy_of(piece));
  }
  handler.answer = reply(200, slices);
  const auto id = client->ask("/a");
  session->feed(base::view_of(client->say()));
  std::vector<base::Bytes> out;
  session->take_output(SIZE_MAX, out);
  bool shared_memory = false;
  for (const auto& slice : out) shared_memory = shared_memory || slice.data() == slices[3].data();
  EXPECT_TRUE(shared_memory);
  client->hear(http_test::text(out));
  converse();
  EXPECT_EQ(client->answers[id].body, expected);
}

TEST_F(Http2, StopsAtTheReadersWindowAndAtTheBudget) {
  handler.answer = reply(200, std::string(200'000, 'x'));
  const auto id = client->ask("/a");
  converse();
  EXPECT_EQ(client->answers[id].body.size(), 65'535u);  // the window HTTP/2 starts with
  EXPECT_EQ(session->phase(), Phase::kAnswering);

  restart();
  open_windows();
  handler.answer = reply(200, std::string(200'000, 'x'));
  const auto other = client->ask("/a");
  session->feed(base::view_of(client->say()));
  std::vector<base::Bytes> out;
  session->take_output(20'000, out);
  EXPECT_LE(http_test::text(out).size(), 20'000u + 16'384u + 9u);
  client->hear(http_test::text(out));
  converse();
  EXPECT_EQ(client->answers[other].body.size(), 200'000u);
}

TEST_F(Http2, SendsTheMoreUrgentFirst) {  // LL-113
  open_windows();
  handler.hold = true;
  const auto media = client->ask("/part");
  const auto playlist = client->ask("/playlist");
  converse();
  session->respond(media, reply(200, {base::Bytes::copy_of(std::string(100'000, 'm'))}, 4));
  session->respond(playlist, reply(200, {base::Bytes::copy_of(std::string(3'000, 'p'))}, 1));
  converse();
  ASSERT_FALSE(client->order.empty());
  EXPECT_EQ(client->order.front(), playlist);
  EXPECT_NE(client->answers[playlist].fields.find("priority=u=1;"), std::string::npos);
  EXPECT_TRUE(client->answers[media].complete);
}

TEST_F(Http2, HeadHasNoBody) {
  const auto id = client->ask("/abc", "HEAD");
  converse();
  EXPECT_EQ(client->answers[id].fields.substr(0, 29), ":status=200;content-length=4;");
  EXPECT_EQ(client->answers[id].body, "");
  EXPECT_TRUE(client->answers[id].complete);
}

TEST_F(Http2, TellsWhoWaitedWhenAStreamIsReset) {  // LL-106
  handler.hold = true;
  const auto first = client->ask("/1");
  const auto second = client->ask("/2");
  converse();
  nghttp2_submit_rst_stream(client->session, 0, first, NGHTTP2_CANCEL);
  converse();
  EXPECT_EQ(handler.closed, std::vector<http::StreamId>{first});
  session->respond(first, reply(200, "late"));
  session->abort();
  EXPECT_EQ(handler.closed, (std::vector<http::StreamId>{first, second}));
}

TEST_F(Http2, SurvivesAResetWhileTheAnswerIsQueued) {
  handler.hold = true;
  const auto id = client->ask("/1");
  converse();
  session->respond(id, reply(200, std::string(50'000, 'x')));
  nghttp2_submit_rst_stream(client->session, 0, id, NGHTTP2_CANCEL);
  session->feed(base::view_of(client->say()));
  converse();
  EXPECT_TRUE(handler.closed.empty());
  EXPECT_EQ(session->phase(), Phase::kIdle);
}

TEST_F(Http2, EndsRapidResets) {
  handler.hold = true;
  for (int i = 0; i < 2000 && client->goaway < 0 && !session->done(); ++i) {
    const auto id = client->ask("/");
    std::string said = client->say();
    nghttp2_submit_rst_stream(client->session, 0, id, NGHTTP2_CANCEL);
    said += client->say();
    session->feed(base::view_of(said));
    client->hear(http_test::drain(*session));
  }
  EXPECT_TRUE(client->goaway >= 0 || session->done());
  EXPECT_LT(handler.trace.size(), 1000u);
}

TEST_F(Http2, EndsEndlessContinuation) {
  converse();
  // HEADERS without END_HEADERS, then CONTINUATION without end.
  std::string frames = client->say();
  const auto frame = [](std::uint8_t type, const std::string& payload) {
    std::string text{static_cast<char>(payload.size() >> 16), static_cast<char>(payload.size() >> 8),
                     static_cast<char>(payload.size())};
    text += static_cast<char>(type);
    text += std::string("\0\0\0\0\x01", 5);
    return text + payload;
  };
  frames += frame(1, "\x82\x86");
  session->feed(base::view_of(frames));
  int sent = 0;
  for (; sent < 1000 && !session->done(); ++sent) {
    session->feed(base::view_of(frame(9, std::string(100, '\x82'))));
    http_test::drain(*session);
  }
  EXPECT_LT(sent, 20);
}

TEST_F(Http2, EndsAFloodOfPings) {
  converse();
  std::string ping("\0\0\x08\x06\0\0\0\0\0pingpong", 17);
  int sent = 0;
  for (; sent < 100'000 && !session->done(); ++sent) session->feed(base::view_of(ping));  // and reads nothing
  EXPECT_LT(sent, 1000);
}

TEST_F(Http2, AnswersPing) {  // LL-114
  nghttp2_submit_ping(client->session, 0, nullptr);
  converse();
  EXPECT_EQ(client->pongs, 1);
}

TEST_F(Http2, BoundsRequests) {  // CF-20
  const auto long_path = client->ask("/" + std::string(20'000, 'x'));
  converse();
  EXPECT_EQ(client->answers[long_path].fields.substr(0, 12), ":status=414;");
  std::vector<std::pair<std::string, std::string>> many(150, {"x-a", "b"});
  const auto many_fields = client->ask("/", "GET", many);
  converse();
  EXPECT_EQ(client->answers[many_fields].fields.substr(0, 12), ":status=431;");
  const auto good_path = client->ask("/" + std::string(8'191, 'x'));
  converse();
  EXPECT_EQ(client->answers[good_path].fields.substr(0, 12), ":status=200;");
}

TEST_F(Http2, DropsBodiesThatNobodyReads) {
  const auto small = client->ask("/", "POST", {}, std::string(10'000, 'x'));
  converse();
  EXPECT_EQ(handler.trace, std::vector<std::string>{"OTHER / @edge"});
  EXPECT_EQ(client->answers[small].fields.substr(0, 12), ":status=200;");
  // Answered at its head; the rest is not wanted (RFC 9113 8.1).
  const auto large = client->ask("/", "POST", {}, std::string(100'000, 'x'));
  converse();
  EXPECT_EQ(client->answers[large].fields.substr(0, 12), ":status=200;");
  EXPECT_TRUE(client->answers[large].complete);
  EXPECT_EQ(client->answers[large].error, NGHTTP2_NO_ERROR);
}

TEST_F(Http2, GivesABodyUpToTheLimitWithItsRequest) {
  shared.limits.keep_bodies = true;
  shared.limits.body = 20'000;
  const auto id = client->ask("/", "POST", {{"x-a", "b"}}, std::string(20'000, 'x'));
  converse();
  EXPECT_EQ(handler.trace, std::vector<std::string>{"OTHER / @edge x-a=b <" + std::string(20'000, 'x') + ">"});
  EXPECT_EQ(handler.verbs, std::vector<std::string>{"POST"});
  EXPECT_EQ(client->answers[id].fields.substr(0, 12), ":status=200;");
  client->ask("/", "POST", {}, std::string(20'001, 'x'));
  converse();
  EXPECT_EQ(handler.refused, std::vector<int>{413});
  client->ask("/next");
  converse();
  EXPECT_EQ(handler.trace.back(), "GET /next @edge");
}

TEST_F(Http2, KeepsBodiesOfThePathsAloneThatWantThem) {
  shared.limits.keep_bodies = true;
  shared.limits.bodies_below = "/cmcd";
  for (const char* path : {"/cmcd/a", "/live"}) {
    client->ask(path, "POST", {}, "text");
    converse();
  }
  EXPECT_EQ(handler.trace, (std::vector<std::string>{"OTHER /cmcd/a @edge <text>", "OTHER /live @edge"}));
}

TEST_F(Http2, ShutsDownWithGoaway) {
  handler.hold = true;
  const auto id = client->ask("/");
  converse();
  session->shut_down();
  converse();
  EXPECT_EQ(client->goaway, NGHTTP2_NO_ERROR);
  EXPECT_FALSE(session->done());
  session->respond(id, reply(200, "last"));
  converse();
  EXPECT_EQ(client->answers[id].body, "last");
  EXPECT_TRUE(session->done());
}

/// One of several connections of a loop.
struct Peer {
  explicit Peer(http::Shared& shared) : session(http::make_session("h2", shared, handler)) {
    handler.session = session.get();
  }
  bool say(std::size_t most) {
    if (unsaid.empty()) unsaid = client.say();
    const std::string said = unsaid.substr(0, most);
    unsaid.erase(0, said.size());
    session->feed(base::view_of(said));
    return !said.empty();
  }
  bool hear(std::size_t most) {
    std::vector<base::Bytes> slices;
    session->take_output(most, slices);
    const std::string heard = http_test::text(slices);
    client.hear(heard);
    return !heard.empty();
  }

  Recorder handler;
  std::unique_ptr<http::Session> session;
  Http2Client client;
  std::string unsaid;
};

std::string path(std::size_t peer, std::size_t number) {
  std::string text = "/";
  text += std::to_string(peer);
  text += '/';
  return text += std::to_string(number);
}

TEST_F(Http2, KeepsConnectionsOfALoopApartWhateverTheirTurns) {
  for (std::size_t step = 1; step < 80; step += 13) {
    std::array<Peer, 3> peers{Peer(shared), Peer(shared), Peer(shared)};
    for (std::size_t i = 0; i < peers.size(); ++i)
      for (std::size_t n = 0; n <= i; ++n) peers[i].client.ask(path(i, n));
    for (bool moved = true; moved;) {
      moved = false;
      for (Peer& peer : peers) moved = peer.say(step) || moved;
      for (Peer& peer : peers) moved = peer.hear(step) || moved;
    }
    for (std::size_t i = 0; i < peers.size(); ++i) {
      ASSERT_EQ(peers[i].client.answers.size(), i + 1);
      for (std::size_t n = 0; n <= i; ++n)
        EXPECT_EQ(peers[i].client.answers[static_cast<http::StreamId>(2 * n + 1)].body, path(i, n));
    }
  }
}

TEST_F(Http2, LetsAConnectionsRequestAnswerAndEndAnotherConnection) {
  struct Waking final : http::Handler {
    void on_request(http::StreamId id, const http::Request&) override {
      waiting->session->respond(waiting->handler.ids.at(0), reply(200, "woken"));
      leaving->session->abort();
      session->respond(id, reply(200, "waker"));
    }
    void on_stream_closed(http::StreamId) override {}
    http::Response refuse(int status) override { return reply(status, "refused"); }
    http::Session* session = nullptr;
    Peer* waiting = nullptr;
    Peer* leaving = nullptr;
  };
  Peer waiting(shared);
  Peer leaving(shared);
  for (Peer* peer : {&waiting, &leaving}) {
    peer->handler.hold = true;
    peer->client.ask("/next");
    while (peer->say(SIZE_MAX) || peer->hear(SIZE_MAX)) continue;
  }
  Waking waking;
  waking.waiting = &waiting;
  waking.leaving = &leaving;
  session = http::make_session("h2", shared, waking);
  waking.session = session.get();
  const auto id = client->ask("/");
  converse();
  while (waiting.say(SIZE_MAX) || waiting.hear(SIZE_MAX)) continue;
  EXPECT_EQ(client->answers[id].body, "waker");
  EXPECT_EQ(waiting.client.answers[1].body, "woken");
  EXPECT_EQ(leaving.handler.closed, std::vector<http::StreamId>{1});
  session.reset();
}

TEST_F(Http2, HoldsAFewKilobytesForAConnectionThatWaits) {
  constexpr std::size_t kPeers = 64;
  Recorder waiting;
  waiting.hold = true;
  std::string hello;
  {
    Http2Client asking;
    asking.ask("/live/a/index.m3u8");
    hello = asking.say();
  }
  std::vector<std::unique_ptr<http::Session>> sessions;
  const std::size_t before = mallinfo2().uordblks;  // always 0 where a sanitizer allocates
  for (std::size_t i = 0; i < kPeers; ++i) {
    sessions.push_back(http::make_session("h2", shared, waiting));
    sessions.back()->feed(base::view_of(hello));
    http_test::drain(*sessions.back());
  }
  EXPECT_LT((mallinfo2().uordblks - before) / kPeers, 5'000u);
  EXPECT_EQ(waiting.trace.size(), kPeers);
}

TEST_F(Http2, SendsFieldsThatStayTheSameInAFewBytesHoweverOftenOthersChange) {
  std::size_t second = 0;
  for (int i = 1; i < 100; ++i) {
    clock.now += base::kSecond;
    handler.answer = std::make_shared<const http::Reply>(
        200, http::HeaderBlock::Fields{{"content-type", "application/vnd.apple.mpegurl"},
                                       {"cache-control", "public, max-age=2"},
                                       {"access-control-expose-headers", std::string(120, 'e')},
                                       {"last-modified", "Sun, 06 Nov 1994 08:00:" + std::to_string(10 + i % 50)}});
    client->ask("/");
    session->feed(base::view_of(client->say()));
    const std::string heard = http_test::drain(*session);
    client->hear(heard);
    if (i == 2) second = heard.size();
    if (i > 2) {
      EXPECT_LE(heard.size(), second + 2) << "answer " << i;
    }
  }
  EXPECT_LT(second, 80u);
}

TEST_F(Http2, EndsOnGarbage) {
  session->feed(base::view_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + std::string(100, '\xff')));
  http_test::drain(*session);
  EXPECT_TRUE(session->done());
  restart();
  session->feed(base::view_of("GET / HTTP/1.1\r\n\r\n12345678901234567890"));
  EXPECT_TRUE(session->done());
}

}  // namespace
