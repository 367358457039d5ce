#include "desk/desk.h"

#include <gtest/gtest.h>

#include <deque>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace desk {
namespace {

using nlohmann::json;

/// A server in memory: gives the answers that were put in, in turn, and keeps what was asked.
class FakeServer final : public client::Transport {
 public:
  std::vector<client::Answer> perform(const std::vector<client::Request>& requests) override {
    for (const client::Request& request : requests) asked.push_back(request);
    client::Answer answer = answers.empty() ? client::Answer{.error = "nobody listens"} : answers.front();
    if (!answers.empty()) answers.pop_front();
    return {answer};
  }
  void put(int status, const std::string& body = "") { answers.push_back({.status = status, .body = body}); }

  std::deque<client::Answer> answers;
  std::vector<client::Request> asked;
};

class DeskTest : public ::testing::Test {
 protected:
  int carry_out(const Order& order, bool terminal = true) {
    Desk desk({server_, [this](const std::string& text) { out_ += text; },
               [this](const std::string& line) { complaints_ += line + "\n"; },
               [this] {
                 if (during_wait_) during_wait_();
                 return waits_-- > 0;
               },
               terminal},
              "http://desk", "secret");
    return desk.carry_out(order);
  }
  /// A page of the log with events `from` to `to`.
  void put_page(int from, int to, bool missed = false) {
    json events = json::array();
    for (int i = from; i <= to; ++i) events.push_back({{"id", std::to_string(i)}, {"type", "t"}, {"time", "at"}});
    server_.put(200, json({{"events", events}, {"next", to}, {"missed", missed}}).dump());
  }

