#include "metrics/registry_metrics.h"

#include <string>

namespace metrics {

void add_registry(Families& out, const registry::Report& report) {
  out.gauge(
      "kickoff_registry_reachable",
      "1 while etcd answers; asked every 5 s, and more slowly while it does not. Absent where it is not configured.",
      {}, report.reachable ? 1 : 0);
  out.counter("kickoff_registry_failures_total", "Requests that no member of etcd answered, or that it refused.", {},
              static_cast<double>(report.failures));
  for (const registry::Outcome outcome : registry::kOutcomes) {
    out.counter("kickoff_registry_clocks_total",
                "Feeds that asked by which clock they go (anchor: pts): proposed: this server was the first; adopted: "
                "another one was; remembered: etcd did not answer, and this server knew it; none: at their arrival.",
                {{"result", std::string(registry::to_string(outcome))}},
                static_cast<double>(report.asks[static_cast<std::size_t>(outcome)]));
  }
  if (!report.announces) return;
  out.gauge("kickoff_registry_announced",
            "1 while edges find this server in etcd (relay.announce); 0 after it was taken away for a stop.", {},
            report.announced ? 1 : 0);
}

void add_watch(Families& out, const registry::WatchReport& report) {
  out.gauge(
      "kickoff_registry_watching",
      "1 while this edge hears from etcd of origins that come and go (edge.discover); 0: the last known are used.", {},
      report.watching ? 1 : 0);
  out.gauge("kickoff_registry_origins", "Origins that are announced in etcd, as far as this edge knows.", {},
            static_cast<double>(report.origins));
  out.counter("kickoff_registry_watch_failures_total", "Lists and watches of origins that failed or broke off.", {},
              static_cast<double>(report.failures));
  out.counter("kickoff_registry_refused_total",
              "Values below origins/ in etcd that are no origin, or one too many; the log says which.", {},
              static_cast<double>(report.refused));
}

}  // namespace metrics
