#include "metrics/pull_metrics.h"

#include <initializer_list>
#include <utility>

namespace metrics {
namespace {

using Outcomes = std::initializer_list<std::pair<const char*, std::uint64_t>>;

double of(std::uint64_t count) { return static_cast<double>(count); }

void add_outcomes(Families& out, const char* name, const char* help, Labels labels, const Outcomes& outcomes) {
  labels.emplace_back("outcome", "");
  for (const auto& [outcome, count] : outcomes) {
    labels.back().second = outcome;
    out.counter(name, help, labels, of(count));
  }
}

}  // namespace

void add_pull(Families& out, const ingest::PullStats& stats) {
  const Labels labels = {
      {"channel", stats.channel}, {"feed", std::string(feed::to_string(stats.feed))}, {"protocol", stats.protocol}};
  out.gauge("kickoff_pull_live", "1 while the media of a pulled feed goes to its channel.", labels, stats.live ? 1 : 0);
  out.counter("kickoff_pull_attempts_total", "Calls of SRT listeners, and UDP ports that were to be opened.", labels,
              of(stats.attempts));
  out.counter("kickoff_pull_failures_total",
              "Attempts without success: no address, no answer, refused, or the port cannot be had. The log has the "
              "reason.",
              labels, of(stats.failures));
  out.counter("kickoff_pull_refusals_total",
              "Times the channel did not take the pulled feed, such as when an encoder publishes the same feed.",
              labels, of(stats.refusals));
  out.counter("kickoff_pull_received_bytes_total", "Bytes of the pulled feed that were handed on.", labels,
              of(stats.bytes));
  if (stats.protocol == "srt-caller") {
    out.counter("kickoff_pull_discarded_bytes_total", "Bytes dropped because the control loop lagged.", labels,
                of(stats.bytes_discarded));
    return;
  }
  add_outcomes(out, "kickoff_pull_datagrams_total",
               "Datagrams: received; lost, dropped by the kernel because its buffer was full (net.core.rmem_max); "
               "foreign, left out because of their sender.",
               labels,
               {{"received", stats.datagrams}, {"lost", stats.datagrams_lost}, {"foreign", stats.datagrams_foreign}});
  if (stats.protocol != "rtp") return;
  add_outcomes(out, "kickoff_pull_rtp_packets_total",
               "RTP packets that were lost on the way, put in their place, left out as repeated, or malformed.", labels,
               {{"lost", stats.rtp_lost},
                {"reordered", stats.rtp_reordered},
                {"repeated", stats.rtp_repeated},
                {"malformed", stats.rtp_malformed}});
}

}  // namespace metrics
