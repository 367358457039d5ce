#include "metrics/journal_metrics.h"

#include <vector>

namespace metrics {

void add_journal(Families& out, const archive::JournalWriter::Counters& counters, int restored) {
  const auto counter = [&](const char* name, const char* help, const std::atomic<std::uint64_t>& value) {
    out.counter(name, help, {}, static_cast<double>(value.load(std::memory_order_relaxed)));
  };
  counter("kickoff_journal_bytes_total", "Bytes written to the journal.", counters.bytes);
  counter("kickoff_journal_records_total", "Records written to the journal.", counters.records);
  counter("kickoff_journal_lost_records_total",
          "Records that were queued for the journal and not written because of an error.", counters.lost);
  counter("kickoff_journal_failed_total",
          "Errors of the journal's disk. Each gives up the journal of one channel, until the next attempt 10 s later.",
          counters.errors);
  counter("kickoff_journal_files_deleted_total", "Files of the journal that were deleted, by age or size.",
          counters.files_deleted);
  out.gauge("kickoff_journal_restored_channels", "Channels that were restored from the journal at the start.", {},
            restored);
  std::vector<double> bounds;
  bounds.reserve(archive::JournalWriter::Counters::kSyncBounds.size());
  std::vector<std::uint64_t> counts;
  for (const base::Micros bound : archive::JournalWriter::Counters::kSyncBounds)
    bounds.push_back(static_cast<double>(bound) / 1e6);
  for (const auto& count : counters.syncs) counts.push_back(count.load(std::memory_order_relaxed));
  out.histogram("kickoff_journal_sync_seconds", "How long the disk took to sync a file of the journal (fdatasync).", {},
                bounds, counts, static_cast<double>(counters.sync_us.load(std::memory_order_relaxed)) / 1e6);
}

}  // namespace metrics
