#include "metrics/event_log_metrics.h"

namespace metrics {

void add_event_log(Families& out, const events::LogWriter::Report& report) {
  const auto counter = [&](const char* name, const char* help, std::uint64_t value) {
    out.counter(name, help, {}, static_cast<double>(value));
  };
  counter("kickoff_event_log_written_total", "Events written to the files of the event log.", report.written);
  counter("kickoff_event_log_bytes_total", "Bytes written to the files of the event log.", report.bytes);
  counter("kickoff_event_log_lost_total",
          "Events that are missing from the files because the disk did not take them; readers that need them are told.",
          report.lost);
  counter("kickoff_event_log_failed_total", "Errors of the event log's disk. It is tried again each second.",
          report.errors);
  out.gauge("kickoff_event_log_waiting", "Events that wait to be written to the files of the event log.", {},
            static_cast<double>(report.waiting));
  out.gauge("kickoff_event_log_failing",
            "1 while the disk does not take events, or the files cannot be had: a restart would forget events.", {},
            report.failing ? 1 : 0);
}

}  // namespace metrics
