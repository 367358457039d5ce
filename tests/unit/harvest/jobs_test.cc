#include "harvest/jobs.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "unit/upload/journals.h"

namespace harvest {
namespace {

using upload::testing::Journal;
using upload::testing::kFirst;
using upload::testing::ScratchDirectory;
using upload::testing::StepClock;

/// Collects the ends of jobs, and holds the thread that tells them while it is told to.
class Ends {
 public:
  void add(const Report& report) {
    std::unique_lock lock(mutex_);
    ends_.push_back(std::to_string(report.id) + " " + std::string(to_string(report.state)));
    wake_.notify_all();
    if (std::this_thread::get_id() != test_) wake_.wait_for(lock, kPatience, [this] { return !held_; });
  }
  std::vector<std::string> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, kPatience, [&] { return ends_.size() >= count; });
    return ends_;
  }
  void hold(bool held) {
    const std::lock_guard lock(mutex_);
    held_ = held;
    wake_.notify_all();
  }

 private:
  static constexpr std::chrono::seconds kPatience{60};
  const std::thread::id test_ = std::this_thread::get_id();
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::string> ends_;
  bool held_ = false;
};

class ManyJobs : public ::testing::Test {
 protected:
  ManyJobs() : journal_(journals() + "/match") {
    journal_.begin(0, false, kFirst - 1);
    journal_.segments(kFirst, kFirst + 4);
    start();
  }
  ~ManyJobs() override { ends_.hold(false); }

  const std::string& journals() {
    std::filesystem::create_directory(journals_);
    return journals_;
  }
  void start(Jobs::Options options = {}) {
    options.journal = journals_;
    options.root = scratch_.path() + "/harvest";
    options.on_end = [this](const Report& report) { ends_.add(report); };
    if (options.least_free == Jobs::Options{}.least_free) options.least_free = 0;
    jobs_ = nullptr;
    jobs_ = std::make_unique<Jobs>(std::move(options), clock_);
  }
  Order order(const std::string& name, Place place = Place::kDisk) const {
    return {.channel = "match",
            .from = kFirst * 2 * base::kSecond,
            .to = (kFirst + 4) * 2 * base::kSecond,
            .destination = {place, name}};
  }
  std::uint64_t begin(const std::string& name) {
    const auto started = jobs_->start(order(name));
    const auto* report = std::get_if<Report>(&started);
    return report == nullptr ? 0 : report->id;
  }
  Jobs::Refusal refusal(Order order) {
    const auto started = jobs_->start(std::move(order));
    const auto* refusal = std::get_if<Jobs::Refusal>(&started);
    EXPECT_NE(refusal, nullptr);
    return refusal == nullptr ? Jobs::Refusal::kTooMany : *refusal;
  }

  /// Until a job has begun to write.
  void wait_for_bytes(std::uint64_t id) const {
    for (;;) {
      const auto report = jobs_->report(id);
      if (!report || report->bytes > 0 || over(report->state)) return;
      std::this_thread::yield();
    }
  }

  ScratchDirectory scratch_;
  const std::string journals_ = scratch_.path() + "/journal";
  Journal journal_;
  StepClock clock_;
  Ends ends_;
  std::unique_ptr<Jobs> jobs_;
};

TEST_F(ManyJobs, AJobIsDoneAndToldWithWhatCameOfIt) {
  const std::uint64_t id = begin("half");
  EXPECT_EQ(ends_.wait_for(1), std::vector<std::string>{std::to_string(id) + " done"});
  const auto report = jobs_->report(id);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->state, State::kDone);
  EXPECT_EQ(report->totals.segments, 4U);
  EXPECT_GT(report->bytes, report->totals.bytes);
  EXPECT_EQ(report->location, scratch_.path() + "/harvest/match/half/index.m3u8");
  EXPECT_TRUE(std::filesystem::exists(report->location));
  EXPECT_EQ(report->began, clock_.utc());
  EXPECT_EQ(report->ended, clock_.utc());
}

TEST_F(ManyJobs, NumbersGrowAlsoOverARestart) {
  const std::uint64_t first = begin("a");
  EXPECT_EQ(begin("b"), first + 1);
  ends_.wait_for(2);
  clock_.now += 5 * base::kSecond;
  start();
  EXPECT_EQ(begin("c"), first + 5);
}

TEST_F(ManyJobs, AJobThatFailsSaysWhy) {
  begin("half");
  const std::uint64_t again = begin("half");
  EXPECT_EQ(ends_.wait_for(2).back(), std::to_string(again) + " failed");
  EXPECT_EQ(jobs_->report(again)->why.code, base::Code::kBusy);
}

