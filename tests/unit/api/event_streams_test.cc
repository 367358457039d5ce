#include "api/event_streams.h"

#include <gtest/gtest.h>

#include "fake_backend.h"
#include "fakes.h"

namespace api {
namespace {

/// Streams that are read by hand.
class EventStreamsTest : public testing::Test {
 protected:
  /// Which of the answers' bodies; its events are there once the log has answered.
  http::GrowingBody& open(std::uint64_t after = 0, bool from_now = false, const std::string& channel = "") {
    answers_.push_back(streams_.open({.after = after, .channel = channel}, from_now));
    return *answers_.back().stream;
  }
  static std::string read(http::GrowingBody& body, std::size_t most = 1 << 20) {
    std::vector<base::Bytes> slices;
    body.take(most, slices);
    std::string text;
    for (const base::Bytes& slice : slices) text += slice.text();
    body.notify_writable();
    return text;
  }
  /// Until there is no more: what did not fit comes when the client has read.
  static std::string read_all(http::GrowingBody& body) {
    std::string text;
    for (std::string more = read(body); !more.empty(); more = read(body)) text += more;
    return text;
  }
  /// The ids of the events in a stream's text: "5 6".
  static std::string ids(const std::string& text) {
    std::string found;
    for (std::size_t at = text.find("id: "); at != std::string::npos; at = text.find("id: ", at + 1))
      found += (found.empty() ? "" : " ") + text.substr(at + 4, text.find('\n', at) - at - 4);
    return found;
  }
  void append(int count = 1, const std::string& channel = "match", std::size_t bytes = 0) {
    for (int i = 0; i < count; ++i) {
      backend_.log.append({.type = events::Type::kFeedSwitch,
                           .channel = channel,
                           .data = {{"a", std::string(bytes, 'x')}, {"b", std::string(bytes, 'x')}}});
    }
  }
  std::string number(int offset) const { return std::to_string(first_ + static_cast<std::uint64_t>(offset)); }

  api_test::FakeClock clock_;
  api_test::FakeBackend backend_{{.source = "/kickoff/here", .most = 1000}};
  const std::uint64_t first_ = backend_.log.read({}).newest + 1;
  EventStreams streams_{backend_, clock_};
  std::vector<Answer> answers_;
};

TEST_F(EventStreamsTest, AStreamBeginsAfterItsNumberAndContinuesWithWhatComes) {
  append(3);
  http::GrowingBody& body = open(first_);
  EXPECT_EQ(answers_[0].content_type, "text/event-stream");
  const std::string begin = read(body);
  EXPECT_EQ(begin.find("retry: 2000\n"), 0U);
  EXPECT_EQ(ids(begin), number(1) + " " + number(2));
  append();
  EXPECT_EQ(read(body), "");
  streams_.wake();
  const std::string text = read(body);
  EXPECT_EQ(ids(text), number(3));
  EXPECT_NE(text.find("\ndata: {\"specversion\":\"1.0\""), std::string::npos);
  EXPECT_TRUE(text.ends_with("}\n\n"));
  streams_.wake();
  EXPECT_EQ(read(body), "") << "each once";
}

TEST_F(EventStreamsTest, ALiveStreamLeavesOutWhatWasBefore) {
  append(3);
  http::GrowingBody& body = open(0, true);
  EXPECT_EQ(ids(read(body)), "");
  append();
  streams_.wake();
  EXPECT_EQ(ids(read(body)), number(3));
}

TEST_F(EventStreamsTest, AStreamMayBeOfOneChannel) {
  http::GrowingBody& body = open(0, false, "match");
  append(1, "other");
  append(1, "match");
  streams_.wake();
  EXPECT_EQ(ids(read(body)), number(1));
}

TEST_F(EventStreamsTest, ALongLogComesInPagesWithoutAHole) {
  append(350);
  const std::string text = read_all(open(first_));
  EXPECT_TRUE(ids(text).starts_with(number(1) + " " + number(2)));
  EXPECT_TRUE(ids(text).ends_with(number(349)));
  std::size_t count = 0;
  for (std::size_t at = text.find("data: {"); at != std::string::npos; at = text.find("data: {", at + 1)) ++count;
  EXPECT_EQ(count, 349U);
}

TEST_F(EventStreamsTest, ASlowClientHoldsAPageAndGetsTheRestWhenItReads) {
  append(900, "match", 350);
  http::GrowingBody& body = open(first_);
  EXPECT_LT(body.queued(), EventStreams::kMostQueued + 100 * 1200) << "the rest waits in the log";
  append();
  streams_.wake();
  const std::string text = read_all(body);
  EXPECT_TRUE(ids(text).ends_with(number(899) + " " + number(900)));
  EXPECT_EQ(text.find("event: missed"), std::string::npos);
}

TEST_F(EventStreamsTest, TellsAClientThatTheLogHasDroppedSome) {
  append(1001);
  EXPECT_NE(read(open(first_ - 1)).find("event: missed\ndata: {\"oldest\":" + number(1) + "}\n\n"), std::string::npos);
}

TEST_F(EventStreamsTest, AQuietStreamHasAHeartbeat) {
  http::GrowingBody& body = open();
  read(body);
  clock_.now += EventStreams::kHeartbeat - 1;
  streams_.tick();
  EXPECT_EQ(read(body), "");
  clock_.now += 1;
  streams_.tick();
  EXPECT_EQ(read(body), ":\n\n");
  streams_.tick();
  EXPECT_EQ(read(body), "");
}

TEST_F(EventStreamsTest, AClientThatReadsNothingIsEnded) {
  http::GrowingBody& body = open();
  clock_.now += EventStreams::kStuck - 1;
  streams_.tick();
  EXPECT_EQ(streams_.size(), 1U);
  clock_.now += 1;
  streams_.tick();
  EXPECT_EQ(streams_.size(), 0U);
  EXPECT_EQ(body.state(), http::GrowingBody::State::kAborted);
}

TEST_F(EventStreamsTest, AClientThatHasLeftIsForgotten) {
  open().leave();
  EXPECT_EQ(streams_.size(), 0U);
  append();
  streams_.wake();
}

TEST_F(EventStreamsTest, AnAnswerOfTheLogThatComesTooLateIsForNobody) {
  backend_.holds = true;
  open().leave();
  backend_.release();
  EXPECT_EQ(streams_.size(), 0U);
}

TEST_F(EventStreamsTest, WhatComesWhileTheLogIsAskedIsAskedForAfterwards) {
  backend_.holds = true;
  http::GrowingBody& body = open();
  backend_.release();  // the log was empty
  append();
  streams_.wake();
  append();
  streams_.wake();
  backend_.release();
  backend_.release();
  EXPECT_EQ(ids(read(body)), number(0) + " " + number(1));
}

TEST_F(EventStreamsTest, TheNumberOfStreamsIsBounded) {
  for (std::size_t i = 0; i < EventStreams::kMost; ++i) open();
  const Answer refused = streams_.open({}, false);
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(api_test::field_of(refused, "retry-after"), "10");
  EXPECT_EQ(refused.stream, nullptr);
  answers_[3].stream->leave();
  EXPECT_EQ(streams_.open({}, false).status, 200);
}

}  // namespace
}  // namespace api
