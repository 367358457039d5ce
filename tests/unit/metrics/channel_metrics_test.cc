#include "metrics/channel_metrics.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

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
  of.feeds[0].protocol = "srt";
  of.feeds[0].silent = true;
  of.feeds[0].counters.silences = 3;
  EXPECT_EQ(value_of_series(of, "kickoff_feed_connected"), 1);
  EXPECT_EQ(value_of_series(of, "kickoff_feed_silent"), 1);
  EXPECT_EQ(value_of_series(of, "kickoff_feed_silences_total"), 3);
}

TEST(ChannelMetrics, CountWhatTheSlotTheQueueAndTheSourceCounted) {
  channel::Report of = report();
  of.feeds[0].counters = {.publishes = 1, .takeovers = 2, .bytes = 3, .unplayable_messages = 4};
  of.publishes_refused = 5;
  of.queue.dropped_bytes = 6;
  of.source.restarts = 7;
  of.source.hangs = 8;
  of.source.out_of_memory = 9;
  of.memory_limit = 10;
  EXPECT_EQ(value_of_series(of, "kickoff_feed_publishes_total"), 1);
  EXPECT_EQ(value_of_series(of, "kickoff_feed_takeovers_total"), 2);
  EXPECT_EQ(value_of_series(of, "kickoff_feed_bytes_total"), 3);
  EXPECT_EQ(value_of_series(of, "kickoff_feed_unplayable_total"), 4);
  EXPECT_EQ(value_of_series(of, "kickoff_feed_publishes_refused_total"), 5);
  EXPECT_EQ(value_of_series(of, "kickoff_feed_dropped_bytes_total"), 6);
  EXPECT_EQ(value_of_series(of, "kickoff_worker_restarts_total"), 7);
  EXPECT_EQ(value_of_series(of, "kickoff_worker_hangs_total"), 8);
  EXPECT_EQ(value_of_series(of, "kickoff_worker_out_of_memory_total"), 9);
  EXPECT_EQ(value_of_series(of, "kickoff_worker_memory_limit_bytes"), 10);
}

TEST(ChannelMetrics, SayHowTheLadderSavesCpu) {
  channel::Report of = report();
  of.worker.economy_level = 3;
  of.worker.economy_steps = 5;
  EXPECT_EQ(value_of_series(of, "kickoff_worker_economy_level"), 3);
  EXPECT_EQ(value_of_series(of, "kickoff_worker_economy_steps_total"), 5);
}

TEST(ChannelMetrics, SayHowManyRungsTheLadderGoesWithout) {
  channel::Report of = report();
  EXPECT_EQ(value_of_series(of, "kickoff_channel_left_out_rungs"), 0);
  of.left_out.rungs = {"v1080", "v720"};
  EXPECT_EQ(value_of_series(of, "kickoff_channel_left_out_rungs"), 2);
}

/// "primary", "backup" … of each series of a family that has the label, with its value.
std::map<std::string, double> by_label(const channel::Report& report, const std::string& name,
                                       const std::string& label) {
  Families out;
  add_channel(out, report, {});
  std::map<std::string, double> values;
  for (const auto& family : out.take()) {
    if (family.name != name) continue;
    for (const auto& metric : family.metric) {
      for (const auto& [key, value] : metric.label) {
        if (key == label) values[value] = metric.gauge.value + metric.counter.value;
      }
    }
  }
  return values;
}

TEST(ChannelMetrics, TellTheFeedsApart) {
  using Values = std::map<std::string, double>;
  channel::Report of = report();
  of.feeds[0].counters.bytes = 5;
  EXPECT_EQ(by_label(of, "kickoff_feed_bytes_total", "feed"), (Values{{"primary", 5}})) << "there never was a backup";
  of.feeds[1].used = true;
  of.feeds[1].counters.bytes = 7;
  of.feeds[1].ts_continuity_errors = 9;
  EXPECT_EQ(by_label(of, "kickoff_feed_bytes_total", "feed"), (Values{{"primary", 5}, {"backup", 7}}));
  EXPECT_EQ(by_label(of, "kickoff_feed_shown", "feed"), (Values{{"primary", 1}, {"backup", 0}}));
  of.shown = feed::Id::kBackup;
  EXPECT_EQ(by_label(of, "kickoff_feed_shown", "feed"), (Values{{"primary", 0}, {"backup", 1}}));
}

