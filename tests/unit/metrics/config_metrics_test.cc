#include "metrics/config_metrics.h"

#include <gtest/gtest.h>

namespace metrics {
namespace {

std::string page_of(const Reloads& reloads, const std::vector<Certificate>& certificates = {}) {
  Instance instance;
  instance.reloads = reloads;
  instance.certificates = certificates;
  return write_exposition(instance, {}, {});
}

void expect_told(const std::string& text, const std::string& line) {
  EXPECT_NE(text.find(line + "\n"), std::string::npos) << line;
}

TEST(ConfigMetrics, TellAReloadThatSucceeded) {
  const std::string text = page_of({true, 1'700'000'005, 1'700'000'005});
  expect_told(text, "# TYPE kickoff_config_last_reload_success gauge");
  expect_told(text, "kickoff_config_last_reload_success 1");
  expect_told(text, "kickoff_config_last_reload_timestamp_seconds 1700000005");
  expect_told(text, "kickoff_config_last_reload_success_timestamp_seconds 1700000005");
}

TEST(ConfigMetrics, TellAReloadThatWasRefusedAndWhenTheLastGoodOneWas) {
  const std::string text = page_of({false, 1'700'000'009, 1'700'000'005});
  expect_told(text, "kickoff_config_last_reload_success 0");
  expect_told(text, "kickoff_config_last_reload_timestamp_seconds 1700000009");
  expect_told(text, "kickoff_config_last_reload_success_timestamp_seconds 1700000005");
}

TEST(TokenKeyMetrics, TellOfKeysThatChangeByThemselves) {
  Instance instance;
  EXPECT_EQ(write_exposition(instance, {}, {}).find("kickoff_token_key"), std::string::npos);
  instance.token_keys = {3, 7, 2, 1'700'000'005, "used"};
  const std::string text = write_exposition(instance, {}, {});
  expect_told(text, "kickoff_token_keys 3");
  expect_told(text, "kickoff_token_key_fetches_total 7");
  expect_told(text, "kickoff_token_key_fetches_failed_total 2");
  expect_told(text, "kickoff_token_keys_fetched_timestamp_seconds 1700000005");
  expect_told(text, "kickoff_token_kept_keys{state=\"used\"} 1");
  expect_told(text, "kickoff_token_kept_keys{state=\"unused\"} 0");
  expect_told(text, "kickoff_token_kept_keys{state=\"too_old\"} 0");
  expect_told(text, "kickoff_token_kept_keys{state=\"damaged\"} 0");
}

TEST(EventMetrics, CountByTypeAlsoWhatHasNotHappened) {
  Instance instance;
  instance.events = {{"live.kickoff.outage", 3}, {"live.kickoff.slate", 0}};
  const std::string text = write_exposition(instance, {}, {});
  expect_told(text, "# TYPE kickoff_events_total counter");
  expect_told(text, "kickoff_events_total{type=\"live.kickoff.outage\"} 3");
  expect_told(text, "kickoff_events_total{type=\"live.kickoff.slate\"} 0");
}

TEST(ConfigMetrics, TellWhenEachCertificateExpires) {
  const std::string text = page_of({}, {{"/etc/kickoff/a.pem", 1'800'000'000}, {"state/\"b\".crt", 0}});
  expect_told(text, "# TYPE kickoff_tls_certificate_expiry_timestamp_seconds gauge");
  expect_told(text, "kickoff_tls_certificate_expiry_timestamp_seconds{certificate=\"/etc/kickoff/a.pem\"} 1800000000");
  expect_told(text, "kickoff_tls_certificate_expiry_timestamp_seconds{certificate=\"state/\\\"b\\\".crt\"} 0");
}

}  // namespace
}  // namespace metrics
