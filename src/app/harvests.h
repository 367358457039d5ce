#pragma once

#include <memory>

#include "config/config.h"
#include "events/event.h"
#include "harvest/jobs.h"
#include "loop/mailbox.h"

namespace app {

/// The jobs that make video on demand, in "harvest" of the state directory or in the buckets of the channels' uploads;
/// their list is "jobs" there. Each that ends is a line of the server's log and, by `control`, an event of `log`. Reads
/// the environment and the list, so it waits for the disk. `control`, whose thread the log is of, and `log` outlive
/// them.
std::unique_ptr<harvest::Jobs> start_jobs(const config::Config& config, loop::Mailbox& control, events::Sink& log);

/// The event that tells the end of a job.
events::Fact end_of_job(const harvest::Report& job);

}  // namespace app