TEST(ChannelMetrics, SayWhetherTwoFeedsAreMergedAndWhatEachOfThemCovered) {
  channel::Report of = report();
  EXPECT_EQ(value_of_series(of, "kickoff_feed_merged"), -1) << "there never was a backup";
  of.feeds[1].used = true;
  of.feeds[0].merged = of.feeds[1].merged = true;
  of.feeds[0].only_packets = 3;
  of.feeds[1].only_packets = 4;
  EXPECT_EQ(value_of_series(of, "kickoff_feed_merged"), 1);
  EXPECT_EQ(by_label(of, "kickoff_feed_merged_packets_total", "feed"),
            (std::map<std::string, double>{{"primary", 3}, {"backup", 4}}));
}

TEST(ChannelMetrics, CountPicturesWithCaptionsByFeed) {
  channel::Report of = report();
  of.feeds[0].caption_pictures = 30;
  EXPECT_EQ(by_label(of, "kickoff_feed_caption_pictures_total", "feed"),
            (std::map<std::string, double>{{"primary", 30}}));
}

TEST(ChannelMetrics, CountTeletextByResult) {
  channel::Report of = report();
  of.feeds[0].teletext = 30;
  of.feeds[0].teletext_damaged = 2;
  of.worker.teletext_lines_bad = 4;
  EXPECT_EQ(by_label(of, "kickoff_feed_teletext_packets_total", "result"),
            (std::map<std::string, double>{{"taken", 30}, {"damaged", 2}}));
  EXPECT_EQ(value_of_series(of, "kickoff_worker_teletext_lines_damaged_total"), 4);
}

TEST(ChannelMetrics, CountTextsByResult) {
  channel::Report of = report();
  of.feeds[0].texts = 30;
  of.feeds[0].bad_texts = 2;
  of.worker.texts_unplaced = 4;
  EXPECT_EQ(by_label(of, "kickoff_feed_texts_total", "result"),
            (std::map<std::string, double>{{"taken", 30}, {"bad", 2}}));
  EXPECT_EQ(value_of_series(of, "kickoff_worker_texts_unplaced_total"), 4);
}

TEST(ChannelMetrics, CountSwitchesByTheirReason) {
  channel::Report of = report();
  std::uint64_t next = 1;
  for (std::uint64_t& count : of.switches) count = next++;
  const std::map<std::string, double> wanted{{"lost", 1},     {"silent", 2},   {"scrambled", 3}, {"black", 4},
                                             {"frozen", 5},   {"low_rate", 6}, {"ts_errors", 7}, {"mute", 8},
                                             {"returned", 9}, {"asked", 10}};
  EXPECT_EQ(by_label(of, "kickoff_feed_switches_total", "reason"), wanted);
}

TEST(ChannelMetrics, TellWhichFaultAFeedHasAndItsRateOfPictures) {
  channel::Report of = report();
  of.feeds[0].fault = "ts_errors";
  of.feeds[0].frame_rate = 12'500;
  of.feeds[0].usual_frame_rate = 29'970;
  const std::map<std::string, double> wanted{{"scrambled", 0}, {"black", 0},     {"frozen", 0},
                                             {"low_rate", 0},  {"ts_errors", 1}, {"mute", 0}};
  EXPECT_EQ(by_label(of, "kickoff_feed_fault", "fault"), wanted);
  EXPECT_EQ(value_of_series(of, "kickoff_feed_frame_rate"), 12.5);
  EXPECT_EQ(value_of_series(of, "kickoff_feed_usual_frame_rate"), 29.97);
}