  FakeServer server_;
  int waits_ = 0;
  std::function<void()> during_wait_;
  std::string out_;
  std::string complaints_;
};

Order events() { return {.path = "/api/v1/events?limit=1000", .view = View::kEvents}; }

TEST_F(DeskTest, AnOrderIsSentWithItsTokenAndBody) {
  server_.put(204);
  EXPECT_EQ(carry_out({.method = "POST", .path = "/p", .body = R"({"on":true})", .done = "it is on"}), 0);
  ASSERT_EQ(server_.asked.size(), 1u);
  const client::Request& request = server_.asked[0];
  EXPECT_EQ(request.method + " " + request.url, "POST http://desk/p");
  EXPECT_EQ(request.headers,
            (client::Headers{{"Authorization", "Bearer secret"}, {"Content-Type", "application/json"}}));
  EXPECT_EQ(base::text_of(request.body), R"({"on":true})");
  EXPECT_TRUE(request.direct) << "a token goes to no proxy";
  EXPECT_EQ(out_, "it is on\n");
}

TEST_F(DeskTest, AnOrderThatWasOnlyAcceptedSaysSo) {
  server_.put(202);
  EXPECT_EQ(carry_out({.path = "/p", .done = "done", .accepted = "soon"}), 0);
  EXPECT_EQ(out_, "soon\n");
}

TEST_F(DeskTest, ForPipesAnOrderThatWasCarriedOutSaysNothing) {
  server_.put(204);
  EXPECT_EQ(carry_out({.method = "POST", .path = "/p", .done = "it is on"}, false), 0);
  EXPECT_EQ(out_ + complaints_, "");
}

TEST_F(DeskTest, ARefusalIsToldInTheServersWords) {
  server_.put(409, R"({"type": "about:blank", "title": "x", "status": 409, "detail": "match is \u001b[2Jnot live"})");
  EXPECT_EQ(carry_out({.path = "/p", .done = "done"}), 1);
  EXPECT_EQ(complaints_, "kickoff: http://desk: the server answered 409: match is \xEF\xBF\xBD[2Jnot live\n");
  EXPECT_EQ(out_, "");
}

TEST_F(DeskTest, WithoutATokenItIsSaidWhereOneIsRead) {
  server_.put(401, R"({"detail": "no token"})");
  EXPECT_EQ(carry_out({.path = "/p"}), 1);
  EXPECT_EQ(complaints_,
            "kickoff: http://desk: the server answered 401: no token (a token is read from KICKOFF_ADMIN_TOKEN or "
            "--token-file)\n");
}

TEST_F(DeskTest, AServerThatIsNotThereOrIsAnotherOneIsTold) {
  EXPECT_EQ(carry_out({.path = "/p"}), 1);
  EXPECT_EQ(complaints_, "kickoff: http://desk: nobody listens\n");
  complaints_.clear();
  server_.put(502, "<html>");
  EXPECT_EQ(carry_out({.path = "/p"}), 1);
  EXPECT_EQ(complaints_, "kickoff: http://desk: the server answered 502\n");
  for (const View view : {View::kChannels, View::kChannel, View::kInstance, View::kWebhooks, View::kEvents,
                          View::kAlarms, View::kJobs, View::kJob, View::kCheck}) {
    complaints_.clear();
    server_.put(200, "<html>");
    EXPECT_EQ(carry_out({.path = "/p", .view = view}), 1);
    EXPECT_NE(complaints_, "") << static_cast<int>(view);
    EXPECT_EQ(out_, "");
  }
}

TEST_F(DeskTest, TablesAreForTerminalsAndJsonIsForPipes) {
  const std::string body = R"({"channels":[{"name":"match","state":"live"},{"name":"other"}],"time":"t"})";
  for (const bool terminal : {true, false}) {
    for (const Format format : {Format::kAuto, Format::kTable, Format::kJson}) {
      out_.clear();
      server_.put(200, body);
      EXPECT_EQ(carry_out({.path = "/p", .view = View::kChannels, .format = format}, terminal), 0);
      const bool table = format == Format::kTable || (format == Format::kAuto && terminal);
      EXPECT_EQ(out_.starts_with("CHANNEL"), table) << out_;
      EXPECT_EQ(json::parse(out_, nullptr, false) == json::parse(body), !table);
    }
  }
}

TEST_F(DeskTest, OfOneChannelJsonIsThatChannelAlone) {
  server_.put(200, R"({"channels":[{"name":"other"},{"name":"match","state":"live"}]})");
  EXPECT_EQ(carry_out({.path = "/p", .view = View::kChannel, .channel = "match"}, false), 0);
  EXPECT_EQ(json::parse(out_), json::parse(R"({"name":"match","state":"live"})"));
  server_.put(200, R"({"channels":[{"name":"other"}]})");
  EXPECT_EQ(carry_out({.path = "/p", .view = View::kChannel, .channel = "match"}, false), 1);
  EXPECT_EQ(complaints_, "kickoff: there is no channel match\n");
}

/// A check as the API tells it, and the list that it is in.
std::string check_of(const std::string& id, const std::string& verdict) {
  json check = {{"id", id}, {"state", "running"}, {"channel", "match"}, {"feed", "primary"}, {"seconds", 5}};
  if (!verdict.empty()) {
    check["state"] = "done";
    check["verdict"] = verdict;
    check["lines"] = json::array({{{"property", "jitter"}, {"verdict", verdict}}});
  }
  return json{{"checks", {{{"id", "1"}, {"state", "done"}, {"verdict", "fail"}}, check}}}.dump();
}
Order check() { return {.method = "POST", .path = "/check", .body = "{}", .view = View::kCheck, .channel = "match"}; }

TEST_F(DeskTest, ACheckIsOrderedOnceAndAskedForUntilItIsDone) {
  server_.put(202, R"({"id": "7", "seconds": 5})");
  server_.put(200, check_of("7", ""));
  server_.put(200, check_of("7", "warn"));
  waits_ = 9;
  EXPECT_EQ(carry_out(check()), 0) << "warnings are said, and nothing failed";
  EXPECT_EQ(waits_, 7);
  ASSERT_EQ(server_.asked.size(), 3u);
  EXPECT_EQ(server_.asked[0].method, "POST");
  EXPECT_EQ(server_.asked[1].method + " " + server_.asked[1].url, "GET http://desk/check");
  EXPECT_TRUE(base::text_of(server_.asked[1].body).empty());
  EXPECT_EQ(complaints_, "kickoff: channel match is being checked, which takes 5 s\n");
  EXPECT_NE(out_.find("\nwarn     jitter"), std::string::npos) << out_;
}

TEST_F(DeskTest, ACheckThatFailsIsTheExitStatusAndForPipesItIsItsJson) {
  server_.put(202, R"({"id": "7"})");
  server_.put(200, check_of("7", "fail"));
  waits_ = 1;
  EXPECT_EQ(carry_out(check(), false), 1);
  EXPECT_EQ(complaints_, "");
  EXPECT_EQ(json::parse(out_)["id"], "7");
  EXPECT_EQ(json::parse(out_)["verdict"], "fail");
}

TEST_F(DeskTest, ACheckThatTheServerLosesOrThatNobodyWaitsForFails) {
  server_.put(202, R"({"id": "8"})");
  server_.put(200, check_of("7", "pass"));
  waits_ = 1;
  EXPECT_EQ(carry_out(check(), false), 1);
  EXPECT_EQ(complaints_, "kickoff: http://desk: the server knows the check no more\n");
  server_.put(202, R"({"id": "8"})");
  waits_ = 0;
  EXPECT_EQ(carry_out(check(), false), 1);
  server_.put(409, R"({"detail": "no publisher"})");
  EXPECT_EQ(carry_out(check(), false), 1);
  EXPECT_NE(complaints_.find("no publisher"), std::string::npos);
}

TEST_F(DeskTest, EachAnswerIsLaidOutAsWhatItIs) {
  const auto shown = [this](View view, const std::string& body) {
    out_.clear();
    server_.put(200, body);
    EXPECT_EQ(carry_out({.path = "/p", .view = view}), 0);
    return out_.substr(0, out_.find_first_of(" \n"));
  };
  EXPECT_EQ(shown(View::kInstance, R"({"headroom":1.0})"), "HEADROOM");
  EXPECT_EQ(shown(View::kWebhooks, R"({"webhooks":[{}]})"), "WEBHOOK");
  EXPECT_EQ(shown(View::kAlarms, R"({"alarms":[{}]})"), "ID");
  EXPECT_EQ(shown(View::kJobs, R"({"jobs":[]})"), "no");
  EXPECT_EQ(shown(View::kJob, R"({"id":"7"})"), "JOB");
  EXPECT_EQ(shown(View::kDeclarations, R"({"declarations":[]})"), "CHANNEL");
  EXPECT_EQ(shown(View::kDeclaration, R"({"channel":"a"})"), "CHANNEL");
  EXPECT_EQ(shown(View::kChange, R"({"changes":[]})"), "channel");
}

TEST_F(DeskTest, TheNewestEventsAreTheLastOfAllPages) {
  put_page(1, 3);
  put_page(4, 6);
  server_.put(200, R"({"events":[],"next":6,"missed":false})");
  Order order = events();
  order.limit = 2;
  EXPECT_EQ(carry_out(order), 0);
  EXPECT_EQ(out_, "at  5  t\nat  6  t\n");
  ASSERT_EQ(server_.asked.size(), 3u);
  EXPECT_EQ(server_.asked[0].url, "http://desk/api/v1/events?limit=1000&after=0");
  EXPECT_EQ(server_.asked[1].url, "http://desk/api/v1/events?limit=1000&after=3");
  EXPECT_EQ(server_.asked[2].url, "http://desk/api/v1/events?limit=1000&after=6");
}

TEST_F(DeskTest, AfterANumberTheFirstEventsAreShownAndNoMorePagesAreAskedFor) {
  put_page(11, 13);
  put_page(14, 16);
  Order order = events();
  order.after = 10;
  order.limit = 4;
  EXPECT_EQ(carry_out(order), 0);
  EXPECT_EQ(out_, "at  11  t\nat  12  t\nat  13  t\nat  14  t\n");
  ASSERT_EQ(server_.asked.size(), 2u);
  EXPECT_EQ(server_.asked[0].url, "http://desk/api/v1/events?limit=1000&after=10");
}

TEST_F(DeskTest, EventsArePipedAsALineOfJsonEach) {
  put_page(1, 2);
  server_.put(200, R"({"events":[],"next":2})");
  EXPECT_EQ(carry_out(events(), false), 0);
  EXPECT_EQ(out_, R"({"id":"1","time":"at","type":"t"})"
                  "\n"
                  R"({"id":"2","time":"at","type":"t"})"
                  "\n");
}

TEST_F(DeskTest, AFollowerGoesOnWhereItWasAlsoOverARestart) {
  put_page(1, 1);
  server_.put(200, R"({"events":[],"next":1})");
  waits_ = 4;
  int wait = 0;
  during_wait_ = [&] {
    ++wait;
    if (wait == 1) put_page(2, 2);
    // Nobody listens at the second, and a proxy answers at the third.
    if (wait == 3) server_.put(503);
    if (wait == 4) put_page(9, 9, true);
  };
  Order order = events();
  order.follow = true;
  order.limit = 1;
  EXPECT_EQ(carry_out(order), 0);
  EXPECT_EQ(out_, "at  1  t\nat  2  t\nat  9  t\n");
  EXPECT_EQ(complaints_, "kickoff: events are missing here: the log had dropped them\n");
  EXPECT_EQ(server_.asked.back().url, "http://desk/api/v1/events?limit=1000&after=2");
}

TEST_F(DeskTest, AFollowerEndsWhereItIsRefused) {
  put_page(1, 1);
  server_.put(200, R"({"events":[],"next":1})");
  waits_ = 100;
  during_wait_ = [&] { server_.put(401); };
  Order order = events();
  order.follow = true;
  EXPECT_EQ(carry_out(order), 1);
  EXPECT_NE(complaints_.find("401"), std::string::npos);
}

TEST_F(DeskTest, AFirstAnswerThatFailsIsTold) {
  server_.put(503);
  Order order = events();
  order.follow = true;
  EXPECT_EQ(carry_out(order), 1);
  EXPECT_EQ(complaints_, "kickoff: http://desk: the server answered 503\n");
}

}  // namespace
}  // namespace desk
