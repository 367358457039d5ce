#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "unit/harvest/many_jobs.h"

namespace harvest {
namespace {

using testing::ManyJobs;
using upload::testing::kFirst;

class JobsOverARestart : public ManyJobs {
 protected:
  JobsOverARestart() {
    keeps_ = true;
    start();
  }
  /// A job as a run has noted it that was killed while the job ran.
  Report killed(const std::string& name, int starts = 1) const {
    Report job;
    job.id = 7;
    job.order = order(name);
    job.state = State::kRunning;
    job.ordered = job.began = 5;
    job.bytes = 1000;
    job.location = root() + "/match/" + name + "/index.m3u8";
    job.progress.starts = starts;
    return job;
  }
  std::string path(const std::string& rest) const { return root() + "/match/" + rest; }
};

TEST_F(JobsOverARestart, OneThatIsOverKeepsItsAnswer) {
  const std::uint64_t id = begin("half");
  const std::uint64_t failed = begin("half");
  ends_.wait_for(2);
  const Report before = *jobs_->report(id);
  start();
  ASSERT_EQ(jobs_->reports().size(), 2U);
  const Report after = *jobs_->report(id);
  EXPECT_EQ(after.state, State::kDone);
  EXPECT_EQ(after.totals.segments, before.totals.segments);
  EXPECT_EQ(after.totals.bytes, before.totals.bytes);
  EXPECT_EQ(after.bytes, before.bytes);
  EXPECT_EQ(after.ended, before.ended);
  EXPECT_EQ(after.location, before.location);
  EXPECT_EQ(jobs_->report(failed)->state, State::kFailed);
  EXPECT_EQ(jobs_->report(failed)->why.code, base::Code::kBusy);
  EXPECT_EQ(jobs_->counters().over[static_cast<std::size_t>(State::kDone)], 0U) << "counters are of this run";
}

TEST_F(JobsOverARestart, TheOneThatRunsAndThoseThatWaitGoOn) {
  start({.rate = 1});  // a segment takes 20 s
  const std::uint64_t first = begin("a");
  wait_for_bytes(first);
  const std::uint64_t second = begin("b");
  const std::uint64_t gone = begin("c");
  EXPECT_EQ(jobs_->cancel(gone), Jobs::Cancel::kDone);
  start();
  EXPECT_EQ(ends_.wait_for(3),
            (std::vector<std::string>{std::to_string(gone) + " canceled", std::to_string(first) + " done",
                                      std::to_string(second) + " done"}));
  EXPECT_EQ(jobs_->report(first)->state, State::kDone);
  EXPECT_EQ(jobs_->report(first)->totals.segments, 4U);
  EXPECT_TRUE(std::filesystem::exists(path("a/index.m3u8")));
  EXPECT_FALSE(std::filesystem::exists(path("c")));
}

TEST_F(JobsOverARestart, AnOrderlyEndIsNoCrash) {
  start({.rate = 1});
  const std::uint64_t id = begin("a");
  for (int i = 0; i <= Jobs::kMostStarts; ++i) {
    wait_for_bytes(id);
    start({.rate = 1});
  }
  start();
  EXPECT_EQ(ends_.wait_for(1).back(), std::to_string(id) + " done");
}

TEST_F(JobsOverARestart, TheListIsOnTheDiskBeforeAJobWritesAnything) {
  start({.rate = 1});
  const std::uint64_t id = begin("a");
  wait_for_bytes(id);
  const auto jobs = kept();
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].id, id);
  EXPECT_EQ(jobs[0].state, State::kRunning);
  EXPECT_EQ(jobs[0].progress.starts, 1);
  EXPECT_TRUE(jobs[0].progress.claimed);
  EXPECT_FALSE(jobs[0].progress.made);
}

TEST_F(JobsOverARestart, OneThatWasKilledBeginsAnew) {
  std::filesystem::create_directories(path("a.new/v720"));
  std::ofstream(path("a.new/v720/0.m4s")) << "torn";
  Report job = killed("a");
  job.progress.claimed = true;
  start({.saved = {job}});
  EXPECT_EQ(ends_.wait_for(1).back(), "7 done");
  const Report after = *jobs_->report(7);
  EXPECT_EQ(after.ordered, 5);
  EXPECT_EQ(after.began, clock_->utc());
  EXPECT_GT(after.bytes, after.totals.bytes);
  EXPECT_EQ(after.totals.segments, 4U);
  EXPECT_FALSE(std::filesystem::exists(path("a.new")));
  EXPECT_FALSE(std::filesystem::exists(path("a/v720/0.m4s")));
}

