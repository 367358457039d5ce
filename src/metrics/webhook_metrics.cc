#include "metrics/webhook_metrics.h"

#include <string>

namespace metrics {
namespace {

void add_webhook(Families& out, const webhook::Report& report) {
  const Labels labels = {{"webhook", report.name}};
  out.counter("kickoff_webhook_delivered_total", "Events that the receiver took (2xx).", labels,
              static_cast<double>(report.delivered));
  for (std::size_t i = 0; i < webhook::kFailures; ++i) {
    out.counter(
        "kickoff_webhook_failed_total", "Attempts that the receiver did not take, by reason. They are repeated.",
        {{"webhook", report.name}, {"reason", std::string(webhook::to_string(static_cast<webhook::Failure>(i)))}},
        static_cast<double>(report.failures[i]));
  }
  for (std::size_t i = 0; i < webhook::kDrops; ++i) {
    out.counter("kickoff_webhook_dropped_total", "Events that will not be sent, and cannot be replayed, by reason.",
                {{"webhook", report.name}, {"reason", std::string(webhook::to_string(static_cast<webhook::Drop>(i)))}},
                static_cast<double>(report.drops[i]));
  }
  out.counter("kickoff_webhook_given_up_total", "Events that became dead letters.", labels,
              static_cast<double>(report.given_up));
  out.gauge("kickoff_webhook_dead_letters", "Dead letters that a replay would send again.", labels,
            static_cast<double>(report.dead));
  out.gauge("kickoff_webhook_waiting", "Events that wait for the receiver or are on their way to it.", labels,
            static_cast<double>(report.waiting));
  out.gauge("kickoff_webhook_lag_seconds", "For how long the event that has waited longest has waited; 0: none waits.",
            labels, static_cast<double>(report.lag) / static_cast<double>(base::kSecond));
  out.gauge("kickoff_webhook_failing", "1 while the receiver has taken nothing for 30 s or more, or answered 410.",
            labels, report.failing ? 1 : 0);
}

}  // namespace

void add_webhooks(Families& out, std::span<const webhook::Report> reports) {
  for (const webhook::Report& report : reports) add_webhook(out, report);
}

}  // namespace metrics
