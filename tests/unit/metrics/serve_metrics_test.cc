#include "metrics/serve_metrics.h"

#include <gtest/gtest.h>

#include "metrics/exposition.h"

namespace metrics {
namespace {

std::string served_page(const serve::Counters& counters, double control_busy = 0) {
  Instance instance;
  instance.main_loop_busy = control_busy;
  instance.cpu_idle = 0.75;
  return write_exposition(instance, {{"3", &counters, 0.5}}, {});
}

void expect_series(const std::string& text, const std::string& line) {
  EXPECT_NE(text.find(line + "\n"), std::string::npos) << line;
}

int lines_of(const std::string& text, const std::string& family) {
  int count = 0;
  for (std::size_t at = 0; (at = text.find("\n" + family + "{", at)) != std::string::npos; ++at) ++count;
  return count;
}

TEST(ServeMetrics, TellRequestsByKindAndStatusClassThoseOfZeroToo) {
  serve::Counters counters;
  counters.count_request(serve::ObjectKind::kMultivariant, 200);
  counters.count_request(serve::ObjectKind::kPart, 304);
  counters.count_request(serve::ObjectKind::kOther, 503);
  const std::string text = served_page(counters);
  expect_series(text, "kickoff_http_requests_total{loop=\"3\",object=\"multivariant\",code=\"2xx\"} 1");
  expect_series(text, "kickoff_http_requests_total{loop=\"3\",object=\"part\",code=\"3xx\"} 1");
  expect_series(text, "kickoff_http_requests_total{loop=\"3\",object=\"other\",code=\"5xx\"} 1");
  expect_series(text, "kickoff_http_requests_total{loop=\"3\",object=\"other\",code=\"4xx\"} 0");
  EXPECT_EQ(lines_of(text, "kickoff_http_requests_total"), static_cast<int>(serve::kObjectKinds) * 4);
}

TEST(ServeMetrics, TellRefusalsByEveryCauseThatThereIs) {
  serve::Counters counters;
  counters.count_cause(serve::Cause::kDirectives);
  counters.count_cause(serve::Cause::kShuttingDown);
  const std::string text = served_page(counters);
  expect_series(text, "kickoff_http_refusals_total{loop=\"3\",cause=\"directives\"} 1");
  expect_series(text, "kickoff_http_refusals_total{loop=\"3\",cause=\"shutting_down\"} 1");
  expect_series(text, "kickoff_http_refusals_total{loop=\"3\",cause=\"gap\"} 0");
  EXPECT_EQ(text.find("cause=\"none\""), std::string::npos);
  EXPECT_EQ(text.find("cause=\"unknown\""), std::string::npos);
}

TEST(ServeMetrics, TellConnectionsThatAnAddressHadTooManyOfByReason) {
  serve::Counters counters;
  counters.connections_limited[serve::Counters::kByRate].add(4);
  counters.connections_limited[serve::Counters::kByHalfOpen].add(5);
  const std::string text = served_page(counters);
  expect_series(text, "kickoff_http_connections_limited_total{loop=\"3\",reason=\"rate\"} 4");
  expect_series(text, "kickoff_http_connections_limited_total{loop=\"3\",reason=\"half_open\"} 5");
}

TEST(ServeMetrics, TellFailuresOfTlsByKind) {
  serve::Counters counters;
  counters.tls_failures[static_cast<std::size_t>(tls::Failure::kNotTls)].add(4);
  counters.tls_failures[static_cast<std::size_t>(tls::Failure::kProtocol)].add(5);
  const std::string text = served_page(counters);
  expect_series(text, "kickoff_tls_failures_total{loop=\"3\",kind=\"not_tls\"} 4");
  expect_series(text, "kickoff_tls_failures_total{loop=\"3\",kind=\"protocol\"} 5");
  EXPECT_EQ(text.find("kind=\"unknown\""), std::string::npos);
}

TEST(ServeMetrics, TellHowLongHeldRequestsWereHeldInSeconds) {
  serve::Counters counters;
  counters.blocked_wait.observe(50'000);
  counters.blocked_wait.observe(60'000'000);
  const std::string text = served_page(counters);
  expect_series(text, "kickoff_http_blocked_wait_seconds_bucket{loop=\"3\",le=\"0.01\"} 0");
  expect_series(text, "kickoff_http_blocked_wait_seconds_bucket{loop=\"3\",le=\"0.05\"} 1");
  expect_series(text, "kickoff_http_blocked_wait_seconds_bucket{loop=\"3\",le=\"25\"} 1");
  expect_series(text, "kickoff_http_blocked_wait_seconds_bucket{loop=\"3\",le=\"+Inf\"} 2");
  expect_series(text, "kickoff_http_blocked_wait_seconds_sum{loop=\"3\"} 60.05");
}

TEST(ServeMetrics, TellWhatIsLeftOfEachResourceAndTheLeastOfThem) {
  serve::Counters counters;
  const std::uint64_t left[serve::kResources] = {900'000, 750'000, 500'000, 250'000};
  for (std::size_t i = 0; i < serve::kResources; ++i) counters.headroom[i].set(left[i]);
  const std::string text = served_page(counters);
  expect_series(text, "kickoff_headroom_resource_ratio{resource=\"loop\"} 0.9");
  expect_series(text, "kickoff_headroom_resource_ratio{resource=\"connections\"} 0.75");
  expect_series(text, "kickoff_headroom_resource_ratio{resource=\"memory\"} 0.5");
  expect_series(text, "kickoff_headroom_resource_ratio{resource=\"egress\"} 0.25");
  expect_series(text, "kickoff_headroom_ratio 0.25");
  expect_series(text, "kickoff_cpu_idle_ratio 0.75");
  expect_series(served_page(counters, 1), "kickoff_headroom_resource_ratio{resource=\"loop\"} 0");
}

}  // namespace
}  // namespace metrics
