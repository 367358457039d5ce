#include "metrics/job_metrics.h"

#include <gtest/gtest.h>

#include <string>

#include "metrics/exposition.h"

namespace metrics {
namespace {

TEST(JobMetrics, TellOfEachOutcome) {
  Instance instance;
  instance.jobs =
      harvest::Jobs::Counters{.over = {91, 92, 3, 4, 5}, .bytes = 6, .busy = 7'500'000, .waiting = 8, .running = 1};
  const std::string page = write_exposition(instance, {}, {});
  for (const char* line :
       {"kickoff_jobs_total{kind=\"harvest\",outcome=\"done\"} 3\n",
        "kickoff_jobs_total{kind=\"harvest\",outcome=\"failed\"} 4\n",
        "kickoff_jobs_total{kind=\"harvest\",outcome=\"canceled\"} 5\n", "kickoff_jobs_running{kind=\"harvest\"} 1\n",
        "kickoff_jobs_waiting{kind=\"harvest\"} 8\n", "kickoff_jobs_bytes_total{kind=\"harvest\"} 6\n",
        "kickoff_jobs_seconds_total{kind=\"harvest\"} 7.5\n"}) {
    EXPECT_NE(page.find(line), std::string::npos) << line;
  }
  EXPECT_EQ(page.find("outcome=\"waiting\""), std::string::npos);
}

TEST(JobMetrics, AreNotThereWhereNoneCanBe) {
  EXPECT_EQ(write_exposition({}, {}, {}).find("kickoff_jobs_"), std::string::npos);
}

}  // namespace
}  // namespace metrics
