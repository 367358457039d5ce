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
}

}  // namespace metrics
