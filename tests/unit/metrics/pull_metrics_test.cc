#include "metrics/pull_metrics.h"

#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include "metrics/exposition.h"

namespace metrics {
namespace {

ingest::PullStats stats_of(const std::string& protocol) {
  ingest::PullStats stats;
  stats.channel = "match";
  stats.feed = feed::Id::kBackup;
  stats.protocol = protocol;
  stats.source = "srt://192.0.2.7:7001";
  stats.problem = "no answer";
  stats.attempts = 3;
  stats.failures = 2;
  stats.datagrams_lost = 7;
  stats.rtp_lost = 5;
  return stats;
}

std::string written(const ingest::PullStats& stats) {
  Families out;
  add_pull(out, stats);
  return prometheus::TextSerializer().Serialize(out.take());
}

bool has(const std::string& text, const std::string& line) { return text.find(line + "\n") != std::string::npos; }

TEST(PullMetrics, CountAttemptsAndFailures) {
  const std::string text = written(stats_of("srt-caller"));
  const std::string labels = "{channel=\"match\",feed=\"backup\",protocol=\"srt-caller\"}";
  EXPECT_TRUE(has(text, "kickoff_pull_attempts_total" + labels + " 3")) << text;
  EXPECT_TRUE(has(text, "kickoff_pull_failures_total" + labels + " 2"));
  EXPECT_TRUE(has(text, "kickoff_pull_live" + labels + " 0"));
  EXPECT_EQ(text.find("datagrams"), std::string::npos) << "SRT has none";
}

TEST(PullMetrics, CountDatagramsAndRtpPacketsByOutcome) {
  const std::string udp = written(stats_of("udp"));
  EXPECT_TRUE(
      has(udp, "kickoff_pull_datagrams_total{channel=\"match\",feed=\"backup\",protocol=\"udp\",outcome=\"lost\"} 7"))
      << udp;
  EXPECT_EQ(udp.find("rtp_packets"), std::string::npos);
  EXPECT_TRUE(
      has(written(stats_of("rtp")),
          "kickoff_pull_rtp_packets_total{channel=\"match\",feed=\"backup\",protocol=\"rtp\",outcome=\"lost\"} 5"));
}

TEST(PullMetrics, TellNoAddress) { EXPECT_EQ(written(stats_of("srt-caller")).find("192.0.2.7"), std::string::npos); }

// Two series of one name and the same labels make Prometheus refuse the whole page.
TEST(SrtSockets, OfBothFeedsOfAChannelHaveSeriesOfTheirOwn) {
  Instance instance;
  for (const char* feed : {"primary", "backup"}) {
    ingest::SrtStats socket;
    socket.channel = "match";
    socket.feed = feed;
    instance.srt_sockets.push_back(socket);
  }
  const std::string text = write_exposition(instance, {}, {});
  EXPECT_TRUE(has(text, "kickoff_srt_rtt_seconds{channel=\"match\",feed=\"primary\"} 0"));
  EXPECT_TRUE(has(text, "kickoff_srt_rtt_seconds{channel=\"match\",feed=\"backup\"} 0"));
  EXPECT_TRUE(has(text, "kickoff_srt_packets_total{channel=\"match\",feed=\"backup\",outcome=\"lost\"} 0"));
}

}  // namespace
}  // namespace metrics
