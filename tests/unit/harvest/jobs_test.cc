#include "harvest/jobs.h"

#include <gtest/gtest.h>

#include "unit/harvest/many_jobs.h"

namespace harvest {
namespace {

using testing::ManyJobs;
using upload::testing::kFirst;

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
  EXPECT_EQ(report->began, clock_->utc());
  EXPECT_EQ(report->ended, clock_->utc());
}

TEST_F(ManyJobs, NumbersGrowAlsoOverARestart) {
  const std::uint64_t first = begin("a");
  EXPECT_EQ(begin("b"), first + 1);
  ends_.wait_for(2);
  clock_->now += 5 * base::kSecond;
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

/// Nobody listens there.
Jobs::Target nowhere(bool keys) {
  Jobs::Target target;
  target.address = *s3::parse_address("s3://edge/live", "http://127.0.0.1:1", "r");
  target.credentials.source = s3::Source::kEnvironment;
  target.credentials.variable = [keys](const char*) {
    return keys ? std::optional<std::string>("x") : std::optional<std::string>();
  };
  return target;
}

TEST_F(ManyJobs, WithoutKeysForTheBucketTheJobFails) {
  start({.targets = {{"*", nowhere(false)}, {"other", std::nullopt}}});
  Order other = order("a", Place::kS3);
  other.channel = "other";
  EXPECT_EQ(refusal(other), Jobs::Refusal::kNoBucket);
  const auto started = jobs_->start(order("a", Place::kS3));
  ASSERT_TRUE(std::holds_alternative<Report>(started));
  EXPECT_EQ(std::get<Report>(started).location, "s3://edge/live/match/vod/a/index.m3u8");
  EXPECT_TRUE(ends_.wait_for(1).back().ends_with(" failed"));
  EXPECT_NE(jobs_->reports().front().why.code, base::Code::kNotFound) << "that is a journal without media";
}

TEST_F(ManyJobs, OneThatWaitsForABucketWhichDoesNotAnswerIsCanceledSoon) {
  start({.targets = {{"*", nowhere(true)}}});
  const auto started = jobs_->start(order("a", Place::kS3));
  ASSERT_TRUE(std::holds_alternative<Report>(started));
  const std::uint64_t id = std::get<Report>(started).id;
  while (jobs_->report(id)->state == State::kWaiting) std::this_thread::yield();
  EXPECT_EQ(jobs_->cancel(id), Jobs::Cancel::kDone);
  EXPECT_EQ(ends_.wait_for(1).back(), std::to_string(id) + " canceled");
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
