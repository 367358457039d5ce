#pragma once

#include "channel/report.h"
#include "metrics/families.h"
#include "metrics/process_use.h"

namespace metrics {

/// Adds one channel's series. Labels: channel, and where it says so protocol, rendition or reason.
void add_channel(Families& out, const channel::Report& report, const ProcessUse& worker);

}  // namespace metrics
