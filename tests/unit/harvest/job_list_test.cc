#include "harvest/job_list.h"

#include <gtest/gtest.h>

namespace harvest {
namespace {

Report a_job(State state) {
  Report job;
  job.id = 1'796'061'660;
  job.order = {.channel = "match", .from = 10, .to = 20, .destination = {Place::kS3, "first-half"}, .mp4 = true};
  job.state = state;
  job.ordered = 1;
  job.began = 2;
  job.ended = 3;
  job.bytes = 4;
  job.location = "s3://edge/match/vod/first-half/index.m3u8";
  return job;
}

archive::VodExport::Totals some_totals() {
  return {.renditions = 3,
          .segments = 4,
          .gaps = 5,
          .discontinuities = 6,
          .bytes = 7,
          .first = 8,
          .last = 9,
          .holes = {{10, 11}, {12, 13}},
          .left_out = {"v360"}};
}

void expect_same(const archive::VodExport::Totals& a, const archive::VodExport::Totals& b) {
  EXPECT_EQ(a.renditions, b.renditions);
  EXPECT_EQ(a.segments, b.segments);
  EXPECT_EQ(a.gaps, b.gaps);
  EXPECT_EQ(a.discontinuities, b.discontinuities);
  EXPECT_EQ(a.bytes, b.bytes);
  EXPECT_EQ(a.first, b.first);
  EXPECT_EQ(a.last, b.last);
  EXPECT_EQ(a.holes, b.holes);
  EXPECT_EQ(a.left_out, b.left_out);
}

/// The only job of a list, written and read.
Report again(const Report& job) {
  const auto jobs = parse_jobs(write_jobs({job}));
  EXPECT_TRUE(jobs.ok() && jobs->size() == 1);
  return jobs.ok() && jobs->size() == 1 ? jobs->front() : Report();
}

TEST(JobList, HasAllOfAJobThatWaits) {
  const Report job = again(a_job(State::kWaiting));
  EXPECT_EQ(job.id, 1'796'061'660U);
  EXPECT_EQ(job.order.channel, "match");
  EXPECT_EQ(job.order.from, 10);
  EXPECT_EQ(job.order.to, 20);
  EXPECT_EQ(job.order.destination.text(), "s3:first-half");
  EXPECT_TRUE(job.order.mp4);
  EXPECT_EQ(job.state, State::kWaiting);
  EXPECT_EQ(job.ordered, 1);
  EXPECT_EQ(job.began, 2);
  EXPECT_EQ(job.ended, 3);
  EXPECT_EQ(job.bytes, 4U);
  EXPECT_EQ(job.location, "s3://edge/match/vod/first-half/index.m3u8");
  EXPECT_EQ(job.progress.starts, 0);
  EXPECT_FALSE(job.progress.claimed);
  EXPECT_FALSE(job.progress.made);
}

TEST(JobList, HasTheProgressOfOneThatRuns) {
  Report job = a_job(State::kRunning);
  job.progress = {.starts = 2, .claimed = true, .made = some_totals()};
  const Report read = again(job);
  EXPECT_EQ(read.state, State::kRunning);
  EXPECT_EQ(read.progress.starts, 2);
  EXPECT_TRUE(read.progress.claimed);
  ASSERT_TRUE(read.progress.made);
  expect_same(*read.progress.made, some_totals());
}

TEST(JobList, HasWhatCameOfOneThatIsDone) {
  Report job = a_job(State::kDone);
  job.totals = some_totals();
  const Report read = again(job);
  EXPECT_EQ(read.state, State::kDone);
  expect_same(read.totals, some_totals());
}

TEST(JobList, HasWhyOneFailed) {
  for (const auto& [written, expected] :
       {std::pair(base::Code::kNotFound, base::Code::kNotFound), std::pair(base::Code::kBusy, base::Code::kBusy),
        std::pair(base::Code::kDenied, base::Code::kDenied), std::pair(base::Code::kTooLarge, base::Code::kSystem)}) {
    Report job = a_job(State::kFailed);
    job.why = {written, "it was \"there\"\n already"};
    const Report read = again(job);
    EXPECT_EQ(read.state, State::kFailed);
    EXPECT_EQ(read.why.code, expected);
    EXPECT_EQ(read.why.what, job.why.what);
  }
}

TEST(JobList, KeepsTheOrder) {
  Report first = a_job(State::kCanceled);
  Report second = a_job(State::kWaiting);
  second.id = first.id + 1;
  const auto jobs = parse_jobs(write_jobs({first, second}));
  ASSERT_TRUE(jobs.ok());
  ASSERT_EQ(jobs->size(), 2U);
  EXPECT_EQ((*jobs)[0].state, State::kCanceled);
  EXPECT_EQ((*jobs)[1].id, second.id);
  EXPECT_TRUE(parse_jobs(write_jobs({})).take().empty());
}

TEST(JobList, LeavesOutHolesBeyondAThousand) {
  Report job = a_job(State::kDone);
  job.totals.holes.resize(kMostListed + 1);
  job.totals.left_out.resize(kMostListed + 1);
  EXPECT_EQ(again(job).totals.holes.size(), kMostListed);
  EXPECT_EQ(again(job).totals.left_out.size(), kMostListed);
}

TEST(JobList, PassesOverJobsThatLackSomething) {
  const std::string whole = write_jobs({a_job(State::kWaiting)});
  for (const char* name : {"id", "channel", "from", "to", "destination", "mp4", "state", "ordered", "location"}) {
    std::string text = whole;
    text.replace(text.find('"' + std::string(name) + '"'), 2 + std::string(name).size(), "\"other\"");
    const auto jobs = parse_jobs(text);
    ASSERT_TRUE(jobs.ok()) << name;
    EXPECT_TRUE(jobs->empty()) << name;
  }
}

TEST(JobList, PassesOverJobsThatCannotBe) {
  for (const auto& [what, by] :
       {std::pair("\"match\"", "7"), std::pair("\"waiting\"", "\"lost\""),
        std::pair("\"s3:first-half\"", "\"s3:../half\""), std::pair("20", "10"), std::pair("1796061660", "0"),
        std::pair("1796061660", "-1"), std::pair("\"waiting\"", "\"done\""), std::pair("\"waiting\"", "\"failed\"")}) {
    std::string text = write_jobs({a_job(State::kWaiting)});
    text.replace(text.find(what), std::string(what).size(), by);
    const auto jobs = parse_jobs(text);
    ASSERT_TRUE(jobs.ok()) << by;
    EXPECT_TRUE(jobs->empty()) << by;
  }
}

TEST(JobList, RefusesWhatIsNoList) {
  EXPECT_EQ(parse_jobs("").error().code, base::Code::kMalformed);
  EXPECT_EQ(parse_jobs("[]").error().code, base::Code::kMalformed);
  EXPECT_EQ(parse_jobs(R"({"format": 1})").error().code, base::Code::kMalformed);
  EXPECT_EQ(parse_jobs(R"({"format": "kickoff jobs 1"})").error().code, base::Code::kMalformed);
  EXPECT_EQ(parse_jobs(R"({"format": "kickoff jobs 1", "jobs": 1})").error().code, base::Code::kMalformed);
  EXPECT_EQ(parse_jobs(R"({"format": "kickoff jobs 2", "jobs": []})").error().code, base::Code::kUnsupported);
  const std::string torn = write_jobs({a_job(State::kWaiting)});
  EXPECT_FALSE(parse_jobs(torn.substr(0, torn.size() / 2)).ok());
}

}  // namespace
}  // namespace harvest
