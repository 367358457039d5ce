#include "metrics/edge_metrics.h"

#include <string>

namespace metrics {

void add_edge(Families& out, const relay::EdgeReport& report) {
  for (std::size_t i = 0; i < report.origins.size(); ++i) {
    const relay::OriginReport& origin = report.origins[i];
    const Labels labels = {{"origin", std::to_string(i)}};
    out.counter("kickoff_edge_pulls_total",
                "Requests to an origin for a channel, by its place: those of edge.origins, then those that are found.",
                labels, static_cast<double>(origin.pulls));
    out.counter("kickoff_edge_failures_total",
                "Connections to an origin that were refused, broke off, or brought what is no log.", labels,
                static_cast<double>(origin.failures));
    out.counter("kickoff_edge_bytes_total", "Bytes that an origin sent.", labels, static_cast<double>(origin.bytes));
    out.gauge("kickoff_edge_origin_lost", "1 while the last connection to an origin failed.", labels,
              origin.lost ? 1 : 0);
  }
  out.counter("kickoff_edge_reconnects_total", "Connections to origins that broke off and were made again at once.", {},
              static_cast<double>(report.reconnects));
  out.counter("kickoff_edge_restarts_total",
              "Times that an origin had another log of a channel, with other media: viewers saw a discontinuity.", {},
              static_cast<double>(report.restarts));
  out.counter("kickoff_edge_refused_total", "Channels that were asked for and that no origin has, or has any more.", {},
              static_cast<double>(report.refused));
  for (const relay::EdgeReport::Channel& channel : report.channels) {
    out.gauge("kickoff_edge_lag_seconds", "Age of the newest media of a channel by the edge's clock.",
              {{"channel", channel.name}}, static_cast<double>(channel.lag) / static_cast<double>(base::kSecond));
  }
}

}  // namespace metrics
