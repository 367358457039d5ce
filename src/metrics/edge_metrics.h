#pragma once

#include "metrics/families.h"
#include "relay/edge.h"

namespace metrics {

/// Adds the series of an edge: of its origins, by their place, and of the channels that it has.
void add_edge(Families& out, const relay::EdgeReport& report);

}  // namespace metrics
