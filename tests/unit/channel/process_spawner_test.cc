#include "channel/process_spawner.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <functional>
#include <vector>

namespace channel {
namespace {

using base::kMillisecond;
using base::kSecond;

/// Counts the workers whose record pipe has ended.
class Ends final : public loop::StreamHandler {
 public:
  void on_read(base::View) override {}
  void on_end(const std::optional<base::Error>&) override { ++count; }
  int count = 0;
};

class ProcessSpawnerTest : public testing::Test {
 protected:
  void SetUp() override {
    auto made = ProcessSpawner::make(loop_, {FORKING_PARENT, 50 * kMillisecond, 10 * kMillisecond});
    ASSERT_TRUE(made.ok());
    spawner_ = made.take();
  }
  /// A worker of a channel that begins, or has viewers.
  Worker& spawn(const std::string& group = "192.0.2.1", bool replacement = false) {
    workers_.push_back(spawner_->spawn({}, {replacement, group}).take());
    workers_.back()->read_records(ends_);
    return *workers_.back();
  }
  void stop_parent() { ASSERT_EQ(::kill(spawner_->parent_pid(), SIGSTOP), 0); }
  bool settle(const std::function<bool()>& done) {
    const base::Micros limit = clock_.steady() + 20 * kSecond;
    loop::Timer timer(loop_, [&] {
      if (done() || clock_.steady() > limit) loop_.stop();
    });
    timer.start(0, 2 * kMillisecond);
    loop_.run();
    return done();
  }

  const base::SystemClock clock_;
  loop::Loop loop_;
  Ends ends_;
  std::unique_ptr<ProcessSpawner> spawner_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

TEST_F(ProcessSpawnerTest, StartsAWorkerAndTellsOfIt) {
  Worker& worker = spawn();
  EXPECT_FALSE(worker.started());
  bool started = false;
  worker.on_start([&] { started = true; });
  EXPECT_TRUE(settle([&] { return worker.started(); }));
  EXPECT_TRUE(started);
  EXPECT_GT(worker.pid(), 0);
  EXPECT_EQ(::kill(worker.pid(), 0), 0);
  EXPECT_EQ(spawner_->waiting(), 0U);
}

TEST_F(ProcessSpawnerTest, AParentThatIsStoppedIsReplacedAndWhatRunsGoesOn) {
  Worker& live = spawn();
  ASSERT_TRUE(settle([&] { return live.started(); }));
  const int first = spawner_->parent_pid();
  stop_parent();
  for (int i = 0; i < 5; ++i) spawn();
  Worker& waiting = *workers_.back();
  EXPECT_EQ(spawner_->waiting(), 3U) << "two are on their way, and lost with the parent";
  EXPECT_TRUE(settle([&] { return waiting.started() && ends_.count == 2; }));
  EXPECT_NE(spawner_->parent_pid(), first);
  EXPECT_EQ(spawner_->parent_restarts(), 1U);
  EXPECT_EQ(::kill(live.pid(), 0), 0) << "live channels continue";
}

TEST_F(ProcessSpawnerTest, AParentThatDiesIsReplaced) {
  ::kill(spawner_->parent_pid(), SIGKILL);
  Worker& worker = spawn();
  EXPECT_TRUE(settle([&] { return worker.started() || ends_.count == 1; }));
  Worker& next = spawn();
  EXPECT_TRUE(settle([&] { return next.started(); }));
  EXPECT_EQ(spawner_->parent_restarts(), 1U);
}

TEST_F(ProcessSpawnerTest, ARequestThatNobodyWantsAnyMoreIsWithdrawn) {
  stop_parent();
  for (int i = 0; i < 100; ++i) spawn();
  EXPECT_EQ(spawner_->waiting(), 98U);
  workers_.clear();
  EXPECT_EQ(spawner_->waiting(), 0U);
  Worker& wanted = spawn("192.0.2.2");
  ::kill(spawner_->parent_pid(), SIGCONT);
  EXPECT_TRUE(settle([&] { return wanted.started(); }));
}

TEST_F(ProcessSpawnerTest, AReplacementGoesBeforeChannelsThatBegin) {
  stop_parent();
  for (int i = 0; i < 50; ++i) spawn();
  Worker& replacement = spawn("192.0.2.1", true);
  Worker& other = spawn("192.0.2.2");
  const auto started = [&] {
    return std::count_if(workers_.begin(), workers_.end(), [](const auto& worker) { return worker->started(); });
  };
  std::int64_t before_replacement = -1;
  std::int64_t before_other = -1;
  replacement.on_start([&] { before_replacement = started() - 1; });
  other.on_start([&] { before_other = started() - 1; });
  ::kill(spawner_->parent_pid(), SIGCONT);
  EXPECT_TRUE(settle([&] { return replacement.started() && other.started(); }));
  EXPECT_LE(before_replacement, 2) << "the two that were on their way";
  EXPECT_LE(before_other, 4) << "and one of the address with fifty";
}

TEST_F(ProcessSpawnerTest, WithTooManyWaitingAChannelThatBeginsHasToTryAgain) {
  stop_parent();
  for (std::size_t i = 0; i < SpawnQueue::kMost + 2; ++i) spawn();
  EXPECT_FALSE(spawner_->spawn({}, {false, "192.0.2.2"}).ok());
  EXPECT_TRUE(spawner_->spawn({}, {true, "192.0.2.2"}).ok());
  EXPECT_EQ(spawner_->waiting(), SpawnQueue::kMost);
}

}  // namespace
}  // namespace channel
