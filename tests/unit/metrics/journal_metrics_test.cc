#include "metrics/journal_metrics.h"

#include <gtest/gtest.h>

#include <string>

#include "metrics/exposition.h"

namespace metrics {
namespace {

TEST(JournalMetrics, TellOfWhatWasWrittenAndOfTheDisk) {
  archive::JournalWriter::Counters counters;
  counters.bytes = 11;
  counters.records = 12;
  counters.lost = 13;
  counters.errors = 14;
  counters.files_deleted = 15;
  counters.syncs[0] = 1;
  counters.syncs[2] = 4;
  counters.syncs.back() = 2;
  counters.sync_us = 1'500'000;
  Instance instance;
  instance.journal = &counters;
  instance.journal_restored = 3;
  const std::string page = write_exposition(instance, {}, {});
  for (const char* line :
       {"kickoff_journal_bytes_total 11\n", "kickoff_journal_records_total 12\n",
        "kickoff_journal_lost_records_total 13\n", "kickoff_journal_failed_total 14\n",
        "kickoff_journal_files_deleted_total 15\n", "kickoff_journal_restored_channels 3\n",
        "kickoff_journal_sync_seconds_bucket{le=\"0.001\"} 1\n", "kickoff_journal_sync_seconds_bucket{le=\"0.02\"} 5\n",
        "kickoff_journal_sync_seconds_bucket{le=\"+Inf\"} 7\n", "kickoff_journal_sync_seconds_sum 1.5\n"}) {
    EXPECT_NE(page.find(line), std::string::npos) << line;
  }
}

TEST(JournalMetrics, AreNotThereWithoutAJournal) {
  Instance instance;
  instance.channels.emplace_back();
  instance.channels.back().name = "match";
  const std::string page = write_exposition(instance, {}, {});
  EXPECT_EQ(page.find("kickoff_journal_bytes_total"), std::string::npos);
  EXPECT_NE(page.find("kickoff_journal_given_up{channel=\"match\"} 0\n"), std::string::npos);
}

}  // namespace
}  // namespace metrics
