#include "worker_source_fixture.h"

// Workers that die, hang, or cannot be started.

namespace channel {
namespace {

TEST_F(WorkerSourceTest, ALostWorkerIsReplacedAtOnceAndEverLaterInACrashLoop) {
  begin();
  for (const base::Micros pause : {base::Micros{0}, 500 * kMillisecond, kSecond, 2 * kSecond, 4 * kSecond, 8 * kSecond,
                                   8 * kSecond, 8 * kSecond}) {
    expect_respawn_after(pause);
  }
  EXPECT_EQ(source_.counters().restarts, 8U);
  EXPECT_EQ(source_.counters().starts, 9U);
}

TEST_F(WorkerSourceTest, AWorkerThatLivedLongerThanThirtySecondsIsNoCrashLoop) {
  begin();
  expect_respawn_after(0);
  expect_respawn_after(500 * kMillisecond);
  time_.advance(30 * kSecond);
  expect_respawn_after(kSecond);
  time_.advance(30 * kSecond + 1);
  expect_respawn_after(0);
  expect_respawn_after(500 * kMillisecond);
}

TEST_F(WorkerSourceTest, AWorkerThatCannotStartIsTriedAgainEverySecond) {
  spawner_.failing = true;
  begin();
  EXPECT_EQ(source_.counters().spawn_failures, 1U);
  time_.advance(kSecond - 1);
  EXPECT_EQ(source_.counters().spawn_failures, 1U);
  time_.advance(1);
  EXPECT_EQ(source_.counters().spawn_failures, 2U);
  spawner_.failing = false;
  source_.start(position_);  // a publisher that comes meanwhile does not hurry it
  EXPECT_EQ(workers(), 0U);
  time_.advance(kSecond);
  EXPECT_EQ(workers(), 1U);
  EXPECT_EQ(worker().trace(), "rtmp");
}

TEST_F(WorkerSourceTest, AWorkerWithoutAHeartbeatForThreePartsIsKilled) {
  options_.media.part = 500 * kMillisecond;
  begin();
  time_.advance(10 * kSecond);
  worker().beat();
  source_.tick(time_.utc());
  time_.advance(1500 * kMillisecond - 1);
  source_.tick(time_.utc());
  EXPECT_FALSE(worker().killed);
  time_.advance(1);
  source_.tick(time_.utc());
  EXPECT_TRUE(worker().killed);
  EXPECT_EQ(source_.counters().hangs, 1U);
  EXPECT_EQ(source_.counters().restarts, 0U);  // until its pipe ends
  worker().die();
  EXPECT_EQ(source_.counters().restarts, 1U);
}

TEST_F(WorkerSourceTest, AWorkerThatWaitsForACpuDoesNotHang) {
  begin();
  worker().beat();
  source_.tick(time_.utc());
  worker().cpu_wait = 100 * kSecond;  // of earlier: counts for nothing
  for (int i = 0; i < 50; ++i) {
    time_.advance(100 * kMillisecond);
    source_.tick(time_.utc());
    worker().cpu_wait += 90 * kMillisecond;
  }
  EXPECT_FALSE(worker().killed);
  for (int i = 0; i < 12; ++i) {
    time_.advance(100 * kMillisecond);
    source_.tick(time_.utc());
  }
  EXPECT_TRUE(worker().killed) << "it has had a CPU, and nothing came of it";
}

/// It is read from a file of the kernel's, once a worker and tick.
TEST_F(WorkerSourceTest, TheWaitForACpuIsNotAskedForWhileTheHeartbeatIsNearlyInTime) {
  begin();
  for (int i = 0; i < 20; ++i) {
    time_.advance(100 * kMillisecond);
    source_.tick(time_.utc());
    if (i % 2 == 1) worker().beat();
  }
  EXPECT_EQ(worker().cpu_wait_asked, 0);
  for (int i = 0; i < 5; ++i) {
    time_.advance(100 * kMillisecond);
    source_.tick(time_.utc());
  }
  EXPECT_GT(worker().cpu_wait_asked, 0);
}

TEST_F(WorkerSourceTest, AHeartbeatOfAnyKindKeepsAWorker) {
  begin();
  for (int i = 0; i < 20; ++i) {
    worker().beat();
    time_.advance(1400 * kMillisecond);
    source_.tick(time_.utc());
  }
  EXPECT_FALSE(worker().killed);
}

TEST_F(WorkerSourceTest, AWorkerThatStaysAfterItWasKilledIsKilledAgainAfterAnotherLimit) {
  options_.media.part = 500 * kMillisecond;
  begin();
  time_.advance(1500 * kMillisecond);
  source_.tick(time_.utc());
  EXPECT_EQ(source_.counters().hangs, 1U);
  time_.advance(1500 * kMillisecond - 1);
  source_.tick(time_.utc());
  EXPECT_EQ(source_.counters().hangs, 1U);
  time_.advance(1);
  source_.tick(time_.utc());
  EXPECT_EQ(source_.counters().hangs, 2U);
}

TEST_F(WorkerSourceTest, ANewWorkersHeartbeatIsItsOwn) {
  begin();
  for (int i = 0; i < 5; ++i) worker().beat();
  source_.tick(time_.utc());
  time_.advance(10 * kSecond);
  worker().die();
  time_.advance(0);
  // As many turns as the one before had: were that remembered it would count as none.
  for (int i = 0; i < 5; ++i) worker().beat();
  time_.advance(kSecond);
  source_.tick(time_.utc());
  time_.advance(kSecond);
  source_.tick(time_.utc());
  EXPECT_FALSE(worker().killed);
}

TEST_F(WorkerSourceTest, WorkersThatDieBeforeTheyStartedAreStartedEverLater) {
  begin();
  worker().say({sound(), part_at(time_.utc(), 0)});
  time_.advance(31 * kSecond);
  spawner_.queues = true;
  // The log goes on, so that none of them is attached before it has started: what counts is when it was asked for.
  expect_respawn_after(0);
  for (const base::Micros pause : {500 * kMillisecond, kSecond, 2 * kSecond, 4 * kSecond, 8 * kSecond, 8 * kSecond})
    expect_respawn_after(pause);
}

TEST_F(WorkerSourceTest, AWorkerThatLivedLongAndDiedIsOneDeath) {
  begin();
  for (int round = 0; round < 2; ++round) {
    time_.advance(31 * kSecond);
    expect_respawn_after(0);
    EXPECT_EQ(events_.of("worker.lost").back(), "worker.lost match reason=ended pid=7 pause_ms=0 deaths_in_a_row=1");
  }
  expect_respawn_after(500 * kMillisecond);
}

TEST_F(WorkerSourceTest, ANewWorkersWaitForACpuIsItsOwn) {
  begin();
  worker().cpu_wait = 100 * kSecond;
  time_.advance(100 * kMillisecond);
  source_.tick(time_.utc());  // the first heartbeat is missed
  expect_respawn_after(0);
  for (int i = 0; i < 50; ++i) {
    time_.advance(100 * kMillisecond);
    source_.tick(time_.utc());
    worker().cpu_wait += 90 * kMillisecond;
  }
  EXPECT_FALSE(worker().killed);
}

TEST_F(WorkerSourceTest, APublisherThatComesDuringAPauseDoesNotHurryTheNextWorker) {
  begin();
  expect_respawn_after(0);
  worker().die();
  source_.start(position_);
  EXPECT_EQ(workers(), 2U);
  time_.advance(500 * kMillisecond);
  EXPECT_EQ(workers(), 3U);
}

}  // namespace
}  // namespace channel
