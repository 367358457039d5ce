#include "metrics/admin_metrics.h"

#include <gtest/gtest.h>

namespace metrics {
namespace {

AdminPort port() {
  AdminPort port;
  port.requests = {{"GET", "/metrics", {7, 0, 1, 2}},
                   {"DELETE", "/api/v1/channels/{name}/publisher", {1, 0, 5, 0}},
                   {"other", "other", {}}};
  port.refused = {{"host", 3}, {"role", 0}};
  port.connections = 2;
  port.connections_total = 9;
  port.duration.observe(900);
  port.duration.observe(30'000);
  port.duration.observe(8'969'100);
  return port;
}

std::string page() { return write_exposition({}, {}, port()); }

void expect_line(const std::string& text, const std::string& line) {
  EXPECT_NE(text.find(line + "\n"), std::string::npos) << line;
}

TEST(AdminMetrics, TellRequestsByRouteAndStatusClass) {
  const std::string text = page();
  expect_line(text, "# TYPE kickoff_admin_requests_total counter");
  expect_line(text, "kickoff_admin_requests_total{method=\"GET\",route=\"/metrics\",code=\"2xx\"} 7");
  expect_line(text, "kickoff_admin_requests_total{method=\"GET\",route=\"/metrics\",code=\"3xx\"} 0");
  expect_line(text, "kickoff_admin_requests_total{method=\"GET\",route=\"/metrics\",code=\"4xx\"} 1");
  expect_line(text, "kickoff_admin_requests_total{method=\"GET\",route=\"/metrics\",code=\"5xx\"} 2");
  expect_line(text,
              "kickoff_admin_requests_total{method=\"DELETE\",route=\"/api/v1/channels/{name}/"
              "publisher\",code=\"4xx\"} 5");
  expect_line(text, "kickoff_admin_requests_total{method=\"other\",route=\"other\",code=\"2xx\"} 0");
}

TEST(AdminMetrics, TellRefusalsByReasonThoseOfZeroToo) {
  const std::string text = page();
  expect_line(text, "kickoff_admin_refusals_total{reason=\"host\"} 3");
  expect_line(text, "kickoff_admin_refusals_total{reason=\"role\"} 0");
}

TEST(AdminMetrics, TellConnectionsOfNowAndInAll) {
  const std::string text = page();
  expect_line(text, "kickoff_admin_connections 2");
  expect_line(text, "kickoff_admin_connections_total 9");
}

TEST(AdminMetrics, TellDurationsInSeconds) {
  const std::string text = page();
  expect_line(text, "kickoff_admin_request_duration_seconds_bucket{le=\"0.001\"} 1");
  expect_line(text, "kickoff_admin_request_duration_seconds_bucket{le=\"0.025\"} 1");
  expect_line(text, "kickoff_admin_request_duration_seconds_bucket{le=\"0.05\"} 2");
  expect_line(text, "kickoff_admin_request_duration_seconds_bucket{le=\"5\"} 2");
  expect_line(text, "kickoff_admin_request_duration_seconds_bucket{le=\"+Inf\"} 3");
  expect_line(text, "kickoff_admin_request_duration_seconds_count 3");
  expect_line(text, "kickoff_admin_request_duration_seconds_sum 9");
}

}  // namespace
}  // namespace metrics
