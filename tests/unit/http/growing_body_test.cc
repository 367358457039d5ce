#include "http/growing_body.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "fakes.h"
#include "http2_client.h"

namespace {

using http::BodyWriter;
using http_test::text;
using Pushed = BodyWriter::Pushed;

base::Bytes bytes(const std::string& text) { return base::Bytes::copy_of(text); }

/// A source that records its calls.
struct Source final : BodyWriter::Source {
  void on_writable() override { ++writable_calls; }
  void on_gone() override { ++gone; }
  int writable_calls = 0;
  int gone = 0;
};

/// Answers "/whole" with a usual body and all else with a body that grows.
struct Growing final : http::Handler {
  void on_request(http::StreamId id, const http::Request& request) override {
    if (request.path == "/whole") return session->respond(id, http_test::reply(200, "whole"));
    writers.push_back(std::make_unique<BodyWriter>(source, most));
    if (request.path == "/files") {
      taken =
          session->respond(id,
                           std::make_shared<const http::Reply>(200, http::HeaderBlock::Fields{{"content-length", "6"}},
                                                               std::vector<base::FilePlace>{{nullptr, 0, 6}}, -1),
                           writers.back()->body());
      return;
    }
    taken = session->respond(id, std::make_shared<const http::Reply>(200, http::HeaderBlock::Fields{{"x", "y"}}),
                             writers.back()->body());
    if (!first.empty()) writers.back()->push(bytes(first));
  }
  void on_stream_closed(http::StreamId id) override { closed.push_back(id); }
  http::Response refuse(int status) override { return http_test::reply(status, "refused"); }
  void on_output() override { ++outputs; }

  BodyWriter& writer() { return *writers.back(); }

  http::Session* session = nullptr;
  Source source;
  std::size_t most = 10;
  std::string first;
  std::vector<std::unique_ptr<BodyWriter>> writers;
  std::vector<http::StreamId> closed;
  bool taken = false;
  int outputs = 0;
};

struct Rig : testing::Test {
  http_test::FakeClock clock;
  http::Shared shared{clock};
  Growing handler;
  std::unique_ptr<http::Session> session;

