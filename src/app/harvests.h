#pragma once

#include <memory>

#include "base/clock.h"
#include "config/config.h"
#include "harvest/jobs.h"

namespace app {

/// The jobs that make video on demand, in "harvest" of the state directory or in the buckets of the channels' uploads.
/// Each that ends is a line of the log. Reads the environment. `clock` outlives the jobs.
std::unique_ptr<harvest::Jobs> start_jobs(const config::Config& config, const base::Clock& clock);

}  // namespace app
