#pragma once

#include "channel/report.h"
#include "metrics/families.h"

namespace metrics {

/// How loud a channel's feeds and encoded audio renditions are. What is not known has no series.
void add_loudness(Families& out, const channel::Report& report);

}  // namespace metrics
