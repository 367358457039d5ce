#include "http/repeated_answers.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "fakes.h"
#include "http/session.h"

namespace {

http::Response make(const std::string& first, const std::string& second) {
  return std::make_shared<http::Reply>(
      200, http::HeaderBlock::Fields{{"x", "y"}},
      std::vector<base::Bytes>{base::Bytes::copy_of(first), base::Bytes::copy_of(second)});
}

TEST(RepeatedAnswers, ComeInOnePieceFromTheSecondTimeOn) {
  http::RepeatedAnswers repeated;
  const http::Response response = make("one,", "two");
  const base::Bytes ending = base::Bytes::copy_of("Date: d\r\n\r\n");
  EXPECT_TRUE(repeated.find(response, ending).empty());
  const base::Bytes whole = repeated.find(response, ending);
  EXPECT_EQ(whole.text(), std::string(base::text_of(response->block().http1())) + "Date: d\r\n\r\none,two");
  EXPECT_EQ(repeated.find(response, ending).data(), whole.data()) << "made once";
}

TEST(RepeatedAnswers, AnotherSecondAnotherDate) {
  http::RepeatedAnswers repeated;
  const http::Response response = make("one,", "two");
  const base::Bytes then = base::Bytes::copy_of("Date: 1\r\n\r\n");
  const base::Bytes now = base::Bytes::copy_of("Date: 2\r\n\r\n");
  repeated.find(response, then);
  EXPECT_FALSE(repeated.find(response, then).empty());
  EXPECT_TRUE(repeated.find(response, now).empty());
  EXPECT_NE(repeated.find(response, now).text().find("Date: 2"), std::string_view::npos);
}

TEST(RepeatedAnswers, KeepFourAndNoneThatIsLarge) {
  http::RepeatedAnswers repeated;
  const base::Bytes ending = base::Bytes::copy_of("\r\n");
  std::vector<http::Response> responses;
  for (int i = 0; i < 5; ++i) responses.push_back(make(std::to_string(i), ""));
  for (int i = 0; i < 4; ++i) repeated.find(responses[static_cast<std::size_t>(i)], ending);
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(repeated.find(responses[static_cast<std::size_t>(i)], ending).empty());
  repeated.find(responses[4], ending);
  EXPECT_EQ(responses[0].use_count(), 1) << "the oldest is let go";
  const http::Response large = make(std::string(http::RepeatedAnswers::kMostBody, 'x'), "!");
  EXPECT_TRUE(repeated.find(large, ending).empty());
  EXPECT_TRUE(repeated.find(large, ending).empty());
  EXPECT_EQ(large.use_count(), 1);
}

// The first viewer's answer, its second's and the one after a HEAD are the same bytes.
TEST(RepeatedAnswers, AViewerCannotTell) {
  http_test::FakeClock clock;
  http::Shared shared{clock};
  http_test::Recorder handler;
  const std::unique_ptr<http::Session> session = http::make_session("http/1.1", shared, handler);
  handler.session = session.get();
  handler.answer = make("one,", "two");
  std::vector<std::string> answers;
  for (const std::string method : {"GET", "GET", "HEAD", "GET"}) {
    const std::string request = method + " /a HTTP/1.1\r\nHost: h\r\n\r\n";
    session->feed(base::view_of(request));
    answers.push_back(http_test::drain(*session));
  }
  EXPECT_EQ(answers[1], answers[0]);
  EXPECT_EQ(answers[3], answers[0]);
  EXPECT_EQ(answers[2] + "one,two", answers[0]);
}

}  // namespace
