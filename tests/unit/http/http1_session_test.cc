#include <gtest/gtest.h>

#include "fakes.h"
#include "http/session.h"

namespace {

using http::Phase;
using http_test::drain;
using http_test::Recorder;
using http_test::reply;

struct Http1 : testing::Test {
  Http1() { restart(); }
  void restart(const char* alpn = "http/1.1") {
    handler = Recorder();
    session = http::make_session(alpn, shared, handler);
    handler.session = session.get();
  }
  void feed(const std::string& bytes, std::size_t step = SIZE_MAX) {
    for (std::size_t at = 0; at < bytes.size(); at += std::min(step, bytes.size() - at))
      session->feed(base::view_of(std::string_view(bytes).substr(at, std::min(step, bytes.size() - at))));
  }
  /// Statuses of the answers in `output`.
  static std::string statuses(const std::string& output) {
    std::string all;
    for (std::size_t at = 0; (at = output.find("HTTP/1.1 ", at)) != std::string::npos; at += 9)
      all += output.substr(at + 9, 3) + " ";
    return all;
  }

  http_test::FakeClock clock;
  http::Shared shared{clock};
  Recorder handler;
  std::unique_ptr<http::Session> session;
};

TEST_F(Http1, AnswersWithHeaderDateAndBody) {
  feed("GET /live/a/index.m3u8?_HLS_msn=5 HTTP/1.1\r\nHost: edge\r\nX-A:  b \t\r\n\r\n");
  ASSERT_EQ(handler.trace.size(), 1u);
  EXPECT_EQ(handler.trace[0], "GET /live/a/index.m3u8?_HLS_msn=5 @edge X-A=b");
  EXPECT_EQ(drain(*session),
            "HTTP/1.1 200 OK\r\nContent-Length: 18\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n/live/a/index.m3u8");
  EXPECT_FALSE(session->done());
  EXPECT_EQ(session->phase(), Phase::kIdle);
}

TEST_F(Http1, ByteByByteEqualsAtOnce) {
  const std::string bytes =
      "GET /1 HTTP/1.1\r\nHost: a\r\nX-1: one\r\n\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: b\r\n\r\n"
      "POST /3 HTTP/1.1\r\nHost: c\r\nContent-Length: 5\r\nX-3: y\r\n\r\nhello"
      "PUT /4 HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nTrailer: t\r\n\r\n"
      "OPTIONS * HTTP/1.1\r\nHost: e\r\n\r\nGET http://f/5?q HTTP/1.1\r\nHost: f\r\nConnection: close\r\n\r\n";
  std::string output_at_once;
  for (std::size_t step = bytes.size(); step > 0; step = step > 40 ? step / 2 : step - 1) {
    restart();
    feed(bytes, step);
    const std::string output = drain(*session);
    EXPECT_EQ(handler.trace, (std::vector<std::string>{"GET /1 @a X-1=one", "HEAD /2 @b", "OTHER /3 @c X-3=y",
                                                       "OTHER /4 @d", "OPTIONS * @e", "GET /5?q @f"}));
    EXPECT_TRUE(session->done());
    if (output_at_once.empty()) output_at_once = output;
    EXPECT_EQ(output, output_at_once) << "step " << step;
  }
  EXPECT_EQ(statuses(output_at_once), "200 200 200 200 200 200 ");
  EXPECT_NE(output_at_once.find("Connection: close"), std::string::npos);
}

TEST_F(Http1, KeepsPipelinedRequestsInOrderWhileOneIsHeld) {  // CF-1
  handler.hold = true;
  feed("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(handler.trace.size(), 1u);
  EXPECT_EQ(drain(*session), "");
  EXPECT_EQ(session->phase(), Phase::kAnswering);
  session->respond(handler.ids[0] + 1, reply(200, "wrong"));
  EXPECT_EQ(drain(*session), "");
  session->respond(handler.ids[0], reply(200, "first"));
  EXPECT_NE(drain(*session).find("first"), std::string::npos);
  ASSERT_EQ(handler.trace.size(), 2u);
  session->respond(handler.ids[1], reply(200, "second"));
  EXPECT_NE(drain(*session).find("second"), std::string::npos);
}

TEST_F(Http1, StopsReadingWhenTooMuchIsPipelined) {
  handler.hold = true;
  const std::string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  feed(request);
  std::size_t fed = 0;
  while (session->wants_input() && fed < 1'000'000) {
    feed(request);
    fed += request.size();
  }
  EXPECT_LE(fed, shared.limits.pipelined + request.size());
}

TEST_F(Http1, NeverGetsAheadOfAReaderThatDoesNotRead) {
  const std::string request = "GET /12345678 HTTP/1.1\r\nHost: a\r\n\r\n";
  for (int i = 0; i < 100; ++i) feed(request);
  EXPECT_EQ(handler.trace.size(), 1u);
  drain(*session);
  EXPECT_EQ(handler.trace.size(), 100u);
}

TEST_F(Http1, HandsOutAtMostWhatIsAskedFor) {
  handler.answer =
      reply(200, {base::Bytes::copy_of(std::string(1000, 'a')), base::Bytes::copy_of(std::string(1000, 'b'))});
  feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  std::string all;
  for (;;) {
    std::vector<base::Bytes> out;
    session->take_output(300, out);
    if (out.empty()) break;
    EXPECT_LE(http_test::text(out).size(), 300u);
    all += http_test::text(out);
  }
  EXPECT_NE(all.find(std::string(1000, 'a') + std::string(1000, 'b')), std::string::npos);
}

TEST_F(Http1, SharesBodiesWithoutCopying) {
  const base::Bytes part = base::Bytes::copy_of(std::string(100000, 'p'));
  handler.answer = reply(200, {part});
  feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  std::vector<base::Bytes> out;
  session->take_output(SIZE_MAX, out);
  EXPECT_EQ(out.back().data(), part.data());
}

TEST_F(Http1, HeadGetsTheHeadersOfGetAndNoBody) {  // CF-25, LL-107
  feed("HEAD /abc HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(drain(*session), "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n");
}

TEST_F(Http1, RefusesSmuggling) {
  for (const char* request : {
           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello",
           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello",
           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\nhello",
           "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\n\rX\r\n\r\n",
           "GET /\r\n\r\n",
           "GET / HTTP/1.1\r\nX: y\r\n\r\n",                // no Host
           "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",  // two
           "GET / HTTP/1.1\r\nHost: a\r\nX Y: b\r\n\r\n",   // a blank in a name
           "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",      // no name
           "GET /\x80 HTTP/1.1\r\nHost: a\r\n\r\n",
           "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n",
           "GET a HTTP/1.1\r\nHost: a\r\n\r\n",
       }) {
    for (const std::size_t step : {std::size_t{1}, SIZE_MAX}) {
      restart();
      feed(std::string(request) + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n", step);
      const std::string output = drain(*session);
      EXPECT_EQ(statuses(output), "400 ") << request;
      EXPECT_NE(output.find("Connection: close"), std::string::npos) << request;
      EXPECT_TRUE(session->done()) << request;
      for (const auto& line : handler.trace) EXPECT_EQ(line.find("smuggled"), std::string::npos) << request;
    }
  }
}

TEST_F(Http1, NamesWhatIsTooLargeOrNotSpoken) {
  const auto status_of = [&](const std::string& request) {
    restart();
    feed(request);
    return statuses(drain(*session));
  };
  EXPECT_EQ(status_of("GET /" + std::string(20000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n"), "414 ");
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(40000, 'x') + "\r\n\r\n"), "431 ");
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + std::string(100000, 'x')),
            "413 ");
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"), "417 ");
  EXPECT_EQ(status_of("GET / HTTP/3.0\r\nHost: a\r\n\r\n"), "400 ");
  EXPECT_EQ(status_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "505 ");
}

TEST_F(Http1, EndsAnOldClientsConnection) {
  feed("GET / HTTP/1.0\r\n\r\n");
  EXPECT_NE(drain(*session).find("Connection: close"), std::string::npos);
  EXPECT_TRUE(session->done());
}

TEST_F(Http1, TakesThePeerForDoneWhenItSaysSoAndSendsNoMore) {
  const std::string last = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  const auto done_after = [this](const std::string& bytes, std::size_t step = SIZE_MAX) {
    restart();
    feed(bytes, step);
    drain(*session);
    EXPECT_TRUE(session->done()) << bytes;
    return session->peer_done();
  };
  EXPECT_TRUE(done_after(last));
  EXPECT_TRUE(done_after(last, 1));
  EXPECT_TRUE(done_after("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_FALSE(done_after(last + "\r\n"));
  EXPECT_FALSE(done_after(last + last, 1));
  EXPECT_FALSE(done_after("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
  EXPECT_FALSE(done_after("CONNECT a:443 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
  EXPECT_FALSE(done_after("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"));  // no Host: refused
  restart();
  feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  session->shut_down();
  drain(*session);
  EXPECT_FALSE(session->peer_done());  // it was we who ended it
}

TEST_F(Http1, SeesThatAPeerGoesOnWhileItsLastAnswerIsHeld) {
  handler.hold = true;
  feed("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  feed("GET /more HTTP/1.1\r\n");
  session->respond(handler.ids[0], reply(200, "x"));
  drain(*session);
  EXPECT_TRUE(session->done());
  EXPECT_FALSE(session->peer_done());
}

TEST_F(Http1, IgnoresUpgradesAndEndsAfterConnect) {
  feed(
      "GET /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: "
      "AAMAAABk\r\n\r\n"
      "GET /b HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(statuses(drain(*session)), "200 200 ");
  restart();
  feed("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n");
  drain(*session);
  EXPECT_EQ(handler.trace.size(), 1u);
  EXPECT_TRUE(session->done());
}

TEST_F(Http1, TellsTheTimersWhatItIsDoing) {
  handler.hold = true;
  EXPECT_EQ(session->phase(), Phase::kIdle);
  feed("GET / HT");
  EXPECT_EQ(session->phase(), Phase::kReading);
  feed("TP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(session->phase(), Phase::kAnswering);
  session->respond(handler.ids[0], reply(200, "x"));
  EXPECT_EQ(session->phase(), Phase::kAnswering);
  drain(*session);
  EXPECT_EQ(session->phase(), Phase::kIdle);
}

TEST_F(Http1, ShutsDownAfterTheAnswerInFlight) {
  handler.hold = true;
  feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  session->shut_down();
  EXPECT_FALSE(session->done());
  session->respond(handler.ids[0], reply(200, "x"));
  EXPECT_NE(drain(*session).find("Connection: close"), std::string::npos);
  EXPECT_TRUE(session->done());
  restart();
  session->shut_down();
  EXPECT_TRUE(session->done());
}

TEST_F(Http1, TellsWhoWaitedWhenTheConnectionBreaks) {  // LL-106
  handler.hold = true;
  feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  session->abort();
  EXPECT_EQ(handler.closed, handler.ids);
  session->respond(handler.ids[0], reply(200, "late"));
  EXPECT_EQ(drain(*session), "");
}

TEST_F(Http1, IsFoundByItsFirstBytesWithoutAlpn) {
  restart("");
  feed("PR", 1);
  feed("OPFIND / HTTP/1.1\r\nHost: a\r\n\r\n", 1);
  EXPECT_EQ(session->protocol(), "h1");
  EXPECT_EQ(handler.trace, std::vector<std::string>{"OTHER / @a"});
  restart("");
  feed("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 1);
  EXPECT_EQ(session->protocol(), "h2");
}

struct Http1Bodies : Http1 {
  Http1Bodies() {
    shared.limits.keep_bodies = true;
    shared.limits.body = 8;
  }
  std::string status_of(const std::string& request, std::size_t step = SIZE_MAX) {
    restart();
    feed(request, step);
    return statuses(drain(*session));
  }
};

TEST_F(Http1Bodies, GivesABodyWithItsRequestAtEverySplit) {
  shared.limits.body = 40;
  const std::string bytes =
      "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nX-1: y\r\n\r\nhello"
      "DELETE /2 HTTP/1.1\r\nHost: a\r\n\r\n"
      "PATCH /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n3;e=f\r\nbcd\r\n0\r\nTrailer: "
      "t\r\n\r\n"
      "PUT /4 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
  for (std::size_t step = bytes.size(); step > 0; step = step > 40 ? step / 2 : step - 1) {
    restart();
    feed(bytes, step);
    EXPECT_EQ(statuses(drain(*session)), "200 200 200 200 ") << step;
    EXPECT_EQ(handler.trace, (std::vector<std::string>{"OTHER /1 @a X-1=y <hello>", "OTHER /2 @a", "OTHER /3 @a <abcd>",
                                                       "OTHER /4 @a"}))
        << step;
    EXPECT_EQ(handler.verbs, (std::vector<std::string>{"POST", "DELETE", "PATCH", "PUT"}));
  }
}

TEST_F(Http1Bodies, TakesABodyOfTheLimitAndNoByteMore) {
  const auto of_length = [](std::size_t length) {
    return "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
  };
  const auto in_chunks = [](std::size_t length) {
    std::string request = "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    return request + std::to_string(length) + "\r\n" + std::string(length, 'x') + "\r\n";
  };
  EXPECT_EQ(status_of(of_length(8) + "12345678"), "200 ");
  EXPECT_EQ(handler.trace.back(), "OTHER / @a <12345678>");
  EXPECT_EQ(status_of(of_length(9)), "413 ") << "before it is sent";
  shared.limits.body = 9;
  EXPECT_EQ(status_of(in_chunks(9)), "");
  shared.limits.body = 8;
  EXPECT_EQ(status_of(in_chunks(9), 1), "413 ");
  EXPECT_TRUE(session->done());
}

TEST_F(Http1Bodies, BoundsTheFramingOfChunksToo) {
  const std::string head = "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(status_of(head + "1;" + std::string(6, 'e'), 1), "");
  EXPECT_EQ(status_of(head + "1;" + std::string(7, 'e'), 1), "413 ");
}

TEST_F(Http1Bodies, AsksForABodyThatIsHeldBack) {
  const std::string head = "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: ";
  EXPECT_EQ(status_of(head + "5\r\n\r\n"), "100 ");
  EXPECT_FALSE(session->done());
  feed("hello");
  EXPECT_EQ(statuses(drain(*session)), "200 ");
  EXPECT_EQ(handler.trace.back(), "OTHER / @a <hello>");
  EXPECT_EQ(status_of(head + "5\r\n\r\nhello", 7), "100 200 ") << "what comes before the 100 is sent is kept";
  EXPECT_EQ(status_of(head + "0\r\n\r\n"), "200 ") << "nothing to wait for";
  EXPECT_EQ(status_of(head + "9\r\n\r\n"), "413 ");
  EXPECT_EQ(status_of("PUT / HTTP/1.1\r\nHost: a\r\nExpect: more\r\nContent-Length: 5\r\n\r\n"), "417 ");
  EXPECT_EQ(status_of("PUT / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"), "")
      << "RFC 9110 10.1.1: of HTTP/1.0 it is ignored";
}

TEST_F(Http1Bodies, AreDroppedUnlessWanted) {
  shared.limits.keep_bodies = false;
  EXPECT_EQ(status_of("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"), "200 ");
  EXPECT_EQ(handler.trace.back(), "OTHER / @a");
}

TEST_F(Http1Bodies, AreKeptOfThePathsAloneThatWantThem) {
  shared.limits.bodies_below = "/cmcd";
  const auto post = [&](const std::string& target, const std::string& more = "") {
    const std::string statuses =
        status_of("POST " + target + " HTTP/1.1\r\nHost: a\r\n" + more + "Content-Length: 5\r\n\r\nhello", 3);
    return statuses + (handler.trace.empty() ? "" : handler.trace.back());
  };
  EXPECT_EQ(post("/cmcd/a"), "200 OTHER /cmcd/a @a <hello>");
  EXPECT_EQ(post("http://b/cmcd"), "200 OTHER /cmcd @b <hello>");
  EXPECT_EQ(post("/live/cmcd"), "200 OTHER /live/cmcd @a");
  EXPECT_EQ(post("/?u=http://b/cmcd"), "200 OTHER /?u=http://b/cmcd @a");
  EXPECT_EQ(post("http://b"), "200 OTHER / @b");
  EXPECT_EQ(post("/cmcd", "Expect: 100-continue\r\n").substr(0, 8), "100 200 ");
  EXPECT_EQ(post("/live", "Expect: 100-continue\r\n").substr(0, 4), "417 ");
}

TEST_F(Http1Bodies, ThatAreNotKeptMayFollowOneThatIs) {
  shared.limits.bodies_below = "/cmcd";
  restart();
  feed(
      "POST /cmcd HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab"
      "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\ncd"
      "POST /cmcd HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nef");
  std::string all = statuses(drain(*session));
  for (int i = 0; i < 3; ++i) all += statuses(drain(*session));
  EXPECT_EQ(all, "200 200 200 ");
  EXPECT_EQ(handler.trace, (std::vector<std::string>{"OTHER /cmcd @a <ab>", "OTHER /x @a", "OTHER /cmcd @a <ef>"}));
}

TEST_F(Http1, AnAbsoluteTargetsHostHoldsWhateverTheFieldSays) {  // RFC 9112 3.2.2
  feed("GET http://evil:81?x=http://b/ HTTP/1.1\r\nHost: localhost\r\n\r\n");
  drain(*session);
  feed("GET https://evil/a HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(handler.trace, (std::vector<std::string>{"GET /?x=http://b/ @evil:81", "GET /a @evil"}));
}

}  // namespace
