// A channel's feeds, which of them is shown, and the slate that an operator shows in their place.
#include "channel_fixture.h"

namespace channel {
namespace {

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

TEST_F(SlateTest, SaysWhatCopiedVideoShowsInItsPlace) {
  const auto video = [](const char* name, bool copied) {
    record::Rendition made = sound().renditions[0];
    made.name = name;
    made.track.codec = media::Codec::kH264;
    made.copied = copied;
    return made;
  };
  Options with = options();
  with.media.slate = base::SharedFile::make(base::view_of("a picture")).take();
  with.media.copy_video = true;
  with.media.default_ladder = false;
  channel_.set_options(with);
  FakeFeed* feed = publish();
  EXPECT_EQ(channel_.order_slate({.on = true}), Outcome::kHeldAlone) << "as it is configured";
  worker().say({sound()});
  EXPECT_EQ(channel_.order_slate({.on = true}), Outcome::kDone) << "there is no video";
  worker().say({record::Presentation{{video("source", true)}}});
  EXPECT_EQ(channel_.order_slate({.on = true}), Outcome::kHeldAlone);
  EXPECT_TRUE(channel_.slate_order().on()) << "the feed is not seen";
  worker().say({record::Presentation{{video("source", true), video("v480", false)}}});
  EXPECT_EQ(channel_.order_slate({.on = true}), Outcome::kCopyHeld);
  worker().say({record::Presentation{{video("v480", false)}}});
  EXPECT_EQ(channel_.order_slate({.on = true}), Outcome::kDone) << "it could not be copied";
  EXPECT_EQ(channel_.order_slate({.on = false}), Outcome::kDone);
  live(*feed, kSecond);
}

TEST_F(SlateTest, HasTheTextOfItsOrderElseTheChannelsOwn) {
  Options with = options();
  with.media.slate_text = "We'll be right back";
  with.media.slate_font = base::SharedFile::make(base::view_of("a font")).take();
  channel_.set_options(with);
  publish();
  worker().say({sound()});
  EXPECT_EQ(channel_.order_slate({.on = true}), Outcome::kDone) << "a text alone is a slate";
  EXPECT_EQ(channel_.order_slate({.on = true, .text = "Rain"}), Outcome::kDone);
  EXPECT_EQ(slates(), "slate(We'll be right back) slate(Rain)");
  EXPECT_EQ(channel_.slate_order().text(), "Rain");
}

TEST_F(SlateTest, NeedsAFontForATextAndNoneWithoutOne) {
  publish();
  EXPECT_EQ(channel_.order_slate({.on = true, .text = "Rain"}), Outcome::kNoFont);
  EXPECT_EQ(channel_.order_slate({.on = true}), Outcome::kDone);
}

TEST_F(SlateTest, OfATextAloneNeedsNothingInTheConfigurationButNoGaps) {
  Options with = options();
  with.media.slate_font = base::SharedFile::make(base::view_of("a font")).take();
  channel_.set_options(with);
  publish();
  EXPECT_EQ(channel_.order_slate({.on = true}), Outcome::kNoSlate);
  EXPECT_EQ(channel_.order_slate({.on = true, .text = "Rain"}), Outcome::kDone);
  with.media.outage = job::Options::Outage::kGap;
  channel_.set_options(with);
  EXPECT_EQ(channel_.order_slate({.on = true, .text = "Rain"}), Outcome::kNoSlate);
}

// ---- The slate of the schedule.

class ScheduleTest : public SlateTest {
 protected:
  ScheduleTest() { schedule({.start = time_.utc() + 10 * kSecond, .end = time_.utc() + 20 * kSecond}); }
  void schedule(const Schedule& schedule) {
    Options with = options();
    with.media.slate_text = "the channel's own";
    with.media.slate_font = base::SharedFile::make(base::view_of("a font")).take();
    with.schedule = schedule;
    channel_.set_options(with);
  }
};

TEST_F(ScheduleTest, IsShownBeforeTheEventAndAfterIt) {
  FakeFeed* feed = publish();
  worker().say({sound()});
  EXPECT_EQ(slates(), "slate(the channel's own)") << "from the first picture on";
  EXPECT_TRUE(channel_.slate_order().scheduled());
  EXPECT_EQ(channel_.phase(), Schedule::Phase::kBefore);
  live(*feed, 9'900 * kMillisecond);
  EXPECT_EQ(slates(), "slate(the channel's own)");
  live(*feed, 200 * kMillisecond);
  EXPECT_EQ(slates(), "slate(the channel's own) no-slate");
  EXPECT_EQ(channel_.phase(), Schedule::Phase::kOn);
  live(*feed, 9'900 * kMillisecond);
  EXPECT_EQ(slates(), "slate(the channel's own) no-slate slate(the channel's own)");
  EXPECT_EQ(channel_.slate_order().reason(), "the event is over");
}

TEST_F(ScheduleTest, HasATextOfItsOwnForEach) {
  schedule({time_.utc() + 5 * kSecond, time_.utc() + 10 * kSecond, "not yet", "over"});
  FakeFeed* feed = publish();
  worker().say({sound()});
  live(*feed, 11 * kSecond);
  EXPECT_EQ(slates(), "slate(not yet) no-slate slate(over)");
}

TEST_F(ScheduleTest, GivesWayToAnOperatorsOrderAndComesBackAfterIt) {
  FakeFeed* feed = publish();
  worker().say({sound()});
  channel_.order_slate({.on = true, .duration = 2 * kSecond, .text = "delayed"});
  EXPECT_FALSE(channel_.slate_order().scheduled());
  live(*feed, 3 * kSecond);
  EXPECT_EQ(slates(), "slate(the channel's own) slate(delayed) no-slate slate(the channel's own)");
  channel_.order_slate({.on = true, .text = "delayed again"});
  live(*feed, 8 * kSecond);
  EXPECT_EQ(channel_.slate_order().text(), "delayed again") << "the event's begin does not end an operator's order";
}

TEST_F(ScheduleTest, IsNotShownForTheRestOfAPhaseInWhichTheOperatorTakesItBack) {
  FakeFeed* feed = publish();
  worker().say({sound()});
  EXPECT_EQ(channel_.order_slate({.on = false}), Outcome::kDone);
  live(*feed, 19 * kSecond);
  EXPECT_EQ(slates(), "slate(the channel's own) no-slate");
  live(*feed, 2 * kSecond);
  EXPECT_EQ(slates(), "slate(the channel's own) no-slate slate(the channel's own)") << "the event is over";
}

TEST_F(ScheduleTest, FollowsAReload) {
  FakeFeed* feed = publish();
  worker().say({sound()});
  schedule({.start = time_.utc() + 2 * kSecond});
  live(*feed, 3 * kSecond);
  EXPECT_EQ(slates(), "slate(the channel's own) no-slate");
  schedule({.start = time_.utc() + 2 * kSecond});
  live(*feed, kSecond);
  EXPECT_TRUE(channel_.slate_order().scheduled()) << "it was put off";
  schedule({});
  live(*feed, kSecond);
  EXPECT_FALSE(channel_.slate_order().on());
}

TEST_F(ScheduleTest, HoldsForTheNextSessionToo) {
  FakeFeed* feed = publish();
  worker().say({sound()});
  channel_.order_slate({.on = false});
  feed->end();
  channel_.stop();
  worker().say({record::Closing{}});
  worker().die();
  wait(kSecond);
  ASSERT_EQ(channel_.state(), State::kEnded);
  publish();
  EXPECT_TRUE(channel_.slate_order().scheduled()) << "the operator had the last session shown, not this one";
}

TEST_F(ScheduleTest, ShowsTheFeedWhereAReloadHasTakenTheSlateAway) {
  Options with = options();
  with.schedule.start = time_.utc() + 10 * kSecond;
  channel_.set_options(with);
  FakeFeed* feed = publish();
  worker().say({sound()});
  live(*feed, kSecond);
  EXPECT_EQ(slates(), "");
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
  EXPECT_EQ(selections(), "b:select-now(lost)");
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
  EXPECT_EQ(selections(), "b:select-now(lost) select(returned)") << "nothing is lost on the way back";
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
  EXPECT_EQ(selections(), "b:select(asked)");
  EXPECT_EQ(channel_.switch_to(feed::Id::kBackup), Channel::SwitchOutcome::kShownAlready);
  flow(40 * kSecond);
  EXPECT_EQ(shown(), "backup") << "the operator's choice is not undone";
  EXPECT_EQ(channel_.switch_to(feed::Id::kPrimary), Channel::SwitchOutcome::kDone);
  EXPECT_EQ(channel_.choice().switches(FeedChoice::Reason::kAsked), 2U);
}

TEST_F(TwoFeedsTest, TheNewestSwitchesAreKeptWithTimeAndReason) {
  both();
  EXPECT_TRUE(channel_.switches().entries().empty());
  end(primary_);
  const base::Micros lost = time_.utc();
  primary_ = publish();
  flow(31 * kSecond);
  ASSERT_EQ(shown(), "primary");
  ASSERT_EQ(channel_.switches().entries().size(), 2U);
  const SwitchHistory::Entry& first = channel_.switches().entries().front();
  EXPECT_EQ(first.at, lost);
  EXPECT_EQ(first.to, feed::Id::kBackup);
  EXPECT_EQ(first.reason, feed::SwitchReason::kLost);
  EXPECT_EQ(channel_.switches().entries().back().reason, feed::SwitchReason::kReturned);
  for (std::size_t i = 0; i < 2 * SwitchHistory::kMost; ++i) {
    ASSERT_EQ(channel_.switch_to(i % 2 == 0 ? feed::Id::kBackup : feed::Id::kPrimary), Channel::SwitchOutcome::kDone);
  }
  EXPECT_EQ(channel_.switches().entries().size(), SwitchHistory::kMost);
  EXPECT_EQ(channel_.switches().entries().front().reason, feed::SwitchReason::kAsked) << "the oldest were dropped";
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
  EXPECT_EQ(selections(), "b:select(black)") << "what is shown still comes: nothing is lost";
  flow(60 * kSecond);
  EXPECT_EQ(shown(), "backup") << "it is still black";
  worker().stats.feeds[0].black_us = 0;
  flow(29 * kSecond);
  EXPECT_EQ(shown(), "backup");
  flow(2 * kSecond);
  EXPECT_EQ(shown(), "primary");
  EXPECT_EQ(channel_.choice().switches(FeedChoice::Reason::kBlack), 1U);
}

TEST_F(TwoFeedsTest, TheLossOfOneOfTwoMergedFeedsIsNoSwitchThatAnybodyIsToldOf) {
  both();
  for (job::FeedStats& feed : worker().stats.feeds) feed.merged = 1;
  flow(kSecond);
  end(primary_);
  flow(kSecond);
  EXPECT_EQ(shown(), "backup");
  EXPECT_EQ(selections(), "b:select-now") << "without a marker";
  EXPECT_TRUE(channel_.switches().entries().empty());
  EXPECT_EQ(channel_.choice().switches(FeedChoice::Reason::kLost), 0U);
}

TEST_F(TwoFeedsTest, AFewErrorsOfTheTransportStreamNowAndThenNeverSwitch) {
  both();
  for (int minute = 0; minute < 3; ++minute) {
    worker().stats.feeds[0].ts_errors_now = 200;  // a burst, which is in the last second for a second
    flow(kSecond);
    worker().stats.feeds[0].ts_errors_now = 2;
    flow(20 * kSecond);
  }
  EXPECT_EQ(shown(), "primary");
}

TEST_F(TwoFeedsTest, ErrorsOfTheTransportStreamThatLastGiveWayToAFeedWithoutThem) {
  both();
  flow(5 * kSecond);
  worker().stats.feeds[0].ts_errors_now = 5;
  worker().stats.feeds[1].ts_errors_now = 5;
  flow(10 * kSecond);
  EXPECT_EQ(shown(), "primary") << "both have them";
  EXPECT_GE(channel_.state_of(feed::Id::kPrimary).ts_errors_for, 9 * kSecond);
  worker().stats.feeds[1].ts_errors_now = 0;
  flow(200 * kMillisecond);
  EXPECT_EQ(shown(), "primary") << "the other one has just become well";
  flow(3 * kSecond);
  EXPECT_EQ(shown(), "backup");
  EXPECT_EQ(selections(), "b:select(ts_errors)");
  worker().stats.feeds[0].ts_errors_now = 0;
  flow(31 * kSecond);
  EXPECT_EQ(shown(), "primary") << "well for half a minute";
}

TEST_F(TwoFeedsTest, AnotherRateOfErrorsTakesEffectAtOnce) {
  both();
  flow(5 * kSecond);
  worker().stats.feeds[0].ts_errors_now = 5;
  Options options = channel_.options();
  options.failover.ts_error_rate = 100;
  channel_.set_options(options);
  flow(10 * kSecond);
  EXPECT_EQ(shown(), "primary");
  options.failover.ts_error_rate = 2;
  channel_.set_options(options);
  flow(4 * kSecond);
  EXPECT_EQ(shown(), "backup");
}

TEST_F(TwoFeedsTest, AScrambledOrSlowFeedGivesWay) {
  both();
  flow(6 * kSecond);
  for (job::FeedStats& feed : worker().stats.feeds) feed.codec_plus_one = 1;
  worker().stats.feeds[0].low_rate_us = 5 * kSecond;
  flow(200 * kMillisecond);
  EXPECT_EQ(selections(), "b:select(low_rate)");
  worker().stats.feeds[0].low_rate_us = 0;
  worker().stats.feeds[1].scrambled_us = kSecond;
  flow(200 * kMillisecond);
  EXPECT_EQ(selections(), "b:select(low_rate) select-now(scrambled)");
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

}  // namespace
}  // namespace channel
