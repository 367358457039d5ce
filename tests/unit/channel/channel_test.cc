#include "channel/channel.h"

#include <gtest/gtest.h>

#include <deque>

#include "fakes.h"

namespace channel {
namespace {

using base::kMillisecond;
using base::kSecond;
using feed::Role;
using State = Channel::State;

class ChannelTest : public testing::Test {
 protected:
  /// A publisher that is let in and has sent a header, or null with `refused` saying why.
  FakeFeed* publish(feed::Id id = feed::Id::kPrimary) {
    FakeFeed* feed = connect(id);
    if (feed != nullptr) feed->rtmp(Role::kHeader, "h");
    return feed;
  }
  /// The same, of one that has sent nothing yet.
  FakeFeed* connect(feed::Id id = feed::Id::kPrimary) {
    feeds_.emplace_back();
    auto answer = channel_.publish(request_for("match"), id, feeds_.back());
    if (auto* refusal = std::get_if<ingest::Publisher::Refusal>(&answer)) {
      refused_ = refusal->text;
      return nullptr;
    }
    feeds_.back().sink = std::get<ingest::FeedSink*>(answer);
    feeds_.back().start();
    return &feeds_.back();
  }
  /// Sends a frame each 100 ms, the worker beating and making a part each half second.
  void live(FakeFeed& feed, base::Micros span) {
    for (base::Micros at = 0; at < span; at += 100 * kMillisecond) {
      feed.rtmp(Role::kAudio, "f");
      worker().beat();
      if (at % (500 * kMillisecond) == 0) say_part();
      time_.advance(100 * kMillisecond);
    }
  }
  /// Time with the worker alive and no media.
  void wait(base::Micros span) {
    for (base::Micros at = 0; at < span; at += 100 * kMillisecond) {
      if (workers() > 0 && !worker().gone) worker().beat();
      time_.advance(std::min(100 * kMillisecond, span - at));
    }
  }
  void say_part() {
    const base::Micros utc = time_.utc();
    const auto index = static_cast<std::uint32_t>(utc % (2 * kSecond) / (512 * kMillisecond));
    worker().say({part_at(utc, index)});
  }
  FakeProcess& worker() { return spawner_.newest(); }
  std::size_t workers() const { return spawner_.processes.size(); }
  base::Micros since(base::Micros steady) const { return time_.steady() - steady; }

  Options options(base::Micros part = 500 * kMillisecond) {
    Options made;
    made.media.part = part;
    return made;
  }

  FakeTime time_;
  FakeSpawner spawner_;
  int snapshots_ = 0;
  int publishers_ = 0;
  std::shared_ptr<const origin::ChannelSnapshot> snapshot_;
  std::deque<FakeFeed> feeds_;
  std::string refused_;
  Channel channel_{{time_, time_, spawner_,
                    [this](const std::string&, std::shared_ptr<const origin::ChannelSnapshot> made) {
                      ++snapshots_;
                      snapshot_ = std::move(made);
                    },
                    [this] { ++publishers_; }},
                   "match",
                   options()};
};

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

// ---- The operator's slate.

class SlateTest : public ChannelTest {
 protected:
  using Outcome = Channel::SlateOutcome;
  SlateTest() {
    Options with = options();
    with.media.slate = base::SharedFile::make(base::view_of("a picture")).take();
    channel_.set_options(with);
  }
  std::string slates() {
    std::string all;
    for (const feed::Addressed& message : worker().heard) {
      if (std::holds_alternative<feed::Slate>(message.message)) all += (all.empty() ? "" : " ") + name_of(message);
    }
    return all;
  }
};

TEST_F(SlateTest, IsShownUntilItIsTakenBack) {
  FakeFeed* feed = publish();
  worker().say({sound()});
  EXPECT_EQ(channel_.order_slate({.on = true, .reason = "pause"}), Outcome::kDone);
  EXPECT_EQ(slates(), "slate");
  EXPECT_EQ(channel_.slate_order().reason(), "pause");
  live(*feed, 60 * kSecond);
  EXPECT_EQ(slates(), "slate");
  EXPECT_EQ(channel_.order_slate({.on = false}), Outcome::kDone);
  EXPECT_EQ(slates(), "slate no-slate");
  EXPECT_FALSE(channel_.slate_order().on());
}

TEST_F(SlateTest, EndsByItselfAfterItsTime) {
  FakeFeed* feed = publish();
  worker().say({sound()});
  channel_.order_slate({.on = true, .duration = 3 * kSecond});
  live(*feed, 2 * kSecond);
  EXPECT_EQ(slates(), "slate");
  EXPECT_GT(channel_.slate_left(), 0);
  live(*feed, 2 * kSecond);
  EXPECT_EQ(slates(), "slate no-slate");
  EXPECT_EQ(channel_.slate_left(), std::nullopt);
}

TEST_F(SlateTest, GoesOnWhileThePublisherIsAwayAndEndsWithTheChannel) {
  FakeFeed* feed = publish();
  worker().say({sound()});
  feed->end();
  ASSERT_EQ(channel_.state(), State::kGrace);
  EXPECT_EQ(channel_.order_slate({.on = true}), Outcome::kDone);
  channel_.stop();
  worker().say({record::Closing{}});
  worker().die();
  time_.advance(10 * kSecond);
  ASSERT_EQ(channel_.state(), State::kEnded);
  EXPECT_FALSE(channel_.slate_order().on()) << "the next event begins with its picture";
}

TEST_F(SlateTest, IsRefusedWhereThereIsNoneAndWhereNothingIsShown) {
  EXPECT_EQ(channel_.order_slate({.on = true}), Outcome::kNotLive);
  EXPECT_EQ(channel_.order_slate({.on = false}), Outcome::kNotLive);
  publish();
  channel_.set_options(options());
  EXPECT_EQ(channel_.order_slate({.on = true}), Outcome::kNoSlate);
  EXPECT_EQ(channel_.order_slate({.on = false}), Outcome::kDone) << "one that was shown before a reload";
}

// ---- Two feeds.

class TwoFeedsTest : public ChannelTest {
 protected:
  /// Both feeds are there and send media.
  void both() {
    primary_ = publish();
    backup_ = publish(feed::Id::kBackup);
    flow(100 * kMillisecond);
  }
  /// Both feeds, or those that are there, send media for so long.
  void flow(base::Micros span) {
    for (base::Micros at = 0; at < span; at += 100 * kMillisecond) {
      for (FakeFeed* feed : {primary_, backup_}) {
        if (feed != nullptr) feed->rtmp(Role::kKeyFrame, "k");
      }
      wait(100 * kMillisecond);
    }
  }
  void end(FakeFeed*& feed) { std::exchange(feed, nullptr)->end(); }
  std::string shown() const { return std::string(feed::to_string(channel_.choice().shown())); }
  /// How often the worker was told to show another feed, and how: "b:select-now select".
  std::string selections() {
    std::string text;
    for (const feed::Addressed& message : worker().heard) {
      if (std::holds_alternative<feed::Select>(message.message)) text += (text.empty() ? "" : " ") + name_of(message);
    }
    return text;
  }

