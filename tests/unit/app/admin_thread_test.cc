#include "app/admin_thread.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "loop/loop.h"
#include "unit/app/fetch.h"

namespace app {
namespace {

using testing::fetch;
using testing::status_of;

/// An administration port, the control loop that it asks, and a web directory.
class AdminThreadTest : public ::testing::Test {
 protected:
  AdminThreadTest() {
    ServePlan plan;
    plan.loops = 2;
    plan.each.plain_port = plan.each.tls_port = -1;
    serve_ = ServeThreads::start(plan, clock_, nullptr, nullptr).take();
    std::filesystem::create_directories(web_);
    config_.web_directory = web_;
    config_.admin.port = 0;
    overview_.instance.version = "1.2.3";
  }
  ~AdminThreadTest() override { std::filesystem::remove_all(web_); }

  base::Result<std::unique_ptr<AdminThread>> start() {
    ControlCalls calls{
        [this] {
          collector_ = std::this_thread::get_id();
          ++collected_;
          return std::make_shared<const Overview>(overview_);
        },
        [this](const std::string& channel, feed::Id) {
          collector_ = std::this_thread::get_id();
          disconnected_.push_back(channel);
          return channel == "match" ? channel::Channels::Disconnect::kDone : channel::Channels::Disconnect::kNoChannel;
        },
        [](const std::string&, feed::Id) { return channel::Channels::Switch{}; },
        {},
        {},
        {},
        [](const std::string&, const channel::Channels::ThumbnailAsk&) { return channel::Channels::Thumbnail(); },
        [](const std::string&, const channel::LiveCaptions::Request&) { return channel::Channels::Captioned(); },
        [](const std::string&, const channel::LiveMetadata::Request&) { return channel::Channels::MetadataAdded(); },
        [this] {
          collector_ = std::this_thread::get_id();
          return overview_.instance.webhooks;
        },
        [this](const std::string& webhook) -> std::optional<std::size_t> {
          collector_ = std::this_thread::get_id();
          if (webhook != "ops") return std::nullopt;
          return 3;
        },
        [this] {
          collector_ = std::this_thread::get_id();
          return events::AlarmReport{.runbook = "the-runbook"};
        },
        [this](const events::SilenceOrder& order) {
          collector_ = std::this_thread::get_id();
          return order.id == "outage" && order.by == "operations" ? events::Alarms::Outcome::kDone
                                                                  : events::Alarms::Outcome::kUnknown;
        },
        [this](const events::Query& query) { return events_.read(query); },
        [this](std::function<void()> on_append) { events_.watch(std::move(on_append)); }};
    return AdminThread::start(config_, environment_, clock_, control_, std::move(calls), *serve_);
  }
  /// The answer to a request of another thread's, while the control loop runs here.
  std::string ask(AdminThread& admin, const std::string& path, const std::string& method = "GET",
                  const std::string& fields = "") {
    std::string answer;
    std::thread client([&] {
      answer = fetch(admin.port(), path, method, fields);
      control_.post([this] { loop_.stop(); });
    });
    loop_.run();
    client.join();
    return answer;
  }

  /// The status of asking to disconnect a channel's publisher with a token.
  std::string disconnect(AdminThread& admin, const std::string& token, const std::string& channel = "match") {
    return status_of(
        ask(admin, "/api/v1/channels/" + channel + "/publisher", "DELETE", "Authorization: Bearer " + token + "\r\n"));
  }

