#include "api/webhooks_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace api {
namespace {

webhook::Report report_of_ops() {
  auto event = std::make_shared<events::Event>();
  event->sequence = 42;
  event->time = 1'000'000;
  event->fact = {.type = events::Type::kOutage, .channel = "match"};
  auto other = std::make_shared<events::Event>();
  other->fact = {.type = events::Type::kConfigReload};
  webhook::Report report;
  report.name = "ops";
  report.receiver = "https://hooks.example";
  report.delivered = 7;
  report.failures[static_cast<std::size_t>(webhook::Failure::kNetwork)] = 3;
  report.drops[static_cast<std::size_t>(webhook::Drop::kGone)] = 4;
  report.waiting = 5;
  report.dead = 6;
  report.lag = 1'500'000;
  report.why = "HTTP 500 \xff";
  report.dead_letters = {{event, "HTTP 500", 0}, {other, "dead", 0}};
  return report;
}

TEST(WebhooksJson, TellsOfEach) {
  const auto told = nlohmann::json::parse(webhooks_json({report_of_ops(), {}}));
  ASSERT_EQ(told["webhooks"].size(), 2u);
  const auto& ops = told["webhooks"][0];
  EXPECT_EQ(ops["name"], "ops");
  EXPECT_EQ(ops["receiver"], "https://hooks.example");
  EXPECT_EQ(ops["delivered_total"], 7);
  EXPECT_EQ(ops["failed_total"]["network"], 3);
  EXPECT_EQ(ops["dropped_total"]["gone"], 4);
  EXPECT_EQ(ops["waiting"], 5);
  EXPECT_EQ(ops["dead"], 6);
  EXPECT_EQ(ops["lag_seconds"], 1.5);
  EXPECT_EQ(ops["why"], "HTTP 500 \xef\xbf\xbd");
  EXPECT_FALSE(told["webhooks"][1].contains("why"));
}

TEST(WebhooksJson, TellsOfDeadLetters) {
  const auto letters = nlohmann::json::parse(webhooks_json({report_of_ops()}))["webhooks"][0]["dead_letters"];
  ASSERT_EQ(letters.size(), 2u);
  EXPECT_EQ(letters[0]["sequence"], 42);
  EXPECT_EQ(letters[0]["type"], "live.kickoff.outage");
  EXPECT_EQ(letters[0]["time"], "1970-01-01T00:00:01.000Z");
  EXPECT_EQ(letters[0]["subject"], "channels/match");
  EXPECT_EQ(letters[0]["reason"], "HTTP 500");
  EXPECT_FALSE(letters[1].contains("subject"));
}

TEST(WebhooksJson, NamesTheState) {
  webhook::Report report;
  const auto state = [&] { return nlohmann::json::parse(webhooks_json({report}))["webhooks"][0]["state"]; };
  EXPECT_EQ(state(), "working");
  report.failing = true;
  EXPECT_EQ(state(), "failing");
  report.gone = true;
  EXPECT_EQ(state(), "gone");
}

}  // namespace
}  // namespace api
