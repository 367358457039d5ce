#pragma once

#include "ingest/pull.h"
#include "metrics/families.h"

namespace metrics {

/// Adds the series of one pulled feed. Labels: channel, feed, protocol, and where it says so outcome; never its source.
void add_pull(Families& out, const ingest::PullStats& stats);

}  // namespace metrics
