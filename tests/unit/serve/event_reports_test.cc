#include "serve/event_reports.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "serving.h"

namespace {

using base::kSecond;
using serve::Audience;
using serve::Cause;
using serve::EventReports;
using serve_test::Answer;
using serve_test::Client;
using serve_test::Serving;

struct EventReportsTest : testing::Test {
  EventReportsTest() { here["match"]; }

  int post(std::string_view body, std::string_view channel = "", std::string_view type = "application/cmcd") {
    http::Request request;
    request.method = http::Method::kOther;
    request.verb = "POST";
    request.body = body;
    if (!type.empty()) request.fields.push_back({"Content-Type", type});
    return take(request, channel);
  }
  int take(const http::Request& request, std::string_view channel = "") {
    const auto find = [this](std::string_view name) {
      const auto found = here.find(name);
      return found == here.end() ? nullptr : &found->second;
    };
    last = reports.take(request, channel, find, now);
    return last.response->status();
  }
  std::string field(const std::string& name) const {
    for (const auto& [key, value] : last.response->block().fields())
      if (key == name) return value;
    return "";
  }
  std::string text() const {
    std::string all;
    for (const auto& piece : last.response->body()) all += piece.text();
    return all;
  }

  serve::Counters counters;
  std::map<std::string, Audience, std::less<>> here;
  EventReports reports{counters};
  base::Micros now = 1'000 * kSecond;
  serve::Verdict last;
};

TEST_F(EventReportsTest, CountForTheChannelThatEachNames) {
  here["other"];
  EXPECT_EQ(post("cid=\"match\",e=ps,sid=\"a\",sta=r\ncid=\"match\",e=t,sid=\"a\"\ncid=\"other\",e=t,sid=\"b\"\n"),
            204);
  EXPECT_EQ(here["match"].events.get(), 2u);
  EXPECT_EQ(here["match"].stalls.get(), 1u);
  EXPECT_EQ(here["other"].events.get(), 1u);
  EXPECT_EQ(field("access-control-allow-origin"), "*");
  EXPECT_EQ(field("cache-control"), "no-store");
  EXPECT_EQ(field("content-length"), "") << "RFC 9110 8.6";
}

TEST_F(EventReportsTest, CountForTheChannelOfThePathWhateverTheyName) {
  EXPECT_EQ(post("cid=\"GAME-7\",e=t\ne=t\nbl=x\n", "match"), 204);
  EXPECT_EQ(here["match"].events.get(), 2u);
  EXPECT_EQ(here["match"].malformed.get(), 1u);
  EXPECT_EQ(counters.reports_lost.get(), 0u);
  EXPECT_EQ(post("e=t", "nobody"), 404);
  EXPECT_EQ(last.cause, Cause::kUnknownChannel);
  EXPECT_EQ(here.size(), 1u) << "a stranger makes no channel";
}

TEST_F(EventReportsTest, AreTakenWhereOneOfThemCounts) {
  EXPECT_EQ(post("cid=\"nobody\",e=t\n=\ncid=\"match\",e=t"), 204);
  EXPECT_EQ(counters.reports_lost.get(), 2u);
  EXPECT_EQ(here["match"].events.get(), 1u);
}

TEST_F(EventReportsTest, SayWhatIsMissing) {
  EXPECT_EQ(post("cid=\"nobody\",e=t\ne=t"), 400);
  EXPECT_NE(text().find("/cmcd/CHANNEL"), std::string::npos) << text();
  EXPECT_EQ(last.cause, Cause::kUnknownChannel);
  EXPECT_EQ(post("{\"e\":\"t\"}", "match"), 400);
  EXPECT_NE(text().find("No line of the body is a report"), std::string::npos) << text();
  EXPECT_EQ(last.cause, Cause::kMalformed);
  EXPECT_EQ(post("\n", "match"), 400);
  EXPECT_NE(text().find("The body has no report"), std::string::npos) << text();
  EXPECT_EQ(field("content-length"), std::to_string(text().size()));
}

TEST_F(EventReportsTest, HaveTheirTypeAndNoCoding) {
  EXPECT_EQ(post("e=t", "match", ""), 204);
  EXPECT_EQ(post("e=t", "match", "text/plain;charset=UTF-8"), 204);
  EXPECT_EQ(post("e=t", "match", "application/json"), 415);
  EXPECT_NE(text().find("application/cmcd"), std::string::npos);
  http::Request coded;
  coded.method = http::Method::kOther;
  coded.verb = "POST";
  coded.body = "e=t";
  coded.fields.push_back({"content-encoding", "gzip"});
  EXPECT_EQ(take(coded, "match"), 415);
  EXPECT_EQ(here["match"].events.get(), 2u);
}

TEST_F(EventReportsTest, ArePostedOnly) {
  http::Request request;
  request.verb = "GET";
  EXPECT_EQ(take(request, "match"), 405);
  EXPECT_EQ(field("allow"), "POST, OPTIONS");
  EXPECT_EQ(last.cause, Cause::kMethod);
  request.method = http::Method::kOther;
  request.verb = "PUT";
  EXPECT_EQ(take(request, "match"), 405);
  request.method = http::Method::kOptions;
  request.verb = "OPTIONS";
  EXPECT_EQ(take(request, "match"), 204);
  EXPECT_EQ(field("access-control-allow-methods"), "POST, OPTIONS");
  EXPECT_NE(field("access-control-allow-headers").find("Content-Type"), std::string::npos);
}

TEST_F(EventReportsTest, AreAThousandASecondAndNoMore) {
  for (int i = 0; i < EventReports::kRate; ++i) ASSERT_EQ(post("e=t", "match"), 204) << i;
  EXPECT_EQ(post("e=t", "match"), 429);
  EXPECT_EQ(field("retry-after"), "5");
  EXPECT_EQ(last.cause, Cause::kReportRate);
  now += kSecond / EventReports::kRate - 1;
  EXPECT_EQ(post("e=t", "match"), 429);
  now += 1;
  EXPECT_EQ(post("e=t", "match"), 204);
  EXPECT_EQ(post("e=t", "match"), 429);
  now += 100 * kSecond;
  for (int i = 0; i < EventReports::kRate; ++i) ASSERT_EQ(post("e=t", "match"), 204) << i;
  EXPECT_EQ(post("e=t", "match"), 429) << "a quiet time saves up one second's";
}

TEST(EventReports, ComeByPostToTheServer) {
  Serving serving;
  serving.go_live();
  Client client(serving.port());
  const std::string body = "cid=\"match\",e=t,sid=\"a\",sta=p\n";
  const auto post = [&](const std::string& path, const std::string& text) {
    client.send("POST " + path + " HTTP/1.1\r\nHost: edge\r\nContent-Type: application/cmcd\r\nContent-Length: " +
                std::to_string(text.size()) + "\r\n\r\n" + text);
    return client.answer();
  };
  EXPECT_EQ(post("/cmcd", body).status, 204);
  EXPECT_EQ(post("/cmcd/match", "e=t\n").status, 204);
  EXPECT_EQ(post("/cmcd/nobody", body).status, 404);
  EXPECT_EQ(post("/cmcd/", body).status, 405) << "no such path, and posting is only for reports";
  EXPECT_EQ(post("/live/match/index.m3u8", body).status, 405);
  EXPECT_EQ(client.get("/cmcd", "", "OPTIONS").fields.at("access-control-allow-methods"), "POST, OPTIONS");
  EXPECT_EQ(client.get("/cmcd").status, 405);
  EXPECT_EQ(client.get("/live/match/index.m3u8").status, 200);
  const auto all = serving.server().audiences().all();
  ASSERT_EQ(all.count("match"), 1u);
  EXPECT_EQ(all.at("match")->events.get(), 2u);
  EXPECT_EQ(all.size(), 1u);
}

TEST(EventReports, AreLimitedInSize) {
  Serving serving;
  serving.go_live();
  Client client(serving.port());
  client.send("POST /cmcd HTTP/1.1\r\nHost: edge\r\nContent-Length: 16385\r\n\r\n");
  const Answer large = client.answer();
  EXPECT_EQ(large.status, 413);
  EXPECT_EQ(large.fields.at("access-control-allow-origin"), "*");
  EXPECT_EQ(large.fields.at("connection"), "close");
}

}  // namespace