  FakeFeed* primary_ = nullptr;
  FakeFeed* backup_ = nullptr;
};

TEST_F(TwoFeedsTest, TheFirstIsShownAndTheOtherStandsBy) {
  both();
  EXPECT_EQ(workers(), 1U) << "of both";
  EXPECT_EQ(shown(), "primary");
  EXPECT_EQ(worker().trace(), "rtmp 8:h b:rtmp b:8:h 9:k b:9:k");
  EXPECT_TRUE(channel_.occupied(feed::Id::kPrimary));
  EXPECT_TRUE(channel_.occupied(feed::Id::kBackup));
  EXPECT_EQ(publish(feed::Id::kBackup), nullptr);
  EXPECT_NE(refused_.find("backup feed already"), std::string::npos) << refused_;
}

TEST_F(TwoFeedsTest, ABackupThatIsThereAloneIsShown) {
  backup_ = publish(feed::Id::kBackup);
  flow(kSecond);
  EXPECT_EQ(shown(), "backup");
  EXPECT_EQ(worker().trace().substr(0, 25), "b:select-now b:rtmp b:8:h");
  EXPECT_EQ(channel_.choice().switches(FeedChoice::Reason::kLost), 0U) << "no switch";
}

TEST_F(TwoFeedsTest, TheBackupIsShownTheMomentThePrimaryIsLost) {
  both();
  end(primary_);
  EXPECT_EQ(shown(), "backup");
  EXPECT_EQ(selections(), "b:select-now");
  EXPECT_EQ(channel_.state(), State::kLive);
  EXPECT_EQ(channel_.choice().switches(FeedChoice::Reason::kLost), 1U);
}

TEST_F(TwoFeedsTest, APrimaryThatSendsNothingMoreGivesWayAfterHalfASecond) {
  both();
  FakeFeed* silent = std::exchange(primary_, nullptr);
  flow(300 * kMillisecond);
  EXPECT_EQ(shown(), "primary");
  flow(300 * kMillisecond);
  EXPECT_EQ(shown(), "backup");
  EXPECT_EQ(channel_.choice().switches(FeedChoice::Reason::kSilent), 1U);
  EXPECT_EQ(silent->closed, "") << "it may come again";
}

TEST_F(TwoFeedsTest, ThePrimaryIsShownAgainAfterHalfAMinuteOfItsMedia) {
  both();
  end(primary_);
  flow(kSecond);
  primary_ = publish();
  flow(29 * kSecond);
  EXPECT_EQ(shown(), "backup");
  flow(2 * kSecond);
  EXPECT_EQ(shown(), "primary");
  EXPECT_EQ(selections(), "b:select-now select") << "nothing is lost on the way back";
  EXPECT_EQ(channel_.choice().switches(FeedChoice::Reason::kReturned), 1U);
}

// A stuttering uplink would change over twice a stutter.
TEST_F(TwoFeedsTest, APrimaryThatStalledForLessThanSilenceIsNotReturnedToAtOnce) {
  both();
  flow(40 * kSecond);
  FakeFeed* stalls = std::exchange(primary_, nullptr);
  flow(800 * kMillisecond);
  EXPECT_EQ(shown(), "backup");
  primary_ = stalls;
  flow(29 * kSecond);
  EXPECT_EQ(shown(), "backup");
  flow(2 * kSecond);
  EXPECT_EQ(shown(), "primary");
}

TEST_F(TwoFeedsTest, APulledFeedNeverTakesOverFromAnEncoder) {
  both();
  Options takeover = options();
  takeover.takeover = true;
  channel_.set_options(takeover);
  ingest::PublishRequest pulled = request_for("match");
  pulled.pulled = true;
  FakeFeed feed;
  EXPECT_TRUE(std::holds_alternative<ingest::Publisher::Refusal>(channel_.publish(pulled, feed::Id::kPrimary, feed)));
  EXPECT_EQ(primary_->closed, "");
}

TEST_F(TwoFeedsTest, TheChannelIsInGraceWhenBothAreGone) {
  both();
  end(backup_);
  EXPECT_EQ(channel_.state(), State::kLive);
  end(primary_);
  EXPECT_EQ(channel_.state(), State::kGrace);
  EXPECT_EQ(shown(), "primary") << "there is nothing else";
  backup_ = publish(feed::Id::kBackup);
  EXPECT_EQ(channel_.state(), State::kLive);
  flow(200 * kMillisecond);
  EXPECT_EQ(shown(), "backup");
  EXPECT_EQ(workers(), 1U) << "the same log";
}

TEST_F(TwoFeedsTest, TheOperatorSwitchesWithoutLoss) {
  both();
  EXPECT_EQ(channel_.switch_to(feed::Id::kBackup), Channel::SwitchOutcome::kDone);
  EXPECT_EQ(selections(), "b:select");
  EXPECT_EQ(channel_.switch_to(feed::Id::kBackup), Channel::SwitchOutcome::kShownAlready);
  flow(40 * kSecond);
  EXPECT_EQ(shown(), "backup") << "the operator's choice is not undone";
  EXPECT_EQ(channel_.switch_to(feed::Id::kPrimary), Channel::SwitchOutcome::kDone);
  EXPECT_EQ(channel_.choice().switches(FeedChoice::Reason::kAsked), 2U);
}

TEST_F(TwoFeedsTest, TheOperatorCannotSwitchToNothing) {
  EXPECT_EQ(channel_.switch_to(feed::Id::kBackup), Channel::SwitchOutcome::kNotLive);
  primary_ = publish();
  flow(kSecond);
  EXPECT_EQ(channel_.switch_to(feed::Id::kBackup), Channel::SwitchOutcome::kNoMedia);
  backup_ = connect(feed::Id::kBackup);
  EXPECT_EQ(channel_.switch_to(feed::Id::kBackup), Channel::SwitchOutcome::kNoMedia) << "it has sent nothing";
}

TEST_F(TwoFeedsTest, AFeedThatTurnsBlackGivesWayAndMustBeWellForAWhileToComeBack) {
  both();
  worker().stats.feeds[0].black_us = 2 * kSecond;
  worker().stats.feeds[1].watched_us = 60 * kSecond;
  flow(200 * kMillisecond);
  EXPECT_EQ(shown(), "backup");
  EXPECT_EQ(selections(), "b:select") << "what is shown still comes: nothing is lost";
  flow(60 * kSecond);
  EXPECT_EQ(shown(), "backup") << "it is still black";
  worker().stats.feeds[0].black_us = 0;
  flow(29 * kSecond);
  EXPECT_EQ(shown(), "backup");
  flow(2 * kSecond);
  EXPECT_EQ(shown(), "primary");
  EXPECT_EQ(channel_.choice().switches(FeedChoice::Reason::kBlack), 1U);
}

TEST_F(TwoFeedsTest, EachIsDisconnectedByItself) {
  both();
  EXPECT_TRUE(channel_.disconnect(feed::Id::kBackup, "enough"));
  EXPECT_EQ(backup_->closed, "enough");
  EXPECT_EQ(primary_->closed, "");
  end(backup_);
  EXPECT_FALSE(channel_.disconnect(feed::Id::kBackup, "again"));
  channel_.stop();
  EXPECT_EQ(primary_->closed, "the channel ends");
}

TEST_F(TwoFeedsTest, AChannelIsFreshWhileItsShownFeedIs) {
  both();
  say_part();
  flow(500 * kMillisecond);
  EXPECT_FALSE(channel_.stale());
  flow(12 * kSecond);
  EXPECT_TRUE(channel_.stale()) << "media comes, and no part";
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