TEST_F(ManyJobs, OneRunsAndAFewWait) {
  ends_.hold(true);
  const std::uint64_t first = begin("a");
  ends_.wait_for(1);  // its thread tells, and takes no other
  std::vector<std::uint64_t> waiting;
  for (std::size_t i = 0; i < Jobs::kMostWaiting; ++i) waiting.push_back(begin("b" + std::to_string(i)));
  EXPECT_EQ(refusal(order("c")), Jobs::Refusal::kTooMany);
  EXPECT_EQ(jobs_->reports().size(), Jobs::kMostWaiting + 1);
  EXPECT_EQ(jobs_->reports().front().id, waiting.back());
  EXPECT_EQ(jobs_->reports().back().id, first);
  EXPECT_EQ(jobs_->report(waiting.front())->state, State::kWaiting);
  ends_.hold(false);
  EXPECT_EQ(ends_.wait_for(Jobs::kMostWaiting + 1).back(), std::to_string(waiting.back()) + " done");
}

TEST_F(ManyJobs, OneThatWaitsIsCanceledAtOnce) {
  ends_.hold(true);
  begin("a");
  ends_.wait_for(1);
  const std::uint64_t second = begin("b");
  EXPECT_EQ(jobs_->cancel(second), Jobs::Cancel::kDone);
  EXPECT_EQ(jobs_->report(second)->state, State::kCanceled);
  EXPECT_EQ(ends_.wait_for(2).back(), std::to_string(second) + " canceled");
  EXPECT_EQ(jobs_->cancel(second), Jobs::Cancel::kOver);
  EXPECT_EQ(jobs_->cancel(1), Jobs::Cancel::kNoJob);
  ends_.hold(false);
  begin("c");
  ends_.wait_for(3);
  EXPECT_FALSE(std::filesystem::exists(scratch_.path() + "/harvest/match/b"));
}

TEST_F(ManyJobs, OneThatRunsIsCanceledSoonAndLeavesNothing) {
  start({.rate = 1});  // a segment takes 20 s
  const std::uint64_t id = begin("a");
  wait_for_bytes(id);
  EXPECT_EQ(jobs_->report(id)->state, State::kRunning);
  EXPECT_EQ(jobs_->cancel(id), Jobs::Cancel::kDone);
  EXPECT_EQ(ends_.wait_for(1).back(), std::to_string(id) + " canceled");
  EXPECT_TRUE(std::filesystem::is_empty(scratch_.path() + "/harvest/match"));
}

TEST_F(ManyJobs, TheEndOfTheServerCancelsTheOneThatRuns) {
  start({.rate = 1});
  const std::uint64_t id = begin("a");
  wait_for_bytes(id);
  jobs_ = nullptr;
  EXPECT_EQ(ends_.wait_for(1).back(), std::to_string(id) + " canceled");
}

TEST_F(ManyJobs, ADiskThatIsNearlyFullIsLeftToTheJournal) {
  start({.least_free = std::uint64_t{1} << 60});
  const std::uint64_t id = begin("a");
  EXPECT_EQ(ends_.wait_for(1).back(), std::to_string(id) + " failed");
  EXPECT_TRUE(jobs_->report(id)->why.what.starts_with("the disk is nearly full")) << jobs_->report(id)->why.what;
}

TEST_F(ManyJobs, RefusesWhatCannotBe) {
  Order elsewhere = order("a");
  elsewhere.channel = "../match";
  EXPECT_EQ(refusal(elsewhere), Jobs::Refusal::kNoChannel);
  EXPECT_EQ(refusal(order("a", Place::kS3)), Jobs::Refusal::kNoBucket);
  EXPECT_TRUE(jobs_->reports().empty());
}

TEST_F(ManyJobs, ABucketThatCannotBeReachedFailsTheJob) {
  Jobs::Target target;
  target.address = *s3::parse_address("s3://edge/live", "http://127.0.0.1:1", "r");
  target.credentials.source = s3::Source::kEnvironment;
  target.credentials.variable = [](const char*) { return std::optional<std::string>("x"); };
  start({.targets = {{"*", target}, {"other", std::nullopt}}});
  Order other = order("a", Place::kS3);
  other.channel = "other";
  EXPECT_EQ(refusal(other), Jobs::Refusal::kNoBucket);
  const auto started = jobs_->start(order("a", Place::kS3));
  ASSERT_TRUE(std::holds_alternative<Report>(started));
  EXPECT_EQ(std::get<Report>(started).location, "s3://edge/live/match/vod/a/index.m3u8");
  EXPECT_TRUE(ends_.wait_for(1).back().ends_with(" failed"));
}

TEST_F(ManyJobs, RemembersTheNewestThatAreOver) {
  ends_.hold(true);
  const std::uint64_t first = begin("a");
  ends_.wait_for(1);
  ends_.hold(false);
  std::uint64_t last = first;
  for (std::size_t i = 0; i < Jobs::kMostKept; ++i) {
    last = begin("b" + std::to_string(i));
    ends_.wait_for(i + 2);
  }
  EXPECT_EQ(jobs_->reports().size(), Jobs::kMostKept);
  EXPECT_FALSE(jobs_->report(first));
  EXPECT_TRUE(jobs_->report(last));
}

}  // namespace
}  // namespace harvest