  void open(std::string_view alpn) {
    session = http::make_session(alpn, shared, handler);
    handler.session = session.get();
  }
  std::string drain(std::size_t most = SIZE_MAX) { return http_test::drain(*session, most); }
};

struct GrowingOverHttp1 : Rig {
  GrowingOverHttp1() { open("http/1.1"); }
  /// Asks, and takes the head.
  std::string ask(const std::string& method = "GET", const std::string& version = "1.1", const std::string& more = "") {
    session->feed(base::view_of(method + " /grow HTTP/" + version + "\r\nHost: a\r\n" + more + "\r\n"));
    return drain();
  }
};

TEST_F(GrowingOverHttp1, GoesOutAsChunksAsItGrows) {
  const std::string head = ask();
  EXPECT_TRUE(handler.taken);
  EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\nX: y\r\nTransfer-Encoding: chunked\r\nDate: ")) << head;
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
  EXPECT_EQ(session->phase(), http::Phase::kGrowing);
  EXPECT_EQ(handler.writer().push(bytes("one")), Pushed::kQueued);
  EXPECT_EQ(handler.writer().push(bytes("two")), Pushed::kQueued);
  EXPECT_EQ(handler.outputs, 1) << "the queue was empty once";
  EXPECT_EQ(handler.writer().queued(), 6u);
  EXPECT_EQ(session->phase(), http::Phase::kAnswering) << "the reader has to take it";
  EXPECT_EQ(drain(), "6\r\nonetwo\r\n");
  EXPECT_EQ(handler.writer().queued(), 0u);
  EXPECT_EQ(drain(), "");
  EXPECT_EQ(session->phase(), http::Phase::kGrowing);
  handler.writer().push(bytes("ten bytes!"));
  handler.writer().finish();
  EXPECT_EQ(handler.writer().push(bytes("late")), Pushed::kGone);
  EXPECT_EQ(drain(), "a\r\nten bytes!\r\n0\r\n\r\n");
  EXPECT_EQ(session->phase(), http::Phase::kIdle);
  EXPECT_EQ(handler.source.gone, 0);
}

TEST_F(GrowingOverHttp1, ABodyOfFilesHasItsLengthAndNoChunks) {
  session->feed(base::view_of("GET /files HTTP/1.1\r\nHost: a\r\n\r\n"));
  const std::string head = drain();
  EXPECT_NE(head.find("Content-Length: 6\r\n"), std::string::npos) << head;
  EXPECT_EQ(head.find("chunked"), std::string::npos) << head;
  handler.writer().push(bytes("one"));
  EXPECT_EQ(drain(), "one");
  handler.writer().push(bytes("two"));
  handler.writer().finish();
  EXPECT_EQ(drain(), "two");
  EXPECT_EQ(session->phase(), http::Phase::kIdle) << "the connection can be used again";
  EXPECT_TRUE(ask().find("chunked") != std::string::npos);
}

TEST_F(GrowingOverHttp1, WhatIsPushedAtOnceGoesWithTheHead) {
  handler.first = "now";
  EXPECT_TRUE(ask().ends_with("\r\n\r\n3\r\nnow\r\n"));
}

TEST_F(GrowingOverHttp1, ABodyThatEndsEmptyIsTheLastChunkAlone) {
  ask();
  handler.writer().finish();
  EXPECT_EQ(handler.outputs, 1);
  EXPECT_EQ(drain(), "0\r\n\r\n");
}

TEST_F(GrowingOverHttp1, TheNextPipelinedRequestWaitsForTheEnd) {
  ask();
  session->feed(base::view_of("GET /whole HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(drain(), "");
  handler.writer().finish();
  const std::string out = drain();
  EXPECT_TRUE(out.starts_with("0\r\n\r\nHTTP/1.1 200 OK\r\n")) << out;
  EXPECT_TRUE(out.ends_with("\r\n\r\nwhole"));
}

TEST_F(GrowingOverHttp1, AFullQueueRefusesAndTheSourceLearnsOfRoom) {
  ask();
  EXPECT_EQ(handler.writer().push(bytes("0123456789")), Pushed::kQueued) << "exactly the limit";
  EXPECT_EQ(handler.writer().push(bytes("x")), Pushed::kFull);
  std::vector<base::Bytes> out;
  session->take_output(4, out);
  EXPECT_EQ(text(out), "4\r\n0123\r\n");
  EXPECT_EQ(handler.source.writable_calls, 0) << "not empty yet";
  EXPECT_EQ(handler.writer().queued(), 6u);
  EXPECT_EQ(handler.writer().push(bytes("abcd")), Pushed::kQueued);
  EXPECT_EQ(drain(), "a\r\n456789abcd\r\n");
  EXPECT_EQ(handler.source.writable_calls, 1);
  handler.writer().push(bytes("y"));
  drain();
  EXPECT_EQ(handler.source.writable_calls, 1) << "nothing was refused since";
}

TEST_F(GrowingOverHttp1, AnEmptyQueueTakesASliceOfAnySize) {
  ask();
  EXPECT_EQ(handler.writer().push(bytes(std::string(100, 'x'))), Pushed::kQueued);
  EXPECT_EQ(handler.writer().push(bytes("y")), Pushed::kFull);
  EXPECT_EQ(drain(), "64\r\n" + std::string(100, 'x') + "\r\n");
}

TEST_F(GrowingOverHttp1, AnAbortEndsTheConnectionWithoutTheLastChunk) {
  ask();
  handler.writer().push(bytes("lost"));
  handler.writer().abort();
  EXPECT_EQ(handler.writer().queued(), 0u);
  EXPECT_EQ(drain(), "");
  EXPECT_TRUE(session->done());
  EXPECT_FALSE(session->peer_done());
  EXPECT_EQ(handler.source.gone, 0);
}

TEST_F(GrowingOverHttp1, AWriterThatIsDestroyedAborts) {
  ask();
  handler.writers.clear();
  EXPECT_EQ(drain(), "");
  EXPECT_TRUE(session->done());
}

TEST_F(GrowingOverHttp1, TheSourceLearnsOnceThatTheViewerHasLeft) {
  ask();
  handler.writer().push(bytes("unread"));
  session->abort();
  EXPECT_EQ(handler.source.gone, 1);
  EXPECT_TRUE(handler.closed.empty()) << "it was answered";
  EXPECT_EQ(handler.writer().push(bytes("more")), Pushed::kGone);
  EXPECT_EQ(handler.writer().queued(), 0u);
  handler.writer().abort();
  session.reset();
  EXPECT_EQ(handler.source.gone, 1);
}

TEST_F(GrowingOverHttp1, TheSourceLearnsWhenTheSessionIsDestroyed) {
  ask();
  session.reset();
  EXPECT_EQ(handler.source.gone, 1);
}

TEST_F(GrowingOverHttp1, HeadGetsTheHeadAloneAndTheSourceIsTold) {
  handler.first = "body";
  const std::string head = ask("HEAD");
  EXPECT_TRUE(head.ends_with("\r\n\r\n")) << head;
  EXPECT_NE(head.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_EQ(handler.source.gone, 1);
  session->feed(base::view_of("GET /whole HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_TRUE(drain().ends_with("whole"));
}

TEST_F(GrowingOverHttp1, AnOldClientReadsToTheEndOfTheConnection) {
  const std::string head = ask("GET", "1.0");
  EXPECT_EQ(head.find("Transfer-Encoding"), std::string::npos) << head;
  EXPECT_NE(head.find("Connection: close\r\n"), std::string::npos) << head;
  handler.writer().push(bytes("plain"));
  EXPECT_EQ(drain(), "plain");
  EXPECT_FALSE(session->done());
  handler.writer().finish();
  EXPECT_EQ(drain(), "");
  EXPECT_TRUE(session->done());
}

TEST_F(GrowingOverHttp1, AShutDownWaitsForTheEndThenCloses) {
  ask();
  session->shut_down();
  handler.writer().push(bytes("last"));
  EXPECT_EQ(drain(), "4\r\nlast\r\n");
  EXPECT_FALSE(session->done());
  handler.writer().finish();
  EXPECT_EQ(drain(), "0\r\n\r\n");
  EXPECT_TRUE(session->done());
}

TEST_F(GrowingOverHttp1, ARequestThatIsGoneTakesNoBody) {
  ask();
  BodyWriter other(handler.source);
  EXPECT_FALSE(session->respond(7, http_test::reply(200, ""), other.body()));
  EXPECT_FALSE(session->respond(1, http_test::reply(200, ""), other.body())) << "answered already";
  other.push(bytes("x"));
  EXPECT_EQ(handler.outputs, 0);
}

struct GrowingOverHttp2 : Rig {
  GrowingOverHttp2() { open("h2"); }
  void converse(std::size_t most = SIZE_MAX) {
    for (bool moved = true; moved;) {
      const std::string said = client.say();
      session->feed(base::view_of(said));
      const std::string heard = drain(most);
      client.hear(heard);
      moved = !said.empty() || !heard.empty();
    }
  }
  std::int32_t ask(const std::string& path = "/grow", const std::string& method = "GET") {
    const std::int32_t id = client.ask(path, method);
    converse();
    return id;
  }
  http_test::Http2Client client;
};

TEST_F(GrowingOverHttp2, GoesOutAsDataFramesAsItGrows) {
  const auto id = ask();
  EXPECT_TRUE(client.answers[id].fields.starts_with(":status=200;x=y;date=")) << client.answers[id].fields;
  EXPECT_EQ(session->phase(), http::Phase::kGrowing);
  handler.writer().push(bytes("one"));
  handler.writer().push(bytes("two"));
  EXPECT_EQ(handler.outputs, 1);
  EXPECT_EQ(session->phase(), http::Phase::kAnswering);
  converse();
  EXPECT_EQ(client.answers[id].body, "onetwo");
  EXPECT_EQ(client.order.size(), 1u) << "one frame";
  EXPECT_EQ(session->phase(), http::Phase::kGrowing);
  EXPECT_FALSE(client.answers[id].complete);
  handler.writer().push(bytes("!"));
  handler.writer().finish();
  converse();
  EXPECT_EQ(client.answers[id].body, "onetwo!");
  EXPECT_TRUE(client.answers[id].complete);
  EXPECT_EQ(client.answers[id].error, 0u);
  EXPECT_EQ(handler.source.gone, 0);
  EXPECT_EQ(session->phase(), http::Phase::kIdle);
}

TEST_F(GrowingOverHttp2, OthersOfTheConnectionAreServedMeanwhile) {
  const auto growing = ask();
  const auto whole = ask("/whole");
  EXPECT_EQ(client.answers[whole].body, "whole");
  const auto second = ask();
  handler.writers[0]->push(bytes("first"));
  handler.writers[1]->push(bytes("second"));
  handler.writers[0]->finish();
  converse();
  EXPECT_EQ(client.answers[growing].body, "first");
  EXPECT_TRUE(client.answers[growing].complete);
  EXPECT_EQ(client.answers[second].body, "second");
  EXPECT_FALSE(client.answers[second].complete);
}

TEST_F(GrowingOverHttp2, ABodyThatEndsEmptyIsComplete) {
  const auto id = ask();
  handler.writer().finish();
  converse();
  EXPECT_TRUE(client.answers[id].complete);
  EXPECT_EQ(client.answers[id].error, 0u);
}

TEST_F(GrowingOverHttp2, TheReadersWindowHoldsTheSourceBack) {
  handler.most = 70'000;
  const auto id = ask();
  EXPECT_EQ(handler.writer().push(bytes(std::string(70'000, 'x'))), Pushed::kQueued);
  EXPECT_EQ(handler.writer().push(bytes("y")), Pushed::kFull);
  converse();
  EXPECT_EQ(client.answers[id].body.size(), 65'535u) << "the window that a client has at first";
  EXPECT_EQ(handler.writer().queued(), 70'000u - 65'535u);
  EXPECT_EQ(handler.source.writable_calls, 0);
  EXPECT_EQ(session->phase(), http::Phase::kAnswering) << "the reader has to take it";
  nghttp2_session_consume(client.session, id, 65'535);
  converse();
  EXPECT_EQ(client.answers[id].body.size(), 70'000u);
  EXPECT_EQ(handler.source.writable_calls, 1);
  EXPECT_EQ(session->phase(), http::Phase::kGrowing);
}

TEST_F(GrowingOverHttp2, AnAbortResetsTheStreamAlone) {
  const auto id = ask();
  handler.writer().push(bytes("sent"));
  converse();
  handler.writer().push(bytes("lost"));
  handler.writer().abort();
  converse();
  EXPECT_EQ(client.answers[id].body, "sent");
  EXPECT_EQ(client.answers[id].error, static_cast<std::uint32_t>(NGHTTP2_INTERNAL_ERROR));
  EXPECT_EQ(handler.source.gone, 0);
  EXPECT_EQ(client.answers[ask("/whole")].body, "whole");
  EXPECT_FALSE(session->done());
}

TEST_F(GrowingOverHttp2, AnAbortWithAFrameHalfDoneNeverBreaksTheFraming) {
  handler.most = 100'000;
  for (std::size_t most = 1; most < 40; ++most) {
    const auto id = ask();
    handler.writer().push(bytes(std::string(50, 'x')));
    std::vector<base::Bytes> out;
    session->take_output(most, out);
    client.hear(text(out));
    handler.writer().abort();
    converse();
    EXPECT_EQ(client.answers[id].error, static_cast<std::uint32_t>(NGHTTP2_INTERNAL_ERROR)) << most;
    EXPECT_EQ(client.answers[ask("/whole")].body, "whole") << most;
  }
}

TEST_F(GrowingOverHttp2, SmallBudgetsLoseNothing) {
  const auto id = ask();
  handler.first = "0123456789";
  const auto second = client.ask("/grow");
  converse(1);
  handler.writers[0]->push(bytes("abc"));
  handler.writers[1]->finish();
  converse(1);
  EXPECT_EQ(client.answers[id].body, "abc");
  EXPECT_EQ(client.answers[second].body, "0123456789");
  EXPECT_TRUE(client.answers[second].complete);
}

TEST_F(GrowingOverHttp2, TheSourceLearnsThatTheViewerResetTheStream) {
  const auto id = ask();
  handler.writer().push(bytes("unread"));
  nghttp2_submit_rst_stream(client.session, 0, id, NGHTTP2_CANCEL);
  session->feed(base::view_of(client.say()));
  EXPECT_EQ(handler.source.gone, 1);
  EXPECT_TRUE(handler.closed.empty()) << "it was answered";
  EXPECT_EQ(handler.writer().push(bytes("more")), Pushed::kGone);
  converse();
  EXPECT_EQ(client.answers[ask("/whole")].body, "whole");
}

TEST_F(GrowingOverHttp2, TheSourceLearnsThatTheConnectionHasEnded) {
  ask();
  session->abort();
  EXPECT_EQ(handler.source.gone, 1);
  ask();
  session.reset();
  EXPECT_EQ(handler.source.gone, 1);
}

TEST_F(GrowingOverHttp2, TheSourceLearnsWhenTheSessionIsDestroyed) {
  ask();
  session.reset();
  EXPECT_EQ(handler.source.gone, 1);
}

TEST_F(GrowingOverHttp2, HeadGetsTheHeadAloneAndTheSourceIsTold) {
  handler.first = "body";
  const auto id = ask("/grow", "HEAD");
  EXPECT_TRUE(client.answers[id].complete);
  EXPECT_EQ(client.answers[id].body, "");
  EXPECT_EQ(handler.source.gone, 1);
}

TEST_F(GrowingOverHttp2, ARequestThatIsGoneTakesNoBody) {
  const auto id = ask();
  BodyWriter other(handler.source);
  EXPECT_FALSE(session->respond(id, http_test::reply(200, ""), other.body())) << "answered already";
  EXPECT_FALSE(session->respond(99, http_test::reply(200, ""), other.body()));
  other.push(bytes("x"));
  EXPECT_EQ(handler.outputs, 0);
}

TEST(GrowingBody, TakenInStepsOfAnySizeIsWhatWasPushed) {
  for (std::size_t most = 1; most <= 12; ++most) {
    Source source;
    BodyWriter writer(source, 100);
    for (const char* slice : {"abc", "d", "", "efghi", "jk"}) EXPECT_EQ(writer.push(bytes(slice)), Pushed::kQueued);
    std::string all;
    for (std::size_t left = 11; left > 0;) {
      std::vector<base::Bytes> out;
      EXPECT_EQ(writer.body()->take(most, out), std::min(most, left));
      left -= std::min(most, left);
      EXPECT_EQ(writer.queued(), left);
      for (const base::Bytes& slice : out) all += slice.text();
    }
    EXPECT_EQ(all, "abcdefghijk") << "in steps of " << most;
  }
}

TEST(GrowingBody, ASourceMayEndItInsideOnRoom) {
  struct Ending final : BodyWriter::Source {
    void on_writable() override { writer.reset(); }
    void on_gone() override { FAIL(); }
    std::optional<BodyWriter> writer;
  } source;
  source.writer.emplace(source, 1);
  http_test::FakeClock clock;
  http::Shared shared(clock);
  struct Answering final : http::Handler {
    void on_request(http::StreamId id, const http::Request&) override {
      EXPECT_TRUE(session->respond(id, http_test::reply(200, ""), writer->body()));
    }
    void on_stream_closed(http::StreamId) override {}
    http::Response refuse(int status) override { return http_test::reply(status, ""); }
    http::Session* session = nullptr;
    BodyWriter* writer = nullptr;
  } handler;
  const auto session = http::make_session("http/1.1", shared, handler);
  handler.session = session.get();
  handler.writer = &*source.writer;
  session->feed(base::view_of("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  source.writer->push(bytes("a"));
  EXPECT_EQ(source.writer->push(bytes("b")), Pushed::kFull);
  EXPECT_TRUE(http_test::drain(*session).ends_with("1\r\na\r\n"));
  EXPECT_TRUE(session->done()) << "aborted";
}

}  // namespace
