#pragma once

#include "events/log_writer.h"
#include "metrics/families.h"

namespace metrics {

/// Adds the series of the event log's files.
void add_event_log(Families& out, const events::LogWriter::Report& report);

}  // namespace metrics
