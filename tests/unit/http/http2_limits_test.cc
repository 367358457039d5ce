#include <gtest/gtest.h>
#include <malloc.h>
#include <nghttp2/nghttp2.h>

#include "fakes.h"
#include "http/session.h"
#include "http2_client.h"

namespace {

using http::Phase;
using http_test::Http2Client;
using http_test::Recorder;
using http_test::reply;

constexpr http::StreamTimes kTimes{.head = 10 * base::kSecond, .stuck = 60 * base::kSecond};

/// Fields of 31 KB: 4 KB on the wire the first time, then references of a byte each.
Http2Client::Fields large_fields() { return Http2Client::Fields(7, {"a", std::string(3'900, 'v')}); }

struct Http2Limits : testing::Test {
  Http2Limits() { restart(); }
  void restart() {
    handler = Recorder();
    session = http::make_session("h2", shared, handler);
    handler.session = session.get();
    client = std::make_unique<Http2Client>();
    converse();
  }
  void say() { session->feed(base::view_of(client->say())); }
  void converse() {
    for (bool moved = true; moved;) {
      const std::string said = client->say();
      session->feed(base::view_of(said));
      const std::string heard = http_test::drain(*session);
      client->hear(heard);
      moved = !said.empty() || !heard.empty();
    }
  }
  bool answered(std::int32_t id) { return client->answers[id].complete; }
  std::uint32_t error(std::int32_t id) { return client->answers[id].error; }
  void pass(base::Micros span) { clock.now += span; }
  std::size_t expire() { return session->expire(clock.now, kTimes); }

  http_test::FakeClock clock;
  http::Shared shared{clock};
  Recorder handler;
  std::unique_ptr<http::Session> session;
  std::unique_ptr<Http2Client> client;
};

TEST_F(Http2Limits, AnswersAtEndHeadersAndEndsARequestThatHasNoEnd) {
  for (const char* method : {"GET", "HEAD", "POST", "OPTIONS"}) {
    const auto id = client->begin("/a", method);
    converse();
    EXPECT_EQ(client->answers[id].fields.substr(0, 12), ":status=200;") << method;
    EXPECT_EQ(client->answers[id].body, method == std::string("HEAD") ? "" : "/a");
    EXPECT_TRUE(answered(id)) << method;
    EXPECT_EQ(error(id), NGHTTP2_NO_ERROR) << method;
    EXPECT_EQ(session->phase(), Phase::kIdle) << method;
  }
  EXPECT_EQ(handler.trace.size(), 4u);
}

TEST_F(Http2Limits, KeepsNothingOfTheHeadsOfRequestsThatAreHeld) {
  handler.hold = true;
  client->begin("/", "GET", large_fields());
  converse();
  for (int i = 0; i < 120; ++i) client->begin("/", "GET", large_fields());
  std::string said = client->say();
  const std::size_t sent = mallinfo2().uordblks;  // always 0 where a sanitizer allocates
  session->feed(base::view_of(said));
  http_test::drain(*session);
  EXPECT_EQ(handler.trace.size(), 121u);
  EXPECT_LT(mallinfo2().uordblks, sent + 120 * 1'500u);
}

TEST_F(Http2Limits, DropsTheBodyOfAHeldGetAndAnswersIt) {
  handler.hold = true;
  const auto id = client->begin("/a");
  converse();
  client->send_body(id, std::string(10'000, 'x'), true);
  converse();
  EXPECT_EQ(handler.trace, std::vector<std::string>{"GET /a @edge"});
  session->respond(id, reply(200, "late"));
  converse();
  EXPECT_EQ(client->answers[id].body, "late");
  EXPECT_TRUE(answered(id));
}

TEST_F(Http2Limits, GivesItsAnswerToWhoSendsMoreThanIsTaken) {
  // Before it knows our window a client may send 64 KiB at once.
  Http2Client early;
  session = http::make_session("h2", shared, handler);
  handler.session = session.get();
  const auto id = early.ask("/a", "POST", {}, std::string(100'000, 'x'));
  session->feed(base::view_of(early.say()));
  early.hear(http_test::drain(*session));
  EXPECT_EQ(early.answers[id].body, "/a");
  EXPECT_TRUE(early.answers[id].complete);
  EXPECT_EQ(early.answers[id].error, NGHTTP2_NO_ERROR);
  EXPECT_EQ(handler.streams_refused, 0);
}

TEST_F(Http2Limits, ResetsAHeldGetWhoseBodyDoesNotEnd) {
  handler.hold = true;
  const auto id = client->begin("/a");
  converse();
  client->send_body(id, std::string(20'000, 'x'), false);
  converse();
  EXPECT_EQ(error(id), NGHTTP2_ENHANCE_YOUR_CALM);
  EXPECT_EQ(handler.closed, std::vector<http::StreamId>{id}) << "the waiting request is closed";
  EXPECT_EQ(handler.streams_refused, 1);
  session->respond(id, reply(200, "late"));
  EXPECT_EQ(session->phase(), Phase::kIdle);
}

TEST_F(Http2Limits, EndsTheConnectionOfWhoGoesOnAfterBeingRefused) {
  handler.hold = true;
  for (int i = 0; i < 100 && client->goaway < 0 && !session->done(); ++i) {
    const auto id = client->begin("/a");
    converse();
    client->send_body(id, std::string(20'000, 'x'), false);
    converse();
  }
  EXPECT_EQ(client->goaway, NGHTTP2_ENHANCE_YOUR_CALM);
  EXPECT_EQ(handler.streams_refused, 16);
  EXPECT_TRUE(session->done());
}

TEST_F(Http2Limits, BoundsTheHeadsThatWaitForTheirBodies) {
  shared.limits.keep_bodies = true;
  std::vector<std::int32_t> ids;
  for (int i = 0; i < 6; ++i) ids.push_back(client->begin("/", "POST", large_fields()));
  const std::size_t before = mallinfo2().uordblks;
  converse();
  EXPECT_LT(mallinfo2().uordblks, before + shared.limits.kept + 50'000);
  EXPECT_EQ(handler.streams_refused, 2) << "128 KiB hold four heads of 27 KB";
  EXPECT_EQ(error(ids[4]), NGHTTP2_REFUSED_STREAM);
  EXPECT_EQ(error(ids[5]), NGHTTP2_REFUSED_STREAM);
  EXPECT_TRUE(handler.trace.empty());
  for (int i = 0; i < 4; ++i) {
    client->send_body(ids[static_cast<std::size_t>(i)], "b", true);
    converse();
  }
  EXPECT_EQ(handler.trace.size(), 4u) << "those that were kept are answered";
  const auto next = client->begin("/", "POST", large_fields());
  converse();
  client->send_body(next, "b", true);
  converse();
  EXPECT_TRUE(answered(next)) << "and leave their room";
}

TEST_F(Http2Limits, CountsTheBodiesThatAreKeptToo) {
  shared.limits.keep_bodies = true;
  shared.limits.body = 60'000;
  std::vector<std::int32_t> ids;
  for (int i = 0; i < 12; ++i) {
    ids.push_back(client->begin("/", "POST"));
    converse();
    client->send_body(ids.back(), std::string(15'000, 'x'), false);
    converse();
  }
  EXPECT_EQ(handler.streams_refused, 4) << "128 KiB hold eight bodies of 15 KB";
  EXPECT_EQ(error(ids.back()), NGHTTP2_REFUSED_STREAM);
}

TEST_F(Http2Limits, AnswersAGetAtEndHeadersThoughBodiesAreKept) {
  shared.limits.keep_bodies = true;
  for (int i = 0; i < 200; ++i) client->begin("/", "GET", large_fields());
  converse();
  EXPECT_EQ(handler.trace.size(), 200u);
  EXPECT_EQ(handler.streams_refused, 0);
}

TEST_F(Http2Limits, ARequestThatWaitsForItsBodyHasTheTimeOfAHeadWhateverOthersDo) {
  shared.limits.keep_bodies = true;
  const auto slow = client->begin("/slow", "POST");
  converse();
  for (int i = 0; i < 4; ++i) {
    pass(2 * base::kSecond);
    const auto good = client->ask("/good");
    client->send_body(slow, "x", false);
    converse();
    EXPECT_TRUE(answered(good));
    EXPECT_EQ(expire(), 0u);
  }
  EXPECT_EQ(session->next_expiry(kTimes), clock.now + 2 * base::kSecond);
  pass(2 * base::kSecond);
  EXPECT_EQ(expire(), 1u);
  EXPECT_EQ(expire(), 0u) << "once";
  EXPECT_EQ(session->next_expiry(kTimes), http::Session::kNever);
  converse();
  EXPECT_EQ(error(slow), NGHTTP2_CANCEL);
  EXPECT_EQ(session->phase(), Phase::kIdle);
}

TEST_F(Http2Limits, AnAnswerOfWhichNothingIsTakenIsResetWhateverOthersDo) {
  handler.answer = reply(200, std::string(200'000, 'x'));
  const auto stuck = client->ask("/stuck");
  converse();
  handler.answer = nullptr;
  for (int i = 0; i < 14; ++i) {
    pass(4 * base::kSecond);
    const auto good = client->ask("/good", "HEAD");  // needs no window
    converse();
    EXPECT_TRUE(answered(good));
    EXPECT_EQ(expire(), 0u);
  }
  EXPECT_EQ(session->next_expiry(kTimes), clock.now + 4 * base::kSecond);
  pass(4 * base::kSecond);
  EXPECT_EQ(expire(), 1u);
  converse();
  EXPECT_EQ(error(stuck), NGHTTP2_CANCEL);
  EXPECT_EQ(session->phase(), Phase::kIdle);
}

TEST_F(Http2Limits, AnAnswerOfWhichSomethingIsTakenIsOnlySlow) {
  handler.answer = reply(200, std::string(400'000, 'x'));
  const auto slow = client->ask("/slow");
  converse();
  for (int i = 0; i < 5; ++i) {
    pass(50 * base::kSecond);
    EXPECT_EQ(expire(), 0u);
    for (const std::int32_t id : {0, slow}) nghttp2_submit_window_update(client->session, NGHTTP2_FLAG_NONE, id, 5'000);
    converse();
  }
  EXPECT_FALSE(answered(slow));
  EXPECT_EQ(client->answers[slow].body.size(), 65'535u + 25'000u);
}

TEST_F(Http2Limits, AnAnswerOfWhichAByteIsTakenNowAndThenIsReset) {
  handler.answer = reply(200, std::string(400'000, 'x'));
  const auto drip = client->ask("/drip");
  converse();
  for (int i = 0; i < 5; ++i) {
    pass(11 * base::kSecond);
    EXPECT_EQ(expire(), 0u);
    for (const std::int32_t id : {0, drip}) nghttp2_submit_window_update(client->session, NGHTTP2_FLAG_NONE, id, 1);
    converse();
  }
  EXPECT_EQ(client->answers[drip].body.size(), 65'535u + 5u);
  pass(5 * base::kSecond);
  EXPECT_EQ(expire(), 1u);
}

TEST_F(Http2Limits, WhatWaitsForUsHasNoLimitHere) {
  handler.hold = true;
  client->ask("/held");
  converse();
  pass(3'600 * base::kSecond);
  EXPECT_EQ(session->next_expiry(kTimes), http::Session::kNever);
  EXPECT_EQ(expire(), 0u);
}

TEST_F(Http2Limits, AGrowingAnswerIsTimedFromWhenItHasSomething) {
  struct Silent final : http::BodyWriter::Source {
    void on_gone() override { gone = true; }
    bool gone = false;
  } source;
  handler.hold = true;
  const auto id = client->ask("/grow");
  converse();
  http::BodyWriter writer(source);
  ASSERT_TRUE(
      session->respond(id, std::make_shared<const http::Reply>(200, http::HeaderBlock::Fields{}), writer.body()));
  writer.push(base::Bytes::copy_of(std::string(65'535, 'x')));  // all of the window
  converse();
  pass(3'600 * base::kSecond);
  EXPECT_EQ(expire(), 0u) << "its source is silent";
  writer.push(base::Bytes::copy_of("more"));
  converse();
  pass(59 * base::kSecond);
  EXPECT_EQ(expire(), 0u);
  pass(base::kSecond);
  EXPECT_EQ(expire(), 1u);
  converse();
  EXPECT_TRUE(source.gone);
}

TEST_F(Http2Limits, ReadsNoFurtherFromWhoReadsNoAnswers) {
  handler.hold = true;
  // Beyond the limit of streams, from a client that acknowledges no SETTINGS: each is one RST_STREAM that waits.
  std::string frame("\0\0\6\1\5\0\0\0\1\x82\x84\x86\x41\1a", 15);
  const std::string hello("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33);
  session = http::make_session("h2", shared, handler);
  session->feed(base::view_of(hello));
  int sent = 0;
  for (; sent < 5'000 && session->wants_input(); ++sent) {
    const unsigned id = 1 + 2 * static_cast<unsigned>(sent);
    frame[7] = static_cast<char>(id >> 8);
    frame[8] = static_cast<char>(id);
    session->feed(base::view_of(frame));
  }
  EXPECT_GT(sent, 128);
  EXPECT_LT(sent, 1'000);
  http_test::drain(*session);
  EXPECT_TRUE(session->wants_input()) << "continues once it is read";
}

}  // namespace
