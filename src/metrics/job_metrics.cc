#include "metrics/job_metrics.h"

#include <string>

namespace metrics {

void add_jobs(Families& out, const harvest::Jobs::Counters& jobs) {
  const Labels kind = {{"kind", "harvest"}};
  for (const harvest::State state : {harvest::State::kDone, harvest::State::kFailed, harvest::State::kCanceled}) {
    out.counter("kickoff_jobs_total", "Jobs that are over (/api/v1/jobs), by outcome.",
                {{"kind", "harvest"}, {"outcome", std::string(harvest::to_string(state))}},
                static_cast<double>(jobs.over[static_cast<std::size_t>(state)]));
  }
  out.gauge("kickoff_jobs_running", "1 while a job runs.", kind, static_cast<double>(jobs.running));
  out.gauge("kickoff_jobs_waiting", "Jobs that wait for the one that runs.", kind, static_cast<double>(jobs.waiting));
  out.counter("kickoff_jobs_bytes_total", "Bytes of media and playlists that jobs have written.", kind,
              static_cast<double>(jobs.bytes));
  out.counter("kickoff_jobs_seconds_total", "Time for which jobs have run; one that runs counts when it is over.", kind,
              static_cast<double>(jobs.busy) / static_cast<double>(base::kSecond));
}

}  // namespace metrics
