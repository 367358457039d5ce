#include "record/position_encoding.h"
#include "worker_source_fixture.h"

namespace channel {
namespace {

using feed::Role;

TEST_F(WorkerSourceTest, StartingWhatRunsIsNothing) {
  begin();
  source_.start(position_);
  EXPECT_EQ(workers(), 1U);
  EXPECT_EQ(source_.counters().starts, 1U);
}

TEST_F(WorkerSourceTest, TheWorkerHearsBothFeedsAndWhichIsShown) {
  begin();
  FakeFeed other;
  other.sink = backup_.take(request_for("match"), other);
  other.send(feed::Start{feed::Format::kMpegTs});
  other.send(feed::TsBytes{0, base::Bytes::copy_of("G")});
  source_.show(feed::Id::kPrimary, {feed::Select::How::kForced});
  source_.show(feed::Id::kBackup, {feed::Select::How::kAsked});
  source_.show(feed::Id::kPrimary, {feed::Select::How::kForced});
  EXPECT_EQ(worker().trace(), "rtmp b:ts b:ts:G b:select select-now") << "what is shown already is not selected again";
}

TEST_F(WorkerSourceTest, SparesWhatItsWorkerNeedsLaterAndNothingWhileThereIsNone) {
  EXPECT_EQ(source_.spare(1'000'000), 0);
  begin();
  EXPECT_EQ(source_.spare(1'000'000), 0) << "as long as the worker says nothing";
  worker().stats.due_us = 1'100'000;
  EXPECT_EQ(source_.spare(1'000'000), 100'000);
  EXPECT_EQ(source_.spare(1'100'000), 0);
  EXPECT_EQ(source_.spare(50'000), 0) << "more than a second ahead";
  worker().die();
  EXPECT_EQ(source_.spare(1'000'000), 0);
}

TEST_F(WorkerSourceTest, ANewWorkerIsToldWhichFeedIsShownBeforeItHearsThem) {
  begin();
  feed_.rtmp(Role::kHeader, "p");
  FakeFeed other;
  other.sink = backup_.take(request_for("match"), other);
  other.start();
  other.rtmp(Role::kHeader, "q");
  source_.show(feed::Id::kBackup, {feed::Select::How::kAsked});
  worker().die();
  source_.show(feed::Id::kPrimary, {feed::Select::How::kForced});
  source_.show(feed::Id::kBackup, {feed::Select::How::kForced});
  time_.advance(0);
  EXPECT_EQ(worker().trace(), "b:select-now rtmp 8:p b:rtmp b:8:q");
}

TEST_F(WorkerSourceTest, ASwitchThatNoWorkerHasMarkedIsTheNextOnesToMark) {
  record::Marker marker;
  marker.kind = record::kSwitchClass;
  begin();
  source_.show(feed::Id::kBackup, {feed::Select::How::kForced, feed::SwitchReason::kLost});
  worker().die();
  time_.advance(0);
  EXPECT_EQ(worker().trace(), "b:select-now rtmp") << "there was no log yet";
  worker().say({sound(), part_at(time_.utc(), 0)});
  source_.show(feed::Id::kPrimary, {feed::Select::How::kAsked, feed::SwitchReason::kReturned});
  worker().die();
  source_.show(feed::Id::kBackup, {feed::Select::How::kAsked, feed::SwitchReason::kBlack});
  time_.advance(500 * kMillisecond);
  EXPECT_EQ(worker().trace(), "b:resume b:select-now(black) rtmp") << "decided while no worker ran";
  worker().say({marker});
  worker().die();
  time_.advance(kSecond);
  EXPECT_EQ(worker().trace(), "b:resume b:select-now rtmp") << "it is in the log";
}

TEST_F(WorkerSourceTest, RecordsGoToTheLogInBatches) {
  begin();
  worker().say({sound(), part_at(time_.utc(), 0)});
  EXPECT_EQ(log_.size(), 2U);
  EXPECT_EQ(batches_, 1);
}

TEST_F(WorkerSourceTest, ANewWorkerIsToldWhereTheLogStandsAndWhatTheFeedIs) {
  begin();
  feed_.rtmp(Role::kHeader, "english", 0);
  feed_.rtmp(Role::kHeader, "german", 1);
  feed_.rtmp(Role::kAudio, "frame");
  worker().say({sound(), part_at(time_.utc(), 1)});
  worker().die();
  time_.advance(0);
  ASSERT_EQ(workers(), 2U);
  EXPECT_EQ(worker().trace(), "resume rtmp 8:english 8:german");
  const auto resume = record::parse_position(std::get<feed::Resume>(worker().heard[0].message).position.view());
  ASSERT_TRUE(resume.ok());
  EXPECT_EQ(resume->renditions[0].next_part, 2U);
  EXPECT_EQ(resume->renditions[0].msn, time_.utc() / (2 * kSecond));
}

TEST_F(WorkerSourceTest, ANewWorkerIsToldByWhichClockTheOneBeforePutThePublisher) {
  begin();
  worker().stats.feeds[0].clock_us = 1'700'000'000'000'000;
  worker().die();
  time_.advance(0);
  EXPECT_EQ(worker().trace(), "rtmp@1700000000000000");
  worker().stats.feeds[0].clock_us = 1'700'000'000'000'000;
  feed_.start();
  worker().die();
  time_.advance(500 * kMillisecond);
  EXPECT_EQ(worker().trace(), "rtmp") << "the publisher has begun anew";
}

TEST_F(WorkerSourceTest, AWorkerThatDiedBeforeItsFirstPartIsFollowedByOneThatBeginsAnew) {
  begin();
  worker().say({sound()});
  worker().die();
  source_.tick(time_.utc() + 10 * kSecond);  // nothing to stand in for
  EXPECT_EQ(count<record::Gap>(), 0U);
  time_.advance(0);
  EXPECT_EQ(worker().trace(), "rtmp");
}

TEST_F(WorkerSourceTest, TheLogGoesOnWhileThereIsNoWorker) {
  begin();
  worker().say({sound(), part_at(time_.utc(), 0)});
  expect_respawn_after(0);
  worker().die();
  const int before = batches_;
  const std::int64_t end = position_.renditions[0].end;
  source_.tick(time_.utc() + 5 * kSecond);
  EXPECT_GT(position_.renditions[0].end, end + 48'000);
  EXPECT_EQ(batches_, before + 1);
  EXPECT_EQ(count<record::Presentation>(), 1U);  // not written again
  time_.advance(500 * kMillisecond);
  const auto resume = record::parse_position(std::get<feed::Resume>(worker().heard[0].message).position.view());
  EXPECT_EQ(resume->renditions[0].end, position_.renditions[0].end);
  // The worker writes now, and nobody beside it.
  const std::size_t records = log_.size();
  source_.tick(time_.utc() + 10 * kSecond);
  EXPECT_EQ(log_.size(), records);
}

TEST_F(WorkerSourceTest, ShortPartsGiveAWorkerASecond) {
  options_.media.part = 200 * kMillisecond;
  begin();
  time_.advance(kSecond - 1);
  source_.tick(time_.utc());
  EXPECT_FALSE(worker().killed);
  time_.advance(1);
  source_.tick(time_.utc());
  EXPECT_TRUE(worker().killed);
}

// A machine that is overloaded for seconds is no reason to kill what runs on it: that is more load.
// 600 requests before it made a worker wait for 27 s, be killed as hanging, and wait again at the end of the queue.
TEST_F(WorkerSourceTest, TimeInTheQueueIsNoHangAndNoLife) {
  spawner_.queues = true;
  spawner_.pid = 0;
  begin();
  for (int i = 0; i < 400; ++i) {
    time_.advance(100 * kMillisecond);
    source_.tick(time_.utc());
  }
  EXPECT_EQ(source_.counters().hangs, 0U);
  EXPECT_EQ(workers(), 1U);
  worker().start();
  time_.advance(kSecond);
  source_.tick(time_.utc());
  EXPECT_EQ(source_.counters().hangs, 0U) << "its time begins now";
  worker().die();
  time_.advance(0);
  worker().start();
  worker().die();
  time_.advance(0);
  EXPECT_EQ(workers(), 2U) << "40 s in a queue were no healthy life: the second death in a row has its pause";
}

TEST_F(WorkerSourceTest, AFeedThatBeginsIsKeptForAWorkerThatWaits) {
  spawner_.queues = true;
  begin();
  feed_.rtmp(Role::kKeyFrame, "k");
  EXPECT_EQ(worker().trace(), "rtmp 9:k");
  EXPECT_FALSE(spawner_.newest().order.replacement);
  EXPECT_EQ(spawner_.newest().order.group, "127.0.0.1");
}

TEST_F(WorkerSourceTest, AChannelThatTheConfigurationNamesHasATurnOfItsOwn) {
  options_.declared = true;
  begin();
  EXPECT_EQ(spawner_.newest().order.group, "match");
}

TEST_F(WorkerSourceTest, TheLogGoesOnWhileAReplacementWaits) {
  begin();
  worker().say({sound(), part_at(time_.utc(), 0)});
  spawner_.queues = true;
  worker().die();
  time_.advance(0);
  ASSERT_EQ(workers(), 2U);
  EXPECT_TRUE(spawner_.newest().order.replacement);
  const std::int64_t end = position_.renditions[0].end;
  source_.tick(time_.utc() + 5 * kSecond);
  EXPECT_GT(position_.renditions[0].end, end + 48'000);
  EXPECT_EQ(worker().trace(), "") << "it gets the position of the log when it starts";
  worker().start();
  const auto resume = record::parse_position(std::get<feed::Resume>(worker().heard.at(0).message).position.view());
  EXPECT_EQ(resume->renditions[0].end, position_.renditions[0].end);
  const std::size_t records = log_.size();
  source_.tick(time_.utc() + 10 * kSecond);
  EXPECT_EQ(log_.size(), records) << "the worker writes now, and nobody beside it";
}

TEST_F(WorkerSourceTest, AWorkerThatStillWaitsIsWithdrawnWhenTheLogEnds) {
  spawner_.queues = true;
  begin();
  source_.finish();
  EXPECT_TRUE(worker().gone);
  EXPECT_EQ(ends_, 1);
  source_.start(position_);
  EXPECT_EQ(workers(), 2U);
  source_.abort("out of time");
  EXPECT_TRUE(worker().gone);
  EXPECT_EQ(ends_, 2);
}

TEST_F(WorkerSourceTest, AWorkerWhoseEndWasToldAndNotSeenIsGivenUp) {
  spawner_.pid = 0;
  begin();
  time_.advance(1500 * kMillisecond);
  source_.tick(time_.utc());
  EXPECT_EQ(source_.counters().hangs, 1U);
  EXPECT_EQ(source_.counters().restarts, 1U);
  time_.advance(0);
  EXPECT_EQ(workers(), 2U);
}

TEST_F(WorkerSourceTest, RecordsThatMakeNoSenseEndTheirWorker) {
  begin();
  worker().say({sound()});
  worker().records->on_read(base::view_of("this is not a record, and is long enough to be seen as none"));
  EXPECT_TRUE(worker().killed);
  EXPECT_EQ(source_.counters().record_errors, 1U);
  EXPECT_EQ(log_.size(), 1U);
  worker().die();
  time_.advance(0);
  worker().say({part_at(time_.utc(), 0)});  // the next one's records are read from their beginning
  EXPECT_EQ(log_.size(), 2U);
}

TEST_F(WorkerSourceTest, APartsBytesMayLieInTheWorkersFile) {
  begin();
  record::Part part = part_at(time_.utc(), 0);
  part.data = base::Bytes::copy_of("media of this part");
  worker().media[262'144] = part.data;
  worker().say({sound()});
  worker().say_at(part, 262'144);
  ASSERT_EQ(log_.size(), 2U);
  EXPECT_EQ(std::get<record::Part>(log_.back()).data.data(), part.data.data()) << "not copied";
  worker().say_at(part, 4'096);
  EXPECT_TRUE(worker().killed) << "a place that nothing was written to";
  EXPECT_EQ(source_.counters().record_errors, 1U);
}

TEST_F(WorkerSourceTest, FinishesThroughItsWorker) {
  begin();
  record::Presentation presentation = sound();
  presentation.renditions[0].held = base::Bytes::copy_of("silence");
  presentation.renditions[0].held_ticks = 1024;
  worker().say({presentation, part_at(time_.utc(), 0)});
  source_.finish();
  source_.finish();
  EXPECT_EQ(worker().trace(), "rtmp finish");
  EXPECT_EQ(ends_, 0);
  worker().say({record::Closing{}, part_at(time_.utc(), 1)});
  worker().die();
  EXPECT_EQ(count<record::Closing>(), 1U);
  EXPECT_EQ(count<record::Part>(), 2U);
  expect_end_after_a_second();
  // One short segment more comes with the end: video.js ends only with an append that follows EXT-X-ENDLIST.
  EXPECT_EQ(count<record::Part>(), 3U);
  EXPECT_TRUE(std::holds_alternative<record::SegmentEnd>(log_[log_.size() - 2]));
}

TEST_F(WorkerSourceTest, AWorkerThatDiesInsteadOfFinishingLeavesALogThatEnds) {
  begin();
  worker().say({sound(), part_at(time_.utc(), 0)});
  source_.finish();
  worker().die();
  EXPECT_EQ(count<record::Closing>(), 1U);
  EXPECT_EQ(count<record::SegmentEnd>(), 1U);
  expect_end_after_a_second();
  time_.advance(10 * kSecond);
  EXPECT_EQ(workers(), 1U);
}

TEST_F(WorkerSourceTest, FinishesWithoutAWorkerToo) {
  begin();
  worker().say({sound(), part_at(time_.utc(), 0)});
  expect_respawn_after(0);
  worker().die();
  source_.finish();
  expect_end_after_a_second();
  time_.advance(10 * kSecond);
  EXPECT_EQ(workers(), 2U);  // none is started for a log that has ended
}

TEST_F(WorkerSourceTest, AbortEndsTheLogWithinTheCall) {
  begin();
  worker().say({sound(), part_at(time_.utc(), 0)});
  source_.finish();
  source_.abort("out of time");
  EXPECT_TRUE(worker().killed);
  EXPECT_EQ(ends_, 1);
  EXPECT_EQ(count<record::End>(), 1U);
  source_.abort("again");
  EXPECT_EQ(ends_, 1);
}

TEST_F(WorkerSourceTest, AbortDoesNotWaitForPlayersEither) {
  begin();
  worker().say({sound(), part_at(time_.utc(), 0)});
  source_.finish();
  worker().die();
  EXPECT_EQ(ends_, 0);
  source_.abort("out of time");
  EXPECT_EQ(ends_, 1);
  time_.advance(10 * kSecond);
  EXPECT_EQ(ends_, 1);
  EXPECT_EQ(count<record::End>(), 1U);
}

TEST_F(WorkerSourceTest, StartsAgainAfterItsEndWithoutTheOldLog) {
  begin();
  worker().say({sound(), part_at(time_.utc(), 0)});
  expect_respawn_after(0);
  expect_respawn_after(500 * kMillisecond);
  source_.finish();
  worker().die();
  time_.advance(kSecond);
  source_.start(position_);
  ASSERT_EQ(workers(), 4U);
  EXPECT_EQ(worker().trace(), "rtmp");
  expect_respawn_after(0);  // a new log, a new row of deaths
}

TEST_F(WorkerSourceTest, WhatWasNeverStartedNeitherFinishesNorAborts) {
  source_.finish();
  source_.abort("nothing");
  source_.tick(time_.utc());
  time_.advance(10 * kSecond);
  EXPECT_EQ(ends_, 0);
  EXPECT_EQ(workers(), 0U);
}

TEST_F(WorkerSourceTest, FinishesAtOnceWhereNothingWasEverLogged) {
  begin();
  worker().die();
  source_.finish();
  EXPECT_EQ(ends_, 1);
  EXPECT_EQ(count<record::End>(), 0U) << "there is nothing to end";
  time_.advance(10 * kSecond);
  EXPECT_EQ(workers(), 1U);
}

TEST_F(WorkerSourceTest, ANewSettingTakesEffectWithTheNextWorker) {
  begin();
  EXPECT_EQ(worker().options.segment, 2 * kSecond);
  options_.media.segment = 4 * kSecond;
  expect_respawn_after(0);
  EXPECT_EQ(worker().options.segment, 4 * kSecond);
  EXPECT_EQ(worker().options.channel, "match");
}

TEST_F(WorkerSourceTest, TellsItsWorkerOnceOfASlateAndOnceOfItsEnd) {
  begin();
  source_.show_slate("");
  source_.show_slate("");
  source_.show_slate("at once");
  source_.show_slate("at once");
  source_.show_slate(std::nullopt);
  source_.show_slate(std::nullopt);
  EXPECT_EQ(worker().trace(), "rtmp slate slate(at once) no-slate");
}

TEST_F(WorkerSourceTest, TellsItsWorkersOfOverlays) {
  begin();
  source_.show_overlay({true, {.id = "a"}});
  source_.show_overlay({true, {.id = "b"}});
  source_.show_overlay({false, {.id = "a"}});
  EXPECT_EQ(worker().trace(), "rtmp overlay a overlay b no-overlay a");
  worker().say({sound()});
  worker().die();
  time_.advance(0);
  ASSERT_EQ(workers(), 2U);
  EXPECT_EQ(worker().trace().substr(0, 14), "overlay b rtmp") << "before its feed";
}

TEST_F(WorkerSourceTest, TellsEachLaterWorkerOfTheSlateBeforeItsFeed) {
  begin();
  worker().say({sound()});
  source_.show_slate("back");
  worker().die();
  time_.advance(0);
  ASSERT_EQ(workers(), 2U);
  EXPECT_EQ(worker().trace().substr(0, 16), "slate(back) rtmp");
}

TEST_F(WorkerSourceTest, TellsItsWorkerAndEachLaterOneHowMuchToSave) {
  begin();
  source_.set_economy(0);
  source_.set_economy(2);
  source_.set_economy(2);
  EXPECT_EQ(worker().trace(), "rtmp economy 2");
  worker().say({sound()});
  worker().die();
  source_.set_economy(3);
  time_.advance(0);
  ASSERT_EQ(workers(), 2U);
  EXPECT_EQ(worker().trace().substr(0, 14), "economy 3 rtmp");
  source_.set_economy(0);
  EXPECT_EQ(worker().trace(), "economy 3 rtmp economy 0");
}

TEST_F(WorkerSourceTest, TellsTheLoadOfALadderThatHasSomethingToSave) {
  begin();
  EXPECT_FALSE(source_.load().has_value());
  worker().stats.economy_most = 4;
  worker().stats.overdue_us = 120'000;
  worker().stats.lost_pictures = 7;
  ASSERT_TRUE(source_.load().has_value());
  EXPECT_EQ(source_.load()->lag, 120 * kMillisecond);
  EXPECT_EQ(source_.load()->lost, 7U);
  worker().die();
  EXPECT_FALSE(source_.load().has_value());
}

TEST_F(WorkerSourceTest, TheWorkerOfALowPriorityAsksForLessCpu) {
  begin();
  EXPECT_EQ(worker().options.nice, 0);
  options_.priority = govern::Priority::kLow;
  expect_respawn_after(0);
  EXPECT_EQ(worker().options.nice, 5);
}

}  // namespace
}  // namespace channel
