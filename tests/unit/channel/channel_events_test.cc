// What a channel reports to the event log.
#include "channel_fixture.h"

namespace channel {
namespace {

using Lines = std::vector<std::string>;

class ChannelEventsTest : public ChannelTest {
 protected:
  /// Both feeds send media for a while.
  void flow(base::Micros span) {
    for (base::Micros at = 0; at < span; at += 100 * kMillisecond) {
      for (FakeFeed& feed : feeds_)
        if (feed.sink != nullptr) feed.rtmp(Role::kKeyFrame, "k");
      worker().beat();
      time_.advance(100 * kMillisecond);
    }
  }
  void end(FakeFeed* feed) {
    feed->end();
    feed->sink = nullptr;
  }
};

TEST_F(ChannelEventsTest, APublisherThatComesAndGoes) {
  FakeFeed* const feed = publish();
  end(feed);
  EXPECT_EQ(events_.of("publisher"),
            (Lines{"publisher.connected match feed=primary protocol=rtmp encoder=test encoder pulled=no takeover=no",
                   "publisher.disconnected match feed=primary protocol=rtmp reason=connection ended"}));
}

TEST_F(ChannelEventsTest, APublisherThatTakesOverEndsTheOther) {
  Options takeover = options();
  takeover.takeover = true;
  channel_.set_options(takeover);
  publish();
  publish();
  const Lines lines = events_.of("publisher");
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[1], "publisher.disconnected match feed=primary protocol=rtmp reason=another publisher took over");
  EXPECT_NE(lines[2].find("takeover=yes"), std::string::npos);
}

TEST_F(ChannelEventsTest, ASwitchOfFeedsHasItsReason) {
  FakeFeed* const primary = publish();
  publish(feed::Id::kBackup);
  flow(2 * kSecond);
  end(primary);
  EXPECT_EQ(events_.of("feed.switch"), Lines{"feed.switch match from=primary to=backup reason=lost"});
}

TEST_F(ChannelEventsTest, MergedFeedsHaveNoSwitchThatAnybodyIsToldOf) {
  FakeFeed* const primary = publish();
  publish(feed::Id::kBackup);
  flow(2 * kSecond);
  for (job::FeedStats& feed : worker().stats.feeds) feed.merged = 1;
  flow(kSecond);
  end(primary);
  EXPECT_TRUE(events_.of("feed.switch").empty());
}

TEST_F(ChannelEventsTest, AFaultOfAFeedIsRaisedAndCleared) {
  FakeFeed* const feed = publish();
  flow(kSecond);
  worker().stats.feeds[0].black_us = 20 * kSecond;
  flow(kSecond);
  EXPECT_EQ(events_.of("feed.fault"), Lines{"feed.fault raised match feed=primary fault=black"});
  worker().stats.feeds[0].black_us = 0;
  worker().stats.feeds[0].frozen_us = 20 * kSecond;
  flow(kSecond);
  EXPECT_EQ(events_.of("feed.fault"), (Lines{"feed.fault raised match feed=primary fault=black",
                                             "feed.fault cleared match feed=primary fault=black",
                                             "feed.fault raised match feed=primary fault=frozen"}));
  end(feed);
  EXPECT_EQ(events_.of("feed.fault").back(), "feed.fault cleared match feed=primary fault=frozen");
}

TEST_F(ChannelEventsTest, TheSlateOfAnOperatorIsRaisedAndCleared) {
  Options with = options();
  with.media.slate = base::SharedFile::make(base::view_of("a picture")).take();
  channel_.set_options(with);
  publish();
  channel_.order_slate({.on = true, .duration = 3 * kSecond, .reason = "pause"});
  channel_.order_slate({.on = true, .reason = "longer"});
  channel_.order_slate({.on = false});
  channel_.order_slate({.on = false});
  EXPECT_EQ(events_.of("slate"),
            (Lines{"slate raised match reason=pause text= for_s=3.000",
                   "slate cleared match reason=replaced by another order",
                   "slate raised match reason=longer text= for_s=0.000", "slate cleared match reason=taken back"}));
}

TEST_F(ChannelEventsTest, AnOutageLastsUntilTheChannelEnds) {
  FakeFeed* const feed = publish();
  worker().say({sound(), part_at(time_.utc(), 0)});
  record::Marker marker;
  marker.kind = record::kOutageClass;
  marker.start = time_.utc();
  worker().say({marker});
  EXPECT_EQ(events_.of("outage raised").size(), 1U);
  end(feed);
  wait(options().grace + kSecond);
  worker().die();
  wait(5 * kSecond);
  ASSERT_EQ(channel_.state(), State::kEnded);
  ASSERT_EQ(events_.of("outage cleared").size(), 1U);
  EXPECT_NE(events_.of("outage cleared")[0].find("reason=ended"), std::string::npos);
}

TEST_F(ChannelEventsTest, AnOutageIsSeenByTheFeedToo) {
  FakeFeed* const feed = publish();
  flow(kSecond);
  end(feed);
  wait(kSecond);
  EXPECT_TRUE(events_.of("outage").empty()) << "nobody sees anything yet";
  publish();
  worker().say({sound(), part_at(time_.utc(), 0)});
  flow(kSecond);
  EXPECT_TRUE(events_.of("outage").empty());
  end(&feeds_.back());
  wait(kSecond);
  EXPECT_EQ(events_.of("outage raised").size(), 1U);
  publish();
  flow(kSecond);
  ASSERT_EQ(events_.of("outage cleared").size(), 1U);
  EXPECT_NE(events_.of("outage cleared")[0].find("reason=media"), std::string::npos);
}

TEST_F(ChannelEventsTest, AWorkerThatDiesIsLostAndAnotherStarts) {
  publish();
  worker().say({sound(), part_at(time_.utc(), 0)});
  worker().die();
  time_.advance(kSecond);
  EXPECT_EQ(events_.of("worker"), (Lines{"worker.started match pid=7 deaths_in_a_row=0",
                                         "worker.lost match reason=ended pid=7 pause_ms=0 deaths_in_a_row=1",
                                         "worker.started match pid=7 deaths_in_a_row=1"}));
}

TEST_F(ChannelEventsTest, AWorkerThatHangsIsLostForThat) {
  publish();
  worker().beat();
  time_.advance(5 * kSecond);
  ASSERT_TRUE(worker().killed);
  worker().die();
  EXPECT_EQ(events_.of("worker.lost"), Lines{"worker.lost match reason=hung pid=7 pause_ms=0 deaths_in_a_row=1"});
}

TEST_F(ChannelEventsTest, AWorkerWithoutMemoryIsLostForThatAndItsRemedyIsInTheLog) {
  Options limited = options();
  limited.media.memory = 1000;
  channel_.set_options(limited);
  publish();
  EXPECT_EQ(worker().options.memory, 1000U);
  worker().stats.out_of_memory = 1;
  testing::internal::CaptureStderr();
  worker().die();
  const std::string log = testing::internal::GetCapturedStderr();
  for (const char* part : {"no memory left", "match", "1000", "limits.worker_memory"})
    EXPECT_NE(log.find(part), std::string::npos) << log;
  EXPECT_EQ(events_.of("worker.lost"),
            Lines{"worker.lost match reason=out_of_memory pid=7 pause_ms=0 deaths_in_a_row=1"});
  EXPECT_EQ(channel_.source().counters().out_of_memory, 1U);
  time_.advance(0);
  worker().die();
  EXPECT_NE(events_.of("worker.lost").back().find("reason=ended"), std::string::npos) << "the next has its own page";
  EXPECT_EQ(channel_.source().counters().out_of_memory, 1U);
}

TEST_F(ChannelEventsTest, AWorkerThatWaitsToBeStartedHasNotStarted) {
  spawner_.queues = true;
  publish();
  EXPECT_TRUE(events_.of("worker").empty());
  worker().start();
  EXPECT_EQ(events_.of("worker"), Lines{"worker.started match pid=7 deaths_in_a_row=0"});
  EXPECT_EQ(worker().trace(), "rtmp 8:h") << "it was attached before, once";
}

TEST_F(ChannelEventsTest, AWorkerThatCannotStartIsReportedOnce) {
  spawner_.failing = true;
  publish();
  time_.advance(5 * kSecond);
  ASSERT_EQ(events_.of("worker.lost").size(), 1U);
  EXPECT_EQ(events_.lines.back().find("worker.lost match reason=cannot_start text=system: no descriptors"), 0U);
  spawner_.failing = false;
  time_.advance(kSecond);
  EXPECT_EQ(events_.of("worker.started").size(), 1U);
}

}  // namespace
}  // namespace channel