TEST_F(JobsOverARestart, OneThatWasKilledBehindItsLastStepIsDone) {
  std::filesystem::create_directories(path("a"));
  Report job = killed("a");
  job.progress.claimed = true;
  job.progress.made = archive::VodExport::Totals{.segments = 99};
  start({.saved = {job}});
  EXPECT_EQ(ends_.wait_for(1).back(), "7 done");
  EXPECT_EQ(jobs_->report(7)->totals.segments, 99U);
  EXPECT_TRUE(std::filesystem::is_empty(path("a"))) << "nothing was made again";
}

TEST_F(JobsOverARestart, OneThatWasKilledBeforeItClaimedItsPlaceLeavesWhatIsThere) {
  std::filesystem::create_directories(path("a"));
  start({.saved = {killed("a")}});
  EXPECT_EQ(ends_.wait_for(1).back(), "7 failed");
  EXPECT_EQ(jobs_->report(7)->why.code, base::Code::kBusy);
  EXPECT_TRUE(std::filesystem::is_empty(path("a")));
}

TEST_F(JobsOverARestart, OneUnderWhichTheServerEndsAgainAndAgainFails) {
  start({.saved = {killed("a", Jobs::kMostStarts - 1)}});
  EXPECT_EQ(ends_.wait_for(1).back(), "7 done");
  start({.saved = {killed("b", Jobs::kMostStarts)}});
  EXPECT_EQ(ends_.wait_for(2).back(), "7 failed");
  EXPECT_NE(jobs_->report(7)->why.what.find("5 times"), std::string::npos) << jobs_->report(7)->why.what;
  EXPECT_FALSE(std::filesystem::exists(path("b")));
}

TEST_F(JobsOverARestart, OneWhoseChannelIsNoLongerUploadedFails) {
  Report job = killed("a");
  job.order.destination.place = Place::kS3;
  start({.saved = {job}});
  EXPECT_EQ(ends_.wait_for(1).back(), "7 failed");
  EXPECT_EQ(jobs_->report(7)->why.what, "channel match is not uploaded any more");
}

TEST_F(JobsOverARestart, AChannelThatCannotBeIsPassedOver) {
  Report job = killed("a");
  job.order.channel = "../match";
  start({.saved = {job}});
  EXPECT_TRUE(jobs_->reports().empty());
}

TEST_F(JobsOverARestart, NumbersGoOnBehindThoseThatAreKept) {
  Report job = killed("a");
  job.id = 1ULL << 40;
  start({.saved = {job}});
  ends_.wait_for(1);
  EXPECT_EQ(begin("b"), job.id + 1);
}

TEST_F(JobsOverARestart, WithoutAListJobsRunAllTheSame) {
  std::filesystem::create_directory(state() + ".new");  // nothing can be written
  const std::uint64_t id = begin("a");
  EXPECT_EQ(ends_.wait_for(1).back(), std::to_string(id) + " done");
}

TEST_F(JobsOverARestart, ADiskThatHangsKeepsNobodyFromEnding) {
  const std::string list = state() + ".new";
  ASSERT_EQ(mkfifo(list.c_str(), 0600), 0);  // a writer of it waits for a reader
  begin("a");
  jobs_ = nullptr;
  EXPECT_GE(base::DiskThread::left_behind(), 1);
  const int reader = open(list.c_str(), O_RDONLY | O_NONBLOCK);  // now the disk answers
  while (base::DiskThread::left_behind() > 0) std::this_thread::yield();
  close(reader);
  EXPECT_TRUE(ends_.wait_for(0).empty()) << "nobody is told beyond the end";
}

TEST_F(JobsOverARestart, CountersTellOfThisRun) {
  EXPECT_EQ(jobs_->counters().bytes, 0U);
  begin("a");
  begin("a");
  ends_.wait_for(2);
  ends_.hold(true);
  begin("b");
  ends_.wait_for(3);
  const std::uint64_t waits = begin("c");
  EXPECT_EQ(jobs_->counters().waiting, 1U);
  EXPECT_EQ(jobs_->cancel(waits), Jobs::Cancel::kDone);
  const Jobs::Counters counters = jobs_->counters();
  EXPECT_EQ(counters.over, (std::array<std::uint64_t, kStates>{0, 0, 2, 1, 1}));
  EXPECT_GT(counters.bytes, 0U);
  EXPECT_EQ(counters.waiting, 0U);
  EXPECT_EQ(counters.running, 0U);
}

TEST_F(JobsOverARestart, OneThatRunsIsCountedAsRunning) {
  start({.rate = 1});
  wait_for_bytes(begin("a"));
  EXPECT_EQ(jobs_->counters().running, 1U);
  EXPECT_EQ(jobs_->counters().waiting, 0U);
}

}  // namespace
}  // namespace harvest
