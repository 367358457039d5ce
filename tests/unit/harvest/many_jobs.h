#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/regular_file.h"
#include "harvest/job_list.h"
#include "harvest/jobs.h"
#include "unit/upload/journals.h"

namespace harvest::testing {

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
  /// Ends the run before, if there is one, in order, and begins another.
  void start(Jobs::Options options = {}) {
    options.journal = journals_;
    options.root = root();
    if (keeps_) options.state = state();
    options.on_end = [this](const Report& report) { ends_.add(report); };
    if (options.least_free == Jobs::Options{}.least_free) options.least_free = 0;
    jobs_ = nullptr;
    if (options.saved.empty() && keeps_) options.saved = kept();
    jobs_ = std::make_unique<Jobs>(std::move(options), clock_);
  }
  std::string state() const { return scratch_.path() + "/jobs"; }
  std::string root() const { return scratch_.path() + "/harvest"; }
  /// What a run would leave if it were killed now.
  std::deque<Report> kept() const {
    auto jobs = parse_jobs(base::read_regular_file(state()).ok() ? *base::read_regular_file(state()) : "");
    return jobs.ok() ? jobs.take() : std::deque<Report>();
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

  bool keeps_ = false;  ///< the list of jobs
  ScratchDirectory scratch_;
  const std::string journals_ = scratch_.path() + "/journal";
  Journal journal_;
  std::shared_ptr<StepClock> clock_ = std::make_shared<StepClock>();
  Ends ends_;
  std::unique_ptr<Jobs> jobs_;
};

}  // namespace harvest::testing