TEST(ChannelMetrics, TellHowFarTheFeedsAreApartAndHowThatIsKnown) {
  channel::Report of = report();
  of.feeds[1].used = true;
  of.alignment = {job::Alignment::kLoudness, -700'500, 0.9};
  of.feeds[0].delay_us = 120'000;
  const std::map<std::string, double> wanted{{"none", 0}, {"pts", 0}, {"loudness", 1}, {"timecode", 0}};
  EXPECT_EQ(by_label(of, "kickoff_feed_alignment", "method"), wanted);
  EXPECT_EQ(value_of_series(of, "kickoff_feed_offset_seconds"), -0.7005);
  EXPECT_EQ(by_label(of, "kickoff_feed_delay_seconds", "feed")["primary"], 0.12);
  of.alignment = {};
  EXPECT_TRUE(by_label(of, "kickoff_feed_offset_seconds", "channel").empty()) << "0 would say that they are in step";
  EXPECT_EQ(by_label(of, "kickoff_feed_alignment", "method")["none"], 1);
}

TEST(ChannelMetrics, TellWhichFeedIsAtItsTimeCode) {
  channel::Report of = report();
  EXPECT_EQ(value_of_series(of, "kickoff_feed_anchored_by_time_code"), 0);
  of.feeds[0].anchored = job::Anchored::kTimeCode;
  EXPECT_EQ(value_of_series(of, "kickoff_feed_anchored_by_time_code"), 1);
}

TEST(ChannelMetrics, TellHowFarTheTimeCodeIsFromUtc) {
  channel::Report of = report();
  EXPECT_TRUE(by_label(of, "kickoff_feed_time_code_offset_seconds", "feed").empty()) << "0 would say that it is UTC";
  of.feeds[0].time_code_offset = -1'200'500;
  EXPECT_EQ(value_of_series(of, "kickoff_feed_time_code_offset_seconds"), -1.2005);
}

TEST(ChannelMetrics, CountPicturesThatEncodersLostByHowManyRungsLostThem) {
  channel::Report of = report();
  of.worker.dropped_packets = 1;
  of.worker.dropped_frames = 2;
  of.worker.left_out_frames = 3;
  EXPECT_EQ(by_label(of, "kickoff_worker_dropped_frames_total", "stage"),
            (std::map<std::string, double>{{"undecoded", 1}, {"decoded", 2}, {"rung", 3}}));
}

TEST(ChannelMetrics, SayHowLoudFeedsAndRenditionsAreAsFarAsThatIsKnown) {
  using Values = std::map<std::string, double>;
  channel::Report of = report();
  EXPECT_EQ(value_of_series(of, "kickoff_feed_loudness_lufs"), -1) << "nothing is decoded";
  EXPECT_EQ(value_of_series(of, "kickoff_rendition_loudness_lufs"), -1);
  of.feeds[0].loudness = {.momentary = -20, .integrated = -23.5, .range = 6, .true_peak = -2};
  EXPECT_EQ(by_label(of, "kickoff_feed_loudness_lufs", "window"), (Values{{"momentary", -20}, {"integrated", -23.5}}));
  EXPECT_EQ(by_label(of, "kickoff_feed_loudness_lufs", "feed").size(), 1U);
  EXPECT_EQ(value_of_series(of, "kickoff_feed_loudness_range_lu"), 6);
  EXPECT_EQ(value_of_series(of, "kickoff_feed_true_peak_dbtp"), -2);
  of.audio = {{.rendition = "a1", .loudness = {.short_term = -24}}};
  EXPECT_EQ(by_label(of, "kickoff_rendition_loudness_lufs", "window"), (Values{{"short_term", -24}}));
  EXPECT_EQ(value_of_series(of, "kickoff_rendition_loudness_gain_db"), -1) << "its level is left alone";
  EXPECT_EQ(value_of_series(of, "kickoff_rendition_limited_seconds_total"), -1);
  of.audio.push_back({.rendition = "a2", .gain = 3.5, .reduction = 0.5, .limited_us = 2'500'000});
  EXPECT_EQ(by_label(of, "kickoff_rendition_loudness_gain_db", "rendition"), (Values{{"a2", 3.5}}));
  EXPECT_EQ(by_label(of, "kickoff_rendition_limiter_reduction_db", "rendition"), (Values{{"a2", 0.5}}));
  EXPECT_EQ(by_label(of, "kickoff_rendition_limited_seconds_total", "rendition"), (Values{{"a2", 2.5}}));
  of.audio = {{.rendition = "a1", .reduction = 0, .limited_us = 500'000}};
  EXPECT_EQ(value_of_series(of, "kickoff_rendition_loudness_gain_db"), -1) << "a limiter alone";
  EXPECT_EQ(value_of_series(of, "kickoff_rendition_limiter_reduction_db"), 0);
  EXPECT_EQ(value_of_series(of, "kickoff_rendition_limited_seconds_total"), 0.5);
}

TEST(ChannelMetrics, CountThePicturesWithOverlaysAndTheOverlaysThatCannotBeShown) {
  channel::Report of = report();
  of.worker.overlay_frames = 250;
  of.worker.overlay_faults = 2;
  EXPECT_EQ(by_label(of, "kickoff_worker_frames_total", "stage").at("overlaid"), 250);
  EXPECT_EQ(value_of_series(of, "kickoff_worker_overlay_faults_total"), 2);
}

}  // namespace
}  // namespace metrics
