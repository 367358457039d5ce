#include "metrics/audience_metrics.h"

#include <gtest/gtest.h>

#include "metrics/exposition.h"

namespace metrics {
namespace {

constexpr base::Micros kNow = 500 * base::kSecond;

cmcd::Report report_of(std::uint64_t session, bool starved = false) {
  cmcd::Report report;
  report.session = session;
  report.starved = starved;
  return report;
}

std::string page_of(const std::vector<const serve::Audiences*>& loops, base::Micros now = kNow) {
  static const serve::Counters kCounters;
  Instance instance;
  instance.now = now;
  std::vector<ServeLoop> all;
  for (const serve::Audiences* const audiences : loops) all.push_back({"0", &kCounters, 0, audiences});
  return write_exposition(instance, all, {});
}

void expect_viewer_line(const std::string& page, const std::string& line) {
  EXPECT_NE(page.find("\n" + line + "\n"), std::string::npos) << line;
}

TEST(AudienceMetrics, AreNoneBeforeAPlayerSaysSomething) {
  const serve::Audiences nobody;
  EXPECT_EQ(page_of({&nobody}).find("kickoff_viewer_sessions"), std::string::npos);
  EXPECT_EQ(page_of({nullptr}).find("kickoff_viewer_sessions"), std::string::npos);
}

TEST(AudienceMetrics, AreTheLoopsTogetherByChannel) {
  serve::Audiences first;
  serve::Audiences second;
  cmcd::Report told = report_of(0x123456789abcdef0, true);
  told.buffer_ms = 900;
  told.latency_ms = 2'750;
  told.start_delay_ms = 800;
  told.bitrate_kbps = 3'200;
  told.stalled_ms = 1'500;
  first.of("match")->note(cmcd::Found::kReport, told, kNow);
  second.of("match")->note_event(cmcd::Found::kReport, told, kNow);  // one player, on two connections
  second.of("match")->note(cmcd::Found::kReport, report_of(0xfedcba9876543210), kNow);
  second.of("match")->note(cmcd::Found::kMalformed, {}, kNow);
  second.of("other")->note(cmcd::Found::kReport, report_of(0x0f1e2d3c4b5a6978), kNow);
  const std::string page = page_of({&first, &second});
  expect_viewer_line(page, "kickoff_viewer_reports_total{channel=\"match\"} 3");
  expect_viewer_line(page, "kickoff_viewer_reports_total{channel=\"other\"} 1");
  expect_viewer_line(page, "kickoff_viewer_reports_malformed_total{channel=\"match\"} 1");
  expect_viewer_line(page, "kickoff_viewer_stalls_total{channel=\"match\"} 2");
  expect_viewer_line(page, "kickoff_viewer_stalls_total{channel=\"other\"} 0");
  expect_viewer_line(page, "kickoff_viewer_buffer_seconds_bucket{channel=\"match\",le=\"0.5\"} 0");
  expect_viewer_line(page, "kickoff_viewer_buffer_seconds_bucket{channel=\"match\",le=\"1\"} 2");
  expect_viewer_line(page, "kickoff_viewer_buffer_seconds_sum{channel=\"match\"} 1.8");
  expect_viewer_line(page, "kickoff_viewer_latency_seconds_bucket{channel=\"match\",le=\"2.5\"} 0");
  expect_viewer_line(page, "kickoff_viewer_latency_seconds_bucket{channel=\"match\",le=\"3\"} 2");
  expect_viewer_line(page, "kickoff_viewer_start_seconds_count{channel=\"match\"} 2");
  expect_viewer_line(page, "kickoff_viewer_event_reports_total{channel=\"match\"} 1");
  expect_viewer_line(page, "kickoff_viewer_event_reports_total{channel=\"other\"} 0");
  expect_viewer_line(page, "kickoff_viewer_stalled_seconds_total{channel=\"match\"} 3");
  expect_viewer_line(page, "kickoff_viewer_bitrate_bits_per_second_bucket{channel=\"match\",le=\"3000000\"} 0");
  expect_viewer_line(page, "kickoff_viewer_bitrate_bits_per_second_bucket{channel=\"match\",le=\"4000000\"} 2");
  expect_viewer_line(page, "kickoff_viewer_bitrate_bits_per_second_sum{channel=\"match\"} 6400000");
  const std::size_t at = page.find("\nkickoff_viewer_sessions{channel=\"match\"} ");
  ASSERT_NE(at, std::string::npos);
  EXPECT_NEAR(std::stod(page.substr(page.find("} ", at) + 2)), 2, 0.01);
}

TEST(AudienceMetrics, OfReportsForNobodyAreTheLoops) {
  serve::Counters counters;
  counters.reports_lost.add(3);
  const std::string page = write_exposition({}, {{"1", &counters, 0, nullptr}}, {});
  expect_viewer_line(page, "kickoff_http_reports_lost_total{loop=\"1\"} 3");
}

TEST(AudienceMetrics, ForgetSessionsThatHaveGone) {
  serve::Audiences loop;
  loop.of("match")->note(cmcd::Found::kReport, report_of(0x123456789abcdef0), kNow);
  expect_viewer_line(page_of({&loop}, kNow + 2 * serve::Audience::kHeard + 1),
                     "kickoff_viewer_sessions{channel=\"match\"} 0");
}

}  // namespace
}  // namespace metrics
