#include "channel_fixture.h"

namespace channel {
namespace {

// ---- Publishing.

TEST_F(ChannelTest, APublisherGetsAWorkerThatHearsItsFeed) {
  EXPECT_EQ(channel_.state(), State::kIdle);
  FakeFeed* feed = publish();
  ASSERT_NE(feed, nullptr);
  EXPECT_EQ(channel_.state(), State::kLive);
  ASSERT_EQ(workers(), 1U);
  EXPECT_EQ(worker().options.channel, "match");
  feed->rtmp(Role::kKeyFrame, "k");
  EXPECT_EQ(worker().trace(), "rtmp 8:h 9:k");
  EXPECT_EQ(channel_.feed(feed::Id::kPrimary).publisher().encoder, "test encoder");
  EXPECT_TRUE(channel_.feed(feed::Id::kPrimary).publisher().key.empty());
  EXPECT_EQ(publishers_, 1);
}

TEST_F(ChannelTest, APublisherThatSendsNothingCostsNoWorker) {
  FakeFeed* feed = connect();
  EXPECT_EQ(channel_.state(), State::kLive);
  wait(kSecond);
  EXPECT_EQ(workers(), 0U);
  feed->rtmp(Role::kKeyFrame, "k");
  ASSERT_EQ(workers(), 1U);
  EXPECT_EQ(worker().trace(), "rtmp 9:k");
}

TEST_F(ChannelTest, APublisherThatGoesWithoutHavingSentAnythingLeavesNothing) {
  connect()->end();
  EXPECT_EQ(channel_.state(), State::kEnded) << "there is no log to hold open";
  EXPECT_TRUE(channel_.blank());
  time_.advance(10 * kSecond);
  EXPECT_EQ(workers(), 0U);
  ASSERT_NE(publish(), nullptr);
  EXPECT_EQ(channel_.state(), State::kLive);
  EXPECT_EQ(workers(), 1U);
}

TEST_F(ChannelTest, StoppedBeforeItsPublisherSentAnythingItEndsAtOnce) {
  FakeFeed* feed = connect();
  channel_.stop();
  EXPECT_EQ(channel_.state(), State::kEnded);
  EXPECT_EQ(feed->closed, "the channel ends");
  feed->rtmp(Role::kKeyFrame, "late");
  EXPECT_EQ(workers(), 0U) << "it is on its way out";
  feed->end();
  EXPECT_EQ(channel_.state(), State::kEnded);
}

TEST_F(ChannelTest, APublisherThatComesWithinGraceAndSendsNothingLeavesTheLogOpen) {
  FakeFeed* first = publish();
  worker().say({sound()});
  live(*first, kSecond);
  first->end();
  FakeFeed* second = connect();
  ASSERT_NE(second, nullptr);
  second->end();
  EXPECT_EQ(channel_.state(), State::kGrace);
  EXPECT_FALSE(channel_.blank());
}

TEST_F(ChannelTest, TheWorkerIsToldTheTimeEveryTenthOfASecond) {
  publish();
  for (int i = 0; i < 4; ++i) {
    worker().beat();
    time_.advance(500 * kMillisecond);
  }
  time_.advance(100 * kMillisecond);
  EXPECT_EQ(std::count_if(worker().heard.begin(), worker().heard.end(),
                          [](const auto& message) { return std::holds_alternative<feed::Tick>(message.message); }),
            20);
}

// ---- Who may publish.

TEST_F(ChannelTest, ASecondPublisherIsRefusedWhileTheFirstSendsMedia) {  // RT-28
  FakeFeed* first = publish();
  first->rtmp(Role::kAudio, "f");
  wait(FeedSlot::kSilent - 1);
  EXPECT_TRUE(channel_.occupied(feed::Id::kPrimary));
  EXPECT_EQ(publish(), nullptr);
  EXPECT_NE(refused_.find("takeover"), std::string::npos);
  EXPECT_EQ(channel_.publishes_refused(), 1U);
  EXPECT_EQ(first->closed, "");
}

TEST_F(ChannelTest, APublisherWithoutMediaForTwoSecondsGivesWay) {
  FakeFeed* first = publish();
  first->rtmp(Role::kAudio, "f");
  wait(FeedSlot::kSilent);
  EXPECT_FALSE(channel_.occupied(feed::Id::kPrimary));
  FakeFeed* second = publish();
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(first->closed, "another publisher took over");
  EXPECT_EQ(channel_.feed(feed::Id::kPrimary).counters().takeovers, 1U);
  EXPECT_EQ(channel_.state(), State::kLive);
  EXPECT_EQ(workers(), 1U);
  second->rtmp(Role::kAudio, "s");
  EXPECT_TRUE(channel_.occupied(feed::Id::kPrimary));
}

TEST_F(ChannelTest, APublisherThatSentNoMediaAtAllGivesWayTwoSecondsAfterItCame) {
  FakeFeed* first = connect();
  wait(kSecond);
  first->rtmp(Role::kHeader, "h");  // says that media will come, and is none
  first->rtmp(Role::kOther, "cue");
  wait(FeedSlot::kSilent - kSecond - 1);
  EXPECT_EQ(publish(), nullptr);
  wait(1);
  EXPECT_NE(publish(), nullptr);
}

TEST_F(ChannelTest, WithTakeoverASecondPublisherComesInAtAnyTime) {
  Options with = options();
  with.takeover = true;
  channel_.set_options(with);
  FakeFeed* first = publish();
  first->rtmp(Role::kAudio, "f");
  EXPECT_NE(publish(), nullptr);
  EXPECT_EQ(first->closed, "another publisher took over");
}

TEST_F(ChannelTest, NothingOfAReplacedPublisherIsPassedOn) {
  FakeFeed* first = publish();
  wait(FeedSlot::kSilent);
  FakeFeed* second = publish();
  ASSERT_NE(second, nullptr);
  second->rtmp(Role::kAudio, "new");
  first->rtmp(Role::kAudio, "old");
  first->end();
  EXPECT_EQ(worker().trace(), "rtmp 8:h rtmp 8:h 8:new");
  EXPECT_EQ(channel_.state(), State::kLive);
  EXPECT_EQ(second->closed, "");
  second->rtmp(Role::kAudio, "more");
  EXPECT_EQ(worker().trace(), "rtmp 8:h rtmp 8:h 8:new 8:more");
}

TEST_F(ChannelTest, APublisherWithoutMediaIsDisconnectedAtTheIdleLimit) {  // RT-40
  Options strict = options();
  strict.idle = 5 * kSecond;
  channel_.set_options(strict);
  FakeFeed* feed = publish();
  live(*feed, kSecond);
  for (int i = 0; i < 44; ++i) {
    feed->rtmp(Role::kOther, "ping");
    wait(100 * kMillisecond);
  }
  EXPECT_EQ(feed->closed, "");
  wait(600 * kMillisecond);
  EXPECT_EQ(feed->closed, "no media for 5 s");
  wait(5 * kSecond);
  EXPECT_EQ(feed->closed, "no media for 5 s");  // once
  EXPECT_EQ(channel_.feed(feed::Id::kPrimary).counters().silences, 1U);
}

// ---- Grace and end.

TEST_F(ChannelTest, APublisherThatComesBackWithinGraceGoesOnWithItsWorker) {  // RT-29
  FakeFeed* first = publish();
  worker().say({sound()});
  live(*first, kSecond);
  first->end();
  EXPECT_EQ(channel_.state(), State::kGrace);
  EXPECT_TRUE(worker().trace().ends_with("stop"));
  wait(channel_.options().grace - 500 * kMillisecond - 1);
  EXPECT_EQ(channel_.state(), State::kGrace);
  EXPECT_NE(publish(), nullptr);
  EXPECT_EQ(channel_.state(), State::kLive);
  EXPECT_EQ(workers(), 1U);
  EXPECT_TRUE(worker().trace().ends_with("stop rtmp 8:h"));
  wait(2 * kSecond);
  EXPECT_EQ(channel_.state(), State::kLive);
}

TEST_F(ChannelTest, WithoutAPublisherWithinGraceTheChannelEnds) {
  FakeFeed* feed = publish();
  worker().say({sound()});
  live(*feed, kSecond);
  feed->end();
  wait(channel_.options().grace - 1);
  EXPECT_EQ(channel_.state(), State::kGrace);
  wait(500 * kMillisecond);
  EXPECT_EQ(channel_.state(), State::kEnding);
  EXPECT_TRUE(worker().trace().ends_with("stop finish"));
  EXPECT_EQ(publish(), nullptr);
  EXPECT_NE(refused_.find("is ending"), std::string::npos);
  EXPECT_TRUE(channel_.occupied(feed::Id::kPrimary));
  worker().say({record::End{}});
  worker().die();
  EXPECT_EQ(channel_.state(), State::kEnded);
  EXPECT_EQ(channel_.ended_at(), time_.steady());
  EXPECT_EQ(snapshot_->state, origin::State::kEnded);
  EXPECT_FALSE(channel_.occupied(feed::Id::kPrimary));
  EXPECT_EQ(channel_.source().counters().restarts, 0U);
}

TEST_F(ChannelTest, APublishAfterTheEndBeginsAnew) {
  publish();
  channel_.stop();
  worker().die();
  EXPECT_EQ(channel_.state(), State::kEnded);
  feeds_.front().end();
  EXPECT_EQ(channel_.state(), State::kEnded);
  ASSERT_NE(publish(), nullptr);
  EXPECT_EQ(channel_.state(), State::kLive);
  ASSERT_EQ(workers(), 2U);
  EXPECT_EQ(worker().trace(), "rtmp 8:h");  // no position of the log that ended
  time_.advance(600 * kMillisecond);
  EXPECT_EQ(worker().heard.size(), 7U);  // it is told the time again
}

TEST_F(ChannelTest, AWorkerThatDoesNotFinishIsEndedAndTheLogWithIt) {
  FakeFeed* feed = publish();
  worker().say({sound()});
  live(*feed, kSecond);
  channel_.stop();
  EXPECT_EQ(feed->closed, "the channel ends");
  wait(4 * kSecond - 1);
  EXPECT_EQ(channel_.state(), State::kEnding);
  EXPECT_FALSE(worker().killed);
  wait(500 * kMillisecond);
  EXPECT_TRUE(worker().killed);
  EXPECT_EQ(channel_.state(), State::kEnded);
  EXPECT_EQ(snapshot_->state, origin::State::kEnded);
}

TEST_F(ChannelTest, ALogOfWhichOnlyThePresentationWasWrittenEndsToo) {
  publish();
  worker().say({sound()});
  channel_.stop();
  worker().die();
  EXPECT_EQ(channel_.state(), State::kEnded);
  EXPECT_EQ(snapshot_->state, origin::State::kEnded);
}

TEST_F(ChannelTest, StoppingTwiceOrBeforeAnythingIsNothing) {
  channel_.stop();
  EXPECT_EQ(channel_.state(), State::kIdle);
  publish();
  channel_.stop();
  channel_.stop();
  EXPECT_EQ(worker().trace(), "rtmp 8:h finish");
  EXPECT_EQ(feeds_.front().closed, "the channel ends");
}

TEST_F(ChannelTest, StoppedWithoutAWorkerItEndsAtOnce) {
  spawner_.failing = true;
  publish();
  channel_.stop();
  EXPECT_EQ(channel_.state(), State::kEnded);
  spawner_.failing = false;
  time_.advance(10 * kSecond);
  EXPECT_EQ(workers(), 0U);
}

// ---- The log.

TEST_F(ChannelTest, EachBatchOfRecordsMakesOneSnapshot) {
  publish();
  worker().say({sound(), part_at(time_.utc(), 0), part_at(time_.utc(), 1)});
  EXPECT_EQ(snapshots_, 1);
  EXPECT_EQ(channel_.window().counters().parts, 2U);
  worker().say({});
  EXPECT_EQ(snapshots_, 1);
}

TEST_F(ChannelTest, IsStaleWhereMediaComesAndNoPart) {  // OP-4
  FakeFeed* feed = publish();
  worker().say({sound()});
  live(*feed, 12 * kSecond);
  EXPECT_FALSE(channel_.stale());
  for (int i = 0; i < 15; ++i) {
    feed->rtmp(Role::kAudio, "f");
    worker().beat();
    time_.advance(100 * kMillisecond);
  }
  // The last part came 500 ms before.
  EXPECT_TRUE(channel_.stale());
  say_part();
  time_.advance(1500 * kMillisecond);
  EXPECT_FALSE(channel_.stale());
  time_.advance(1);
  EXPECT_TRUE(channel_.stale());
}

TEST_F(ChannelTest, ANewPublisherHasTenSecondsToItsFirstPart) {
  FakeFeed* feed = publish();
  const base::Micros begun = time_.steady();
  while (since(begun) < 11'500 * kMillisecond) {
    feed->rtmp(Role::kAudio, "f");
    worker().beat();
    EXPECT_FALSE(channel_.stale());
    time_.advance(100 * kMillisecond);
  }
  EXPECT_FALSE(channel_.stale());
  time_.advance(1);
  EXPECT_TRUE(channel_.stale());
}

TEST_F(ChannelTest, APublisherThatSendsNothingIsNoFaultOfTheServers) {
  FakeFeed* feed = publish();
  worker().say({sound()});
  live(*feed, 15 * kSecond);
  wait(8 * kSecond);
  EXPECT_FALSE(channel_.stale());
  feed->rtmp(Role::kAudio, "back");  // and has ten seconds again
  EXPECT_FALSE(channel_.stale());
  for (int i = 0; i < 115; ++i) {
    feed->rtmp(Role::kAudio, "f");
    wait(100 * kMillisecond);
  }
  EXPECT_FALSE(channel_.stale());
  wait(1);
  EXPECT_TRUE(channel_.stale());
}

}  // namespace
}  // namespace channel
