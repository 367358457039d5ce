#include "metrics/admin_metrics.h"

#include <vector>

namespace metrics {

void add_admin_port(Families& out, const AdminPort& port) {
  const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
  static constexpr std::array<const char*, 4> kClasses = {"2xx", "3xx", "4xx", "5xx"};
  for (const AdminPort::Requests& requests : port.requests) {
    for (std::size_t i = 0; i < kClasses.size(); ++i) {
      out.counter("kickoff_admin_requests_total",
                  "Requests that the administration port answered, by method and path of the route and status class.",
                  {{"method", requests.method}, {"route", requests.route}, {"code", kClasses[i]}},
                  number(requests.by_class[i]));
    }
  }
  for (const auto& [reason, count] : port.refused) {
    out.counter("kickoff_admin_refusals_total", "Requests that the administration port refused, by reason.",
                {{"reason", reason}}, number(count));
  }
  out.gauge("kickoff_admin_connections", "Open connections to the administration port.", {}, number(port.connections));
  out.counter("kickoff_admin_connections_total", "Connections that the administration port accepted.", {},
              number(port.connections_total));
  std::vector<double> bounds;
  for (const base::Micros bound : port.duration.bounds()) bounds.push_back(static_cast<double>(bound) / 1e6);
  out.histogram("kickoff_admin_request_duration_seconds",
                "From a whole request to the administration port to its answer, for requests that reached a route.", {},
                bounds, port.duration.counts(), static_cast<double>(port.duration.sum()) / 1e6);
}

}  // namespace metrics
