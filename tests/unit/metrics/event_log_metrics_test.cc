#include "metrics/event_log_metrics.h"

#include <gtest/gtest.h>

#include <string>

#include "metrics/exposition.h"

namespace metrics {
namespace {

TEST(EventLogMetrics, TellOfWhatWasWrittenAndWhatTheDiskDidNotTake) {
  Instance instance;
  instance.event_log =
      events::LogWriter::Report{.written = 11, .lost = 12, .errors = 13, .bytes = 14, .waiting = 15, .failing = true};
  const std::string page = write_exposition(instance, {}, {});
  for (const char* line : {"kickoff_event_log_written_total 11\n", "kickoff_event_log_lost_total 12\n",
                           "kickoff_event_log_failed_total 13\n", "kickoff_event_log_bytes_total 14\n",
                           "kickoff_event_log_waiting 15\n", "kickoff_event_log_failing 1\n"}) {
    EXPECT_NE(page.find(line), std::string::npos) << line;
  }
}

TEST(EventLogMetrics, AreNotThereWithoutFilesAndZeroWhileTheDiskWorks) {
  Instance instance;
  EXPECT_EQ(write_exposition(instance, {}, {}).find("kickoff_event_log"), std::string::npos);
  instance.event_log.emplace();
  EXPECT_NE(write_exposition(instance, {}, {}).find("kickoff_event_log_failing 0\n"), std::string::npos);
}

}  // namespace
}  // namespace metrics
