#include "app/event_outlets.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <variant>

#include "loop/loop.h"
#include "unit/client/socket_server.h"

namespace app {
namespace {

TEST(EventOutlets, TheSourceNamesTheHostWithoutWhatAUriEscapes) {
  const std::string source = source_of_events();
  EXPECT_TRUE(source.starts_with("/kickoff/")) << source;
  EXPECT_EQ(source.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/"),
            std::string::npos)
      << source;
}

TEST(EventOutlets, WebhooksGetTheEventsOfTheLogAndTheirFailuresAreEvents) {
  const client::SocketServer receiver(
      [](const std::string&) { return std::string("HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"); });
  const base::SystemClock clock;
  loop::Loop loop;
  loop::Mailbox control(loop);
  events::Log log(clock);
  const auto webhooks = start_webhooks({{.name = "ops", .url = receiver.url()}}, clock, log, control);
  log.watch([&] {
    if (!log.read({.type = "webhook"}).events.empty()) loop.stop();
  });
  log.append({.type = events::Type::kConfigReload});
  loop.run();
  const auto told = log.read({.type = "webhook"}).events;
  ASSERT_EQ(told.size(), 1u);
  const events::Fact& fact = told[0]->fact;
  EXPECT_EQ(fact.state, events::State::kRaised);
  EXPECT_EQ(fact.which, "ops");
  EXPECT_EQ(fact.channel, "");
  ASSERT_EQ(fact.data.size(), 2u);
  EXPECT_EQ(std::get<std::string>(fact.data[0].value), "ops");
  EXPECT_EQ(std::get<std::string>(fact.data[1].value), "HTTP 410");
  EXPECT_EQ(webhooks->reports().at(0).dead, 1u) << "what it is told of others' failures is no dead letter of its own";
}

class EventFilesTest : public ::testing::Test {
 protected:
  EventFilesTest() {
    std::string name = ::testing::TempDir() + "event-files-XXXXXX";
    config_.state_directory = mkdtemp(name.data());
    config_.webhooks = {{.name = "ops", .url = "http://127.0.0.1:9/"}};
  }
  ~EventFilesTest() override { std::filesystem::remove_all(config_.state_directory); }
  /// A run of the server that has these events.
  void run(int moments, bool outage = false) {
    events::Log log(clock_);
    const EventFiles files(config_, log);
    log.clear_restored();
    for (int i = 0; i < moments; ++i) log.append({.type = events::Type::kMarker, .channel = "match"});
    if (outage) log.append({events::Type::kOutage, "match", events::State::kRaised});
    newest_ = log.next() - 1;
  }
  void write_state(const std::string& text) const {
    std::ofstream(config_.state_directory + "/events/webhooks") << text;
  }

  config::Config config_;
  const base::SystemClock clock_;
  std::uint64_t newest_ = 0;
};

TEST_F(EventFilesTest, TheNextRunHasTheEventsAndClearsWhatWasRaised) {
  run(2, true);
  events::Log log(clock_);
  const EventFiles files(config_, log);
  EXPECT_FALSE(files.report().failing);
  ASSERT_EQ(log.read({}).events.size(), 3u);
  const std::uint64_t raised = log.read({}).events[2]->id;
  EXPECT_EQ(log.read({}).events[2]->sequence, newest_);
  log.clear_restored();
  const auto events = log.read({.after = newest_}).events;
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0]->id, raised);
  EXPECT_EQ(events[0]->fact.state, events::State::kCleared);
}

TEST_F(EventFilesTest, ASecondServerOfTheDirectoryIsToldAndHasItsLogInMemory) {
  events::Log first(clock_);
  const EventFiles files(config_, first);
  events::Log second(clock_);
  EventFiles none(config_, second);
  EXPECT_TRUE(none.report().failing);
  EXPECT_EQ(none.take_webhooks().file, "");
  second.append({.type = events::Type::kMarker});
  EXPECT_EQ(second.read({}).events.size(), 1u);
}

TEST_F(EventFilesTest, HasTheEventsThatWebhooksWaitFor) {
  run(3);
  write_state("kickoff-webhooks 1\nwebhook " + std::to_string(newest_ - 1) + " ops\ndead " +
              std::to_string(newest_ - 2) + " 1 HTTP 500\nwebhook 1 removed\nend\n");
  events::Log log(clock_);
  EventFiles files(config_, log);
  const WebhookState state = files.take_webhooks();
  EXPECT_EQ(state.file, config_.state_directory + "/events/webhooks");
  ASSERT_EQ(state.saved.size(), 1u);
  EXPECT_EQ(state.saved[0].name, "ops");
  ASSERT_EQ(state.earlier.size(), 2u);
  EXPECT_TRUE(state.earlier.contains(newest_));
  EXPECT_TRUE(state.earlier.contains(newest_ - 2));
}

TEST_F(EventFilesTest, AStateThatCannotBeReadIsPassedOver) {
  run(1);
  write_state("kickoff-webhooks 1\nwebhook 1 ops\n");
  events::Log log(clock_);
  EventFiles files(config_, log);
  const WebhookState state = files.take_webhooks();
  EXPECT_TRUE(state.saved.empty());
  EXPECT_TRUE(state.earlier.empty());
  EXPECT_FALSE(state.file.empty());
}

}  // namespace
}  // namespace app
