#include "app/harvests.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <variant>

#include "events/log.h"
#include "harvest/job_list.h"
#include "loop/loop.h"

namespace app {
namespace {

harvest::Report a_job(harvest::State state) {
  harvest::Report job;
  job.id = 12;
  job.order = {.channel = "match",
               .from = 1'796'061'660 * base::kSecond,
               .to = 1'796'061'661 * base::kSecond,
               .destination = {harvest::Place::kS3, "half"}};
  job.state = state;
  job.began = 10 * base::kSecond;
  job.ended = 12'500 * base::kMillisecond;
  job.location = "s3://edge/match/vod/half/index.m3u8";
  job.totals = {.segments = 3, .gaps = 4, .bytes = 5, .holes = {{1, 2}}};
  job.why = {base::Code::kBusy, "it is there"};
  return job;
}

/// Values by name, text as it is, numbers as text.
std::map<std::string, std::string> data_of(const events::Fact& fact) {
  std::map<std::string, std::string> data;
  for (const base::Field& field : fact.data) {
    const auto* text = std::get_if<std::string>(&field.value);
    const auto* number = std::get_if<std::int64_t>(&field.value);
    data[std::string(field.name)] = text != nullptr     ? *text
                                    : number != nullptr ? std::to_string(*number)
                                                        : std::to_string(std::get<double>(field.value));
  }
  return data;
}

TEST(EndOfJob, SaysWhatOneThatIsDoneHasMade) {
  const events::Fact fact = end_of_job(a_job(harvest::State::kDone));
  EXPECT_EQ(fact.type, events::Type::kJobDone);
  EXPECT_EQ(fact.channel, "match");
  EXPECT_EQ(fact.state, events::State::kMoment);
  EXPECT_EQ(data_of(fact), (std::map<std::string, std::string>{{"job", "12"},
                                                               {"kind", "harvest"},
                                                               {"destination", "s3:half"},
                                                               {"start", "2026-11-30T18:01:00.000Z"},
                                                               {"end", "2026-11-30T18:01:01.000Z"},
                                                               {"location", "s3://edge/match/vod/half/index.m3u8"},
                                                               {"segments", "3"},
                                                               {"gaps", "4"},
                                                               {"holes", "1"},
                                                               {"bytes", "5"},
                                                               {"seconds", "2.500000"}}));
}

TEST(EndOfJob, SaysWhyOneFailed) {
  const events::Fact fact = end_of_job(a_job(harvest::State::kFailed));
  EXPECT_EQ(fact.type, events::Type::kJobFailed);
  EXPECT_EQ(data_of(fact).at("reason"), "busy: it is there");
  EXPECT_FALSE(data_of(fact).contains("location"));
}

TEST(EndOfJob, OneThatWasCanceledHasNoReason) {
  const events::Fact fact = end_of_job(a_job(harvest::State::kCanceled));
  EXPECT_EQ(fact.type, events::Type::kJobCanceled);
  EXPECT_FALSE(data_of(fact).contains("reason"));
}

class StartedJobs : public ::testing::Test {
 protected:
  StartedJobs() {
    std::string name = ::testing::TempDir() + "jobs-XXXXXX";
    config_.state_directory = mkdtemp(name.data());
  }
  ~StartedJobs() override { std::filesystem::remove_all(config_.state_directory); }
  void leave(const std::string& text) const { std::ofstream(config_.state_directory + "/jobs") << text; }

  config::Config config_;
  const base::SystemClock clock_;
  loop::Loop loop_;
  loop::Mailbox control_{loop_};
  events::Log log_{clock_};
};

TEST_F(StartedJobs, AJobsEndIsAnEvent) {
  const auto jobs = start_jobs(config_, control_, log_);
  log_.watch([this] { loop_.stop(); });
  const auto started = jobs->start({.channel = "match", .from = 1, .to = 2, .destination = {.name = "half"}});
  ASSERT_TRUE(std::holds_alternative<harvest::Report>(started));
  loop_.run();
  log_.watch(nullptr);
  const auto told = log_.read({.type = "job."}).events;
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0]->fact.type, events::Type::kJobFailed) << "there is no journal";
  EXPECT_EQ(told[0]->fact.channel, "match");
}

TEST_F(StartedJobs, KnowWhatAnEarlierRunHasLeft) {
  leave(harvest::write_jobs({a_job(harvest::State::kDone)}));
  const auto jobs = start_jobs(config_, control_, log_);
  ASSERT_TRUE(jobs->report(12));
  EXPECT_EQ(jobs->report(12)->state, harvest::State::kDone);
}

TEST_F(StartedJobs, AListThatCannotBeReadIsNoHindrance) {
  leave("{\"format\": \"kickoff jo");
  EXPECT_TRUE(start_jobs(config_, control_, log_)->reports().empty());
}

}  // namespace
}  // namespace app
