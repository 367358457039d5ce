#pragma once

#include <span>

#include "events/alarms.h"
#include "metrics/families.h"

namespace metrics {

/// Adds the alarms that are set, and how many are by severity and silence.
void add_alarms(Families& out, std::span<const events::Alarms::Alarm> alarms);

}  // namespace metrics
