#include "metrics/webhook_metrics.h"

#include <gtest/gtest.h>

#include <string>

#include "metrics/exposition.h"

namespace metrics {
namespace {

TEST(WebhookMetrics, TellOfEachWebhook) {
  webhook::Report report;
  report.name = "ops";
  report.delivered = 11;
  report.failures[static_cast<std::size_t>(webhook::Failure::kServerError)] = 12;
  report.drops[static_cast<std::size_t>(webhook::Drop::kQueueFull)] = 13;
  report.given_up = 14;
  report.dead = 15;
  report.waiting = 16;
  report.lag = 2'500'000;
  report.failing = true;
  Instance instance;
  instance.webhooks = {report};
  const std::string page = write_exposition(instance, {}, {});
  for (const char* line :
       {"kickoff_webhook_delivered_total{webhook=\"ops\"} 11\n",
        "kickoff_webhook_failed_total{webhook=\"ops\",reason=\"server_error\"} 12\n",
        "kickoff_webhook_failed_total{webhook=\"ops\",reason=\"gone\"} 0\n",
        "kickoff_webhook_dropped_total{webhook=\"ops\",reason=\"queue_full\"} 13\n",
        "kickoff_webhook_dropped_total{webhook=\"ops\",reason=\"dead_letters_full\"} 0\n",
        "kickoff_webhook_given_up_total{webhook=\"ops\"} 14\n", "kickoff_webhook_dead_letters{webhook=\"ops\"} 15\n",
        "kickoff_webhook_waiting{webhook=\"ops\"} 16\n", "kickoff_webhook_lag_seconds{webhook=\"ops\"} 2.5\n",
        "kickoff_webhook_failing{webhook=\"ops\"} 1\n"}) {
    EXPECT_NE(page.find(line), std::string::npos) << line;
  }
}

TEST(WebhookMetrics, AreNotThereWithoutAWebhook) {
  EXPECT_EQ(write_exposition({}, {}, {}).find("kickoff_webhook_"), std::string::npos);
}

}  // namespace
}  // namespace metrics
