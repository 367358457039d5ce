#include "metrics/channel_metrics.h"

#include <gtest/gtest.h>

namespace metrics {
namespace {

/// The value of a series without labels but the channel's; -1 if there is none.
double value_of_series(const channel::Report& report, const std::string& name) {
  Families out;
  add_channel(out, report, {});
  for (const auto& family : out.take()) {
    if (family.name != name) continue;
    EXPECT_EQ(family.metric.front().label.front().value, "match");
    return family.type == prometheus::MetricType::Gauge ? family.metric.front().gauge.value
                                                        : family.metric.front().counter.value;
  }
  return -1;
}

channel::Report report() {
  channel::Report made;
  made.name = "match";
  made.snapshot = std::make_shared<const origin::ChannelSnapshot>();
  return made;
}

TEST(ChannelMetrics, SayThatAFeedIsConnectedAndWhetherItIsSilent) {
  channel::Report of = report();
  EXPECT_EQ(value_of_series(of, "kickoff_feed_connected"), 0);
  EXPECT_EQ(value_of_series(of, "kickoff_feed_silent"), 0);
  of.protocol = "srt";
  of.feed_silent = true;
  of.feed.silences = 3;
  EXPECT_EQ(value_of_series(of, "kickoff_feed_connected"), 1);
  EXPECT_EQ(value_of_series(of, "kickoff_feed_silent"), 1);
  EXPECT_EQ(value_of_series(of, "kickoff_feed_silences_total"), 3);
}

TEST(ChannelMetrics, CountWhatTheSlotTheQueueAndTheSourceCounted) {
  channel::Report of = report();
  of.feed = {.publishes = 1, .takeovers = 2, .bytes = 3, .unplayable_messages = 4};
  of.publishes_refused = 5;
  of.queue.dropped_bytes = 6;
  of.source.restarts = 7;
  of.source.hangs = 8;
  EXPECT_EQ(value_of_series(of, "kickoff_feed_publishes_total"), 1);
  EXPECT_EQ(value_of_series(of, "kickoff_feed_takeovers_total"), 2);
  EXPECT_EQ(value_of_series(of, "kickoff_feed_bytes_total"), 3);
  EXPECT_EQ(value_of_series(of, "kickoff_feed_unplayable_total"), 4);
  EXPECT_EQ(value_of_series(of, "kickoff_feed_publishes_refused_total"), 5);
  EXPECT_EQ(value_of_series(of, "kickoff_feed_dropped_bytes_total"), 6);
  EXPECT_EQ(value_of_series(of, "kickoff_worker_restarts_total"), 7);
  EXPECT_EQ(value_of_series(of, "kickoff_worker_hangs_total"), 8);
}

}  // namespace
}  // namespace metrics