  const std::string web_ = ::testing::TempDir() + "kickoff-admin-web-" + std::to_string(getpid());
  base::SystemClock clock_;
  loop::Loop loop_;
  loop::Mailbox control_{loop_};
  config::Config config_;
  std::optional<api::Token> environment_;
  Overview overview_;
  events::Log events_{clock_};
  int collected_ = 0;
  std::vector<std::string> disconnected_;
  std::thread::id collector_;
  std::unique_ptr<ServeThreads> serve_;
};

TEST_F(AdminThreadTest, IsAliveAsLongAsTheControlLoopAnswers) {
  auto admin = start().take();
  const std::string answer = ask(*admin, "/livez");
  EXPECT_EQ(status_of(answer), "200");
  EXPECT_TRUE(answer.ends_with("alive\n"));
  EXPECT_EQ(collected_, 1);
  EXPECT_EQ(collector_, std::this_thread::get_id()) << "what channels say is read on their own loop";
}

TEST_F(AdminThreadTest, IsReadyUntilAChannelIsStale) {
  auto admin = start().take();
  EXPECT_TRUE(ask(*admin, "/readyz").ends_with("ready\n"));
  overview_.stale_channel = "match";
  const std::string answer = ask(*admin, "/readyz");
  EXPECT_EQ(status_of(answer), "503");
  EXPECT_TRUE(answer.ends_with("channel match has a publisher and no fresh part\n"));
}

TEST_F(AdminThreadTest, IsNotReadyWhileItStopsWhateverTheChannelsDo) {
  auto admin = start().take();
  overview_.stopping = true;
  for (const char* stale : {"", "match"}) {
    overview_.stale_channel = stale;
    const std::string answer = ask(*admin, "/readyz");
    EXPECT_EQ(status_of(answer), "503");
    EXPECT_TRUE(answer.ends_with("stopping\n"));
  }
  EXPECT_EQ(status_of(ask(*admin, "/livez")), "200") << "an orchestrator must not kill what drains";
}

TEST_F(AdminThreadTest, WritesMetricsOfTheInstanceAndOfEveryServeLoop) {
  auto admin = start().take();
  const std::string answer = ask(*admin, "/metrics");
  EXPECT_EQ(status_of(answer), "200");
  EXPECT_NE(answer.find("text/plain; version=0.0.4"), std::string::npos) << "OP-1";
  EXPECT_NE(answer.find("version=\"1.2.3\""), std::string::npos);
  EXPECT_NE(answer.find("loop=\"0\""), std::string::npos);
  EXPECT_NE(answer.find("loop=\"1\""), std::string::npos);
  EXPECT_EQ(answer.find("loop=\"2\""), std::string::npos);
}

TEST_F(AdminThreadTest, ListsChannelsAsJson) {
  channel::Report report;
  report.name = "match";
  report.snapshot = std::make_shared<origin::ChannelSnapshot>();
  overview_.instance.channels.push_back(report);
  auto admin = start().take();
  const std::string answer = ask(*admin, "/api/v1/channels");
  EXPECT_EQ(status_of(answer), "200");
  EXPECT_NE(answer.find("application/json"), std::string::npos);
  EXPECT_NE(answer.find("\"match\""), std::string::npos);
}

TEST_F(AdminThreadTest, GivesTheEventsOfTheControlLoop) {
  auto admin = start().take();
  events_.append({.type = events::Type::kOutage, .channel = "match", .state = events::State::kRaised});
  const std::string answer = ask(*admin, "/api/v1/events");
  EXPECT_EQ(status_of(answer), "200");
  EXPECT_NE(answer.find("\"live.kickoff.outage\""), std::string::npos);
  events_.watch(nullptr);
}

TEST_F(AdminThreadTest, StreamsEachEventWhenItHappens) {
  auto admin = start().take();
  std::thread client([&] {
    testing::Socket stream(admin->port());
    stream.send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n");
    EXPECT_NE(stream.receive_until("\r\n\r\n").find(" 200 "), std::string::npos);
    for (const std::string channel : {"first", "second", "third"}) {
      control_.post([this, channel] { events_.append({.type = events::Type::kOutage, .channel = channel}); });
      const std::string told = stream.receive_until(channel);
      EXPECT_TRUE(told.ends_with(channel)) << told;
    }
    control_.post([this] { loop_.stop(); });
  });
  loop_.run();
  client.join();
  events_.watch(nullptr);
}

TEST_F(AdminThreadTest, TellsTheInstancesRoomAsJson) {
  auto admin = start().take();
  overview_.instance.main_loop_busy = 0.0;
  const std::string answer = ask(*admin, "/api/v1/instance");
  EXPECT_EQ(status_of(answer), "200");
  EXPECT_NE(answer.find("application/json"), std::string::npos);
}

TEST_F(AdminThreadTest, ShowsTheOperationsPageAsItWasAtTheStart) {
  std::ofstream(web_ + "/operations.html") << "<h1>operations</h1>";
  auto admin = start().take();
  std::ofstream(web_ + "/operations.html") << "changed";
  const std::string answer = ask(*admin, "/");
  EXPECT_NE(answer.find("text/html"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("<h1>operations</h1>"));
  EXPECT_EQ(collected_, 0) << "the page asks nobody";
}

TEST_F(AdminThreadTest, GivesTheScriptsAndStyleSheetsOfThePageAndNothingElseThatLiesThere) {
  std::filesystem::create_directories(web_ + "/operations/below.mjs");
  std::ofstream(web_ + "/operations/main.mjs") << "run();";
  std::ofstream(web_ + "/operations/page.css") << "p {}";
  std::ofstream(web_ + "/operations/notes.txt") << "secret";
  auto admin = start().take();
  EXPECT_TRUE(ask(*admin, "/operations/main.mjs").ends_with("run();"));
  EXPECT_TRUE(ask(*admin, "/operations/page.css").ends_with("p {}"));
  for (const char* path : {"/operations/notes.txt", "/operations/below.mjs", "/operations/..%2foperations.html"})
    EXPECT_EQ(status_of(ask(*admin, path)), "404") << path;
}

TEST_F(AdminThreadTest, SaysWhichPageIsMissing) {
  auto admin = start().take();
  EXPECT_NE(ask(*admin, "/").find(web_ + "/operations.html"), std::string::npos);
}

TEST_F(AdminThreadTest, NamesAnAddressThatItCannotListenOn) {
  config_.admin.listen = "192.0.2.1";  // TEST-NET: nobody has it
  const auto admin = start();
  ASSERT_FALSE(admin.ok());
  EXPECT_EQ(admin.error().code, base::Code::kSystem);
  EXPECT_NE(admin.error().message().find("192.0.2.1"), std::string::npos);
}

TEST_F(AdminThreadTest, NamesAPortThatIsTaken) {
  const auto first = start().take();
  config_.admin.port = first->port();
  const auto second = start();
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.error().message().find(std::to_string(first->port())), std::string::npos);
}

TEST_F(AdminThreadTest, DisconnectsAPublisherOnTheControlLoop) {
  config_.admin.tokens = {api::make_token("operations", "good", api::Role::kOperate)};
  auto admin = start().take();
  EXPECT_EQ(disconnect(*admin, "wrong"), "401");
  EXPECT_TRUE(disconnected_.empty());
  EXPECT_EQ(disconnect(*admin, "good"), "204");
  EXPECT_EQ(collector_, std::this_thread::get_id());
  EXPECT_EQ(disconnect(*admin, "good", "other"), "404");
  EXPECT_EQ(disconnected_, (std::vector<std::string>{"match", "other"}));
}

TEST_F(AdminThreadTest, ShowsWebhooksAndReplaysThemOnTheControlLoop) {
  environment_ = api::make_token("environment", "secret", api::Role::kAdmin);
  overview_.instance.webhooks.resize(1);
  overview_.instance.webhooks[0].name = "ops";
  auto admin = start().take();
  EXPECT_NE(ask(*admin, "/api/v1/webhooks").find("\"name\": \"ops\""), std::string::npos);
  const auto replay = [&](const std::string& name) {
    return ask(*admin, "/api/v1/webhooks/" + name + "/replay", "POST", "Authorization: Bearer secret\r\n");
  };
  EXPECT_TRUE(replay("ops").ends_with("{\"replayed\":3}\n"));
  EXPECT_EQ(collector_, std::this_thread::get_id());
  EXPECT_EQ(status_of(replay("other")), "404");
}

TEST_F(AdminThreadTest, ShowsAlarmsAndSilencesThemOnTheControlLoop) {
  config_.admin.tokens = {api::make_token("operations", "good", api::Role::kOperate)};
  auto admin = start().take();
  EXPECT_NE(ask(*admin, "/api/v1/alarms").find("\"alarms\": []"), std::string::npos);
  EXPECT_EQ(collector_, std::this_thread::get_id());
  collector_ = {};
  const auto lift = [&](const std::string& id) {
    return status_of(ask(*admin, "/api/v1/alarms/" + id + "/silence", "DELETE", "Authorization: Bearer good\r\n"));
  };
  EXPECT_EQ(lift("outage"), "204");
  EXPECT_EQ(collector_, std::this_thread::get_id());
  EXPECT_EQ(lift("7"), "404");
}

TEST_F(AdminThreadTest, TakesUpNewTokensAndNamesAndKeepsThatOfTheEnvironment) {
  config_.admin.tokens = {api::make_token("operations", "old", api::Role::kOperate)};
  environment_ = api::make_token("environment", "always", api::Role::kAdmin);
  auto admin = start().take();
  EXPECT_EQ(disconnect(*admin, "old"), "204");
  EXPECT_EQ(disconnect(*admin, "always"), "204");
  config_.admin.tokens = {api::make_token("operations", "new", api::Role::kOperate)};
  admin->configure(config_.admin);
  EXPECT_EQ(disconnect(*admin, "old"), "401");
  EXPECT_EQ(disconnect(*admin, "new"), "204");
  EXPECT_EQ(disconnect(*admin, "always"), "204");
}

TEST_F(AdminThreadTest, MetricsCountTheRequestsBeforeThem) {
  auto admin = start().take();
  ask(*admin, "/livez");
  ask(*admin, "/nothing");
  const std::string answer = ask(*admin, "/metrics");
  for (const char* line :
       {"kickoff_admin_requests_total{method=\"GET\",route=\"/livez\",code=\"2xx\"} 1\n",
        "kickoff_admin_refusals_total{reason=\"no_path\"} 1\n", "kickoff_admin_refusals_total{reason=\"host\"} 0\n",
        "kickoff_admin_connections_total 3\n", "kickoff_admin_request_duration_seconds_count 1\n"})
    EXPECT_NE(answer.find(line), std::string::npos) << line;
}

// The control loop has stopped when the port is taken down: what was asked and not answered is let go.
TEST_F(AdminThreadTest, EndsWithARequestThatTheControlLoopNeverAnswers) {
  auto admin = start().take();
  std::string answer = "none yet";
  std::thread client([&, port = admin->port()] { answer = fetch(port, "/metrics"); });
  testing::wait_until([this] { return control_.waiting() == 1; });
  admin.reset();
  client.join();
  EXPECT_EQ(answer, "");
  EXPECT_EQ(collected_, 0);
}

}  // namespace
}  // namespace app
