#include "app/event_outlets.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace app
