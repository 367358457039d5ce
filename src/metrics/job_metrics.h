#pragma once

#include "harvest/jobs.h"
#include "metrics/families.h"

namespace metrics {

/// Adds the series of jobs beside the live output.
void add_jobs(Families& out, const harvest::Jobs::Counters& jobs);

}  // namespace metrics
