#include <gtest/gtest.h>

#include "feeds.h"

namespace facility {
namespace {

/// The line of a feed that plays, changes, and plays on.
template <typename Change>
Line after(const char* property, const Change& change) {
  Playing feed;
  feed.now.srt.emplace();
  feed.now.transport = true;
  feed.play(5);
  feed.now.srt->packets_received_unique_total += 1000;
  change(feed.now);
  feed.play(5);
  return feed.line(property);
}

TEST(JudgeArrival, SrtMayRepeatAHundredthAndDropNothing) {
  const auto loss = [](std::uint64_t ingest::SrtStats::* count, std::uint64_t value) {
    return after("network_loss", [&](Sample& now) { *now.srt.*count = value; });
  };
  EXPECT_EQ(loss(&ingest::SrtStats::packets_lost_total, 10).verdict, Verdict::kPass);
  EXPECT_EQ(loss(&ingest::SrtStats::packets_lost_total, 11).verdict, Verdict::kWarn);
  EXPECT_EQ(loss(&ingest::SrtStats::packets_lost_total, 11).measured,
            "of 1000 packets 11 lost, 0 sent again, 0 dropped");
  EXPECT_EQ(loss(&ingest::SrtStats::packets_dropped_total, 1).verdict, Verdict::kFail);
  EXPECT_EQ(loss(&ingest::SrtStats::packets_undecrypted_total, 1).verdict, Verdict::kFail);
  EXPECT_EQ(loss(&ingest::SrtStats::bytes_discarded_total, 1).verdict, Verdict::kFail);
  EXPECT_EQ(loss(&ingest::SrtStats::packets_retransmitted_total, 500).verdict, Verdict::kPass);
}

TEST(JudgeArrival, OfAPulledFeedNothingMayBeMissing) {
  const auto loss = [](const char* protocol, std::uint64_t rtp, std::uint64_t kernel) {
    Playing feed;
    feed.now.pull.emplace().protocol = protocol;
    feed.play(1);
    feed.now.pull->datagrams += 100;
    feed.now.pull->rtp_lost += rtp;
    feed.now.pull->datagrams_lost += kernel;
    feed.play(1);
    return feed.line("network_loss");
  };
  EXPECT_EQ(loss("rtp", 0, 0).verdict, Verdict::kPass);
  EXPECT_EQ(loss("rtp", 2, 0).verdict, Verdict::kFail);
  EXPECT_EQ(loss("rtp", 2, 0).measured, "100 datagrams, 2 missing by their numbers, 0 lost by this server");
  EXPECT_EQ(loss("udp", 0, 1).verdict, Verdict::kFail);
  EXPECT_EQ(loss("udp", 0, 0).measured, "100 datagrams, 0 lost by this server");
}

TEST(JudgeArrival, OfRtmpLossAndStreamErrorsAreNotMeasured) {
  Playing feed;
  feed.play(3);
  EXPECT_EQ(feed.verdict("network_loss"), Verdict::kNotMeasured);
  EXPECT_EQ(feed.verdict("stream_errors"), Verdict::kNotMeasured);
}

TEST(JudgeArrival, AnyErrorOfATransportStreamFails) {
  EXPECT_EQ(after("stream_errors", [](Sample&) {}).verdict, Verdict::kPass);
  for (std::uint64_t channel::FeedReport::* count :
       {&channel::FeedReport::ts_continuity_errors, &channel::FeedReport::ts_sync_losses,
        &channel::FeedReport::ts_damaged_units, &channel::FeedReport::ts_transport_errors}) {
    EXPECT_EQ(after("stream_errors", [&](Sample& now) { now.feed.*count = 1; }).verdict, Verdict::kFail);
  }
  EXPECT_EQ(after("stream_errors", [](Sample& now) { now.feed.ts_continuity_errors = 3; }).measured,
            "continuity 3, sync 0, damaged units 0, marked broken 0");
}

TEST(JudgeArrival, TellsTheMeanAndThePeakOfTheBitrate) {
  Playing feed;
  feed.play(2);
  feed.now.feed.counters.bytes += 500'000;
  feed.play(2);
  EXPECT_EQ(feed.line("bitrate").measured, "5.00 Mbit/s, 4.00 to 8.00 in a second");
  EXPECT_EQ(feed.verdict("bitrate"), Verdict::kPass);
  Playing short_one;
  short_one.take();
  EXPECT_EQ(short_one.verdict("bitrate"), Verdict::kNotMeasured);
  Playing silent;
  silent.take();
  silent.now.at += kSecond;
  silent.take();
  EXPECT_EQ(silent.verdict("bitrate"), Verdict::kFail);
}

TEST(JudgeArrival, JitterIsToStayBelowAPartAndASegment) {
  const auto jitter = [](base::Micros most) {
    return after("jitter", [&](Sample& now) { now.feed.make.jitter = most; });
  };
  EXPECT_EQ(jitter(500 * kMillisecond).verdict, Verdict::kPass);
  EXPECT_EQ(jitter(500 * kMillisecond).measured, "500 ms");
  EXPECT_EQ(jitter(501 * kMillisecond).verdict, Verdict::kWarn);
  EXPECT_EQ(jitter(2 * kSecond).verdict, Verdict::kWarn);
  EXPECT_EQ(jitter(2001 * kMillisecond).verdict, Verdict::kFail);
  EXPECT_EQ(after("jitter", [](Sample& now) { now.feed.make.pace_zero.reset(); }).verdict, Verdict::kPass)
      << "what was known before counts";
}

TEST(JudgeArrival, MeasuresTheDriftOfTheFeedsClock) {
  const auto drift = [](base::Micros a_second) {
    Playing feed;
    feed.drift = a_second;
    feed.play(60);
    return feed.line("clock_drift");
  };
  EXPECT_EQ(drift(30).verdict, Verdict::kPass);
  EXPECT_EQ(drift(30).measured, "30.0 ppm slow, known to 0.0") << "its stamps fall behind";
  EXPECT_EQ(drift(-25).measured, "25.0 ppm fast, known to 0.0");
  EXPECT_EQ(drift(31).verdict, Verdict::kWarn);
  EXPECT_EQ(drift(-31).verdict, Verdict::kWarn);
  EXPECT_EQ(drift(100).verdict, Verdict::kWarn);
  EXPECT_EQ(drift(101).verdict, Verdict::kFail);
}

TEST(JudgeArrival, ADriftThatIsNotKnownWellIsNotMeasured) {
  const auto noisy = [](int seconds) {
    Playing feed;
    feed.take();
    for (int i = 0; i < seconds; ++i) {
      feed.drift = i % 2 == 0 ? 1000 : -1000;
      feed.step();
    }
    return feed.line("clock_drift");
  };
  EXPECT_EQ(noisy(10).verdict, Verdict::kNotMeasured);
  EXPECT_NE(noisy(10).measured.find("check for longer"), std::string::npos);
  EXPECT_EQ(noisy(120).verdict, Verdict::kPass);
  Playing feed;
  feed.play(1);
  EXPECT_EQ(feed.verdict("clock_drift"), Verdict::kNotMeasured);
}

TEST(JudgeArrival, JumpsOfTimeStampsFailAndRepairsAreWorthAWarning) {
  const auto stamps = [](std::uint64_t channel::FeedReport::* count) {
    return after("time_stamps", [&](Sample& now) { now.feed.*count += 2; });
  };
  EXPECT_EQ(stamps(&channel::FeedReport::timeline_anchors).verdict, Verdict::kFail);
  EXPECT_EQ(stamps(&channel::FeedReport::timeline_anchors).measured, "2 jumps, 0 repaired, 0 left out");
  EXPECT_EQ(stamps(&channel::FeedReport::timeline_restamped).verdict, Verdict::kWarn);
  EXPECT_EQ(stamps(&channel::FeedReport::timeline_dropped).verdict, Verdict::kWarn);
  EXPECT_EQ(after("time_stamps", [](Sample&) {}).measured, "none");
}

}  // namespace
}  // namespace facility
