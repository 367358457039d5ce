#include <gtest/gtest.h>

#include "channels_fixture.h"

namespace channel {
namespace {

using base::kSecond;

/// Two channels with ladders: "match" of a high priority, "news" of a low one.
class ChannelsAtWorkTest : public ChannelsTest {
 protected:
  ChannelsAtWorkTest() {
    Channels::Settings all = settings();
    all["match"].priority = govern::Priority::kHigh;
    all["news"] = all["*"];
    all["news"].priority = govern::Priority::kLow;
    channels_->configure(all, {});
    for (const char* name : {"match", "news"}) {
      EXPECT_EQ(publish(name), "");
      spawner_.processes.back()->stats.economy_most = 3;
    }
  }
  FakeProcess& match() { return *spawner_.processes[0]; }
  FakeProcess& news() { return *spawner_.processes[1]; }
  void lose_pictures_of_match(int seconds) {
    for (int i = 0; i < 4 * seconds; ++i) {
      match().stats.lost_pictures += 2;
      match().beat();
      news().beat();
      time_.advance(kSecond / 4);
    }
  }
};

TEST_F(ChannelsAtWorkTest, ALowPriorityDoesLessWhereAHighOneIsShortOfCpu) {
  cpu_idle_ = 0;
  lose_pictures_of_match(4);
  EXPECT_EQ(match().trace(), "rtmp 8:h");
  EXPECT_EQ(news().trace(), "rtmp 8:h economy 1");
}

TEST_F(ChannelsAtWorkTest, EachLevelOfALadderIsAConditionThatIsClearedWithItsWorkerAtTheLatest) {
  match().say({sound(), part_at(time_.utc(), 0)});
  lose_pictures_of_match(4);
  const auto raised = events_.of("governor.level");
  ASSERT_EQ(raised.size(), 1U);
  EXPECT_EQ(raised[0].find("governor.level raised match level=1 meaning="), 0U) << raised[0];
  EXPECT_NE(raised[0].find(" for=match pictures_lost_last_second="), std::string::npos) << raised[0];
  feeds_[0].end();
  time_.advance(settings()["match"].grace);
  match().die();
  time_.advance(35 * kSecond);
  const auto all = events_.of("governor.level");
  ASSERT_EQ(all.size(), 4U) << "it went down to level 2 meanwhile";
  EXPECT_EQ(all[1].find("governor.level raised match level=2"), 0U);
  EXPECT_EQ(all[2].find("governor.level cleared match level=2"), 0U);
  EXPECT_EQ(all[3].find("governor.level cleared match level=1"), 0U);
  for (const std::size_t cleared : {2U, 3U}) EXPECT_NE(all[cleared].find("reason=worker_gone"), std::string::npos);
}

TEST_F(ChannelsAtWorkTest, ALevelIsClearedWhenTheCpuSufficesAgain) {
  lose_pictures_of_match(4);
  for (int i = 0; i < 4 * 120; ++i) {
    match().beat();
    news().beat();
    time_.advance(kSecond / 4);
  }
  const auto cleared = events_.of("governor.level cleared");
  ASSERT_FALSE(cleared.empty());
  EXPECT_EQ(cleared[0].find("governor.level cleared match level=2"), 0U) << cleared[0];
  EXPECT_NE(cleared[0].find("reason=cpu_suffices"), std::string::npos);
}

TEST_F(ChannelsAtWorkTest, OneThatIsShortOfACoreAloneDoesLessItself) {
  lose_pictures_of_match(4);
  EXPECT_EQ(match().trace(), "rtmp 8:h economy 1");
  EXPECT_EQ(news().trace(), "rtmp 8:h");
}

TEST_F(ChannelsAtWorkTest, AChannelThatHasEndedAndBeginsAnewSavesNothing) {
  match().say({sound(), part_at(time_.utc(), 0)});
  lose_pictures_of_match(4);
  ASSERT_EQ(match().trace(), "rtmp 8:h economy 1");
  feeds_[0].end();
  time_.advance(settings()["match"].grace);
  match().die();
  time_.advance(35 * kSecond);
  ASSERT_EQ(channels_->reports().front().state, Channel::State::kEnded) << "it is listed still";
  ASSERT_EQ(publish("match"), "");
  ASSERT_EQ(spawner_.processes.size(), 3U);
  EXPECT_EQ(spawner_.processes.back()->trace(), "rtmp 8:h");
}

TEST_F(ChannelsAtWorkTest, APriorityChangesAtOnce) {
  Channels::Settings all = settings();
  all["news"] = all["*"];
  all["news"].priority = govern::Priority::kHigh;
  channels_->configure(all, {});
  cpu_idle_ = 0;
  lose_pictures_of_match(4);
  EXPECT_EQ(match().trace(), "rtmp 8:h economy 1");
}

/// "match" and "news" run with a ladder, and take two of eight cores each. A tenth of the cores has to be left.
class ChannelsReserveTest : public ChannelsAtWorkTest {
 protected:
  static Limits limits(Limits::BeyondReserve beyond = Limits::BeyondReserve::kRefuse) {
    Limits limits;
    limits.cpu_reserve = 10;
    limits.beyond_cpu_reserve = beyond;
    return limits;
  }
  static Channels::Settings named() {
    Channels::Settings all = settings();
    all["copy"] = all["*"];
    all["copy"].media.default_ladder = false;
    all["copy"].media.copy_video = true;
    all["final"] = all["*"];
    all["final"].priority = govern::Priority::kHigh;
    all["named"] = all["*"];
    return all;
  }
  ChannelsReserveTest() {
    channels_->configure(named(), limits());
    run(30);
  }
  void run(int seconds) {
    for (int i = 0; i < seconds * 4; ++i) {
      for (FakeProcess* worker : {&match(), &news()}) {
        worker->stats.cpu_us += 2 * kSecond / 4;
        worker->beat();
      }
      time_.advance(kSecond / 4);
    }
  }
};

TEST_F(ChannelsReserveTest, ALadderThatWouldNotFitIsRefusedWithAReason) {
  cpu_idle_ = 0.34;
  EXPECT_EQ(publish("news2"), "the server has not enough CPU left for another ladder");
  EXPECT_EQ(publish("named"), "the server has not enough CPU left for another ladder") << "named or not";
  EXPECT_EQ(channels_->limited(), (LimitCounters{0, 0, 0, 2}));
  cpu_idle_ = 0.36;
  EXPECT_EQ(publish("news2"), "");
}

TEST_F(ChannelsReserveTest, LaddersThatComeAtOnceAreNotLetInForTheSameCpu) {
  cpu_idle_ = 0.62;
  EXPECT_EQ(publish("a"), "");
  EXPECT_EQ(publish("copy"), "");
  EXPECT_EQ(publish("b"), "");
  EXPECT_EQ(publish("c"), "the server has not enough CPU left for another ladder");
}

TEST_F(ChannelsReserveTest, WhatALadderWasExpectedToTakeIsReservedForItForTenSeconds) {
  cpu_idle_ = 0.36;
  EXPECT_EQ(publish("a"), "");
  EXPECT_NE(publish("b"), "");
  feeds_[2].end();
  run(10);
  EXPECT_EQ(publish("b"), "");
}

TEST_F(ChannelsReserveTest, WhoWouldBeRefusedForItIsKnownBeforeItIsThere) {
  cpu_idle_ = 0.36;
  EXPECT_EQ(channels_->accepted_when_full(), std::nullopt);
  cpu_idle_ = 0.34;
  EXPECT_EQ(channels_->accepted_when_full(), Names{"news"})
      << "it may come back; those with an entry are not asked about";
}

TEST_F(ChannelsReserveTest, ACopyAndAHighPriorityAlwaysComeIn) {
  cpu_idle_ = 0;
  EXPECT_EQ(publish("copy"), "");
  EXPECT_EQ(publish("final"), "");
}

TEST_F(ChannelsReserveTest, WhoComesBackIsNotRefused) {
  cpu_idle_ = 0;
  feeds_[1].rtmp(feed::Role::kKeyFrame, "k");
  feeds_[1].end();
  EXPECT_EQ(publish("news"), "");
}

using Rungs = std::vector<std::string>;

/// The same where a ladder that would not fit is made smaller.
class ChannelsSmallerLadderTest : public ChannelsReserveTest {
 protected:
  ChannelsSmallerLadderTest() { channels_->configure(named(), limits(Limits::BeyondReserve::kSmallerLadder)); }
  /// The rungs that a channel goes without.
  Rungs left_out(const std::string& channel) {
    for (const Report& report : channels_->reports()) {
      if (report.name == channel) return report.left_out.rungs;
    }
    return {"no such channel"};
  }
  /// Of the default ladder of the newest worker; 0: whole.
  int most_lines() { return spawner_.newest().options.most_lines; }
  /// "news2" begins while the CPU suffices for its two smallest rungs, and then there is CPU again.
  void begin_small() {
    cpu_idle_ = 0.2;
    ASSERT_EQ(publish("news2"), "");
    ASSERT_EQ(most_lines(), 480);
    feeds_.back().rtmp(feed::Role::kKeyFrame, "k");
    spawner_.newest().say({sound(), part_at(time_.utc(), 0)});
    cpu_idle_ = 1;
  }
};

TEST_F(ChannelsSmallerLadderTest, ALadderThatFitsIsWhole) {
  cpu_idle_ = 0.36;
  ASSERT_EQ(publish("news2"), "");
  EXPECT_EQ(most_lines(), 0);
  EXPECT_EQ(left_out("news2"), Rungs{});
  EXPECT_EQ(feeds_.back().told, "");
  EXPECT_EQ(channels_->reduced(), 0U);
}

TEST_F(ChannelsSmallerLadderTest, TheLargestRungIsLeftOutWhereThatIsEnough) {
  cpu_idle_ = 0.34;
  ASSERT_EQ(publish("news2"), "");
  EXPECT_EQ(most_lines(), 720);
  EXPECT_EQ(left_out("news2"), Rungs{"v1080"});
  EXPECT_EQ(channels_->reduced(), 1U);
}

TEST_F(ChannelsSmallerLadderTest, AllButTheSmallestAreLeftOutWhereItHasToBe) {
  cpu_idle_ = 0.12;
  ASSERT_EQ(publish("named"), "") << "named or not";
  EXPECT_EQ(most_lines(), 360);
  EXPECT_EQ(left_out("named"), (Rungs{"v1080", "v720", "v480"}));
  EXPECT_EQ(channels_->limited(), LimitCounters{}) << "it is not refused";
}

TEST_F(ChannelsSmallerLadderTest, WhereTheSmallestRungDoesNotFitThePublisherIsRefused) {
  cpu_idle_ = 0.11;
  EXPECT_EQ(publish("news2"), "the server has not enough CPU left for another ladder");
  EXPECT_EQ(channels_->limited(), (LimitCounters{0, 0, 0, 1}));
  EXPECT_EQ(channels_->reduced(), 0U);
}

TEST_F(ChannelsSmallerLadderTest, SrtCallersAreRefusedBeforehandOnlyForTheSmallestRung) {
  cpu_idle_ = 0.12;
  EXPECT_EQ(channels_->accepted_when_full(), std::nullopt);
  cpu_idle_ = 0.11;
  EXPECT_EQ(channels_->accepted_when_full(), Names{"news"});
}

TEST_F(ChannelsSmallerLadderTest, ACopyAndAHighPriorityAreWhole) {
  cpu_idle_ = 0;
  ASSERT_EQ(publish("copy"), "");
  ASSERT_EQ(publish("final"), "");
  EXPECT_EQ(left_out("copy"), Rungs{});
  EXPECT_EQ(left_out("final"), Rungs{});
  EXPECT_EQ(most_lines(), 0);
}

TEST_F(ChannelsSmallerLadderTest, TheOperatorsOwnLadderLosesItsLargestRung) {
  Channels::Settings own = named();
  own["named"].media.default_ladder = false;
  own["named"].media.ladder.push_back({.name = "full", .height = 1080, .frame_rate = {30, 1}, .bitrate = 1});
  own["named"].media.ladder.push_back({.name = "half", .height = 540, .frame_rate = {30, 1}, .bitrate = 1});
  channels_->configure(own, limits(Limits::BeyondReserve::kSmallerLadder));
  cpu_idle_ = 0.2;
  ASSERT_EQ(publish("named"), "");
  EXPECT_EQ(left_out("named"), Rungs{"full"});
  ASSERT_EQ(spawner_.newest().options.ladder.size(), 1U);
  EXPECT_EQ(spawner_.newest().options.ladder[0].name, "half");
}

TEST_F(ChannelsSmallerLadderTest, TheEncoderAndTheLogAreTold) {
  cpu_idle_ = 0.2;
  testing::internal::CaptureStderr();
  ASSERT_EQ(publish("news2"), "");
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(feeds_.back().told,
            "publishing without the renditions v1080, v720: the server has not enough CPU left for them");
  EXPECT_EQ(channels_->reports().back().left_out.reason,
            "the whole ladder is expected to take 2.00 cores, 1.60 of 8.00 are free, and limits.cpu_reserve keeps "
            "0.80");
  for (const char* text : {"channel=news2", "left_out=\"v1080, v720\"", "1.60 of 8.00 are free", "remedy="}) {
    EXPECT_NE(log.find(text), std::string::npos) << text << " in " << log;
  }
}

TEST_F(ChannelsSmallerLadderTest, AWorkerThatIsReplacedMakesTheSameLadder) {
  begin_small();
  spawner_.newest().die();
  time_.advance(kSecond);
  ASSERT_EQ(spawner_.processes.size(), 4U);
  EXPECT_EQ(most_lines(), 480);
}

TEST_F(ChannelsSmallerLadderTest, APublisherThatComesBackWithinGraceGetsTheSameLadderAndIsToldAgain) {
  begin_small();
  feeds_.back().end();
  ASSERT_EQ(publish("news2"), "");
  EXPECT_NE(feeds_.back().told, "");
  EXPECT_EQ(channels_->reduced(), 1U) << "one session";
  spawner_.newest().die();
  time_.advance(kSecond);
  EXPECT_EQ(most_lines(), 480);
  EXPECT_EQ(left_out("news2"), (Rungs{"v1080", "v720"}));
}

TEST_F(ChannelsSmallerLadderTest, AReloadChangesNothingForASessionThatRuns) {
  begin_small();
  channels_->configure(named(), Limits{});
  EXPECT_EQ(left_out("news2"), (Rungs{"v1080", "v720"}));
  spawner_.newest().die();
  time_.advance(kSecond);
  EXPECT_EQ(most_lines(), 480);
}

TEST_F(ChannelsSmallerLadderTest, TheNextSessionIsDecidedAnew) {
  begin_small();
  feeds_.back().end();
  time_.advance(named()["*"].grace);
  spawner_.newest().die();
  time_.advance(kSecond);
  ASSERT_EQ(publish("news2"), "");
  EXPECT_EQ(most_lines(), 0);
  EXPECT_EQ(left_out("news2"), Rungs{});
  EXPECT_EQ(feeds_.back().told, "");
}

}  // namespace
}  // namespace channel
