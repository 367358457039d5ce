#pragma once

#include <vector>

#include "metrics/families.h"
#include "serve/audience.h"

namespace metrics {

/// Adds what players say of themselves (CMCD), the loops' together, by channel. `loops`: none is null. `now`: steady.
/// Thread: any.
void add_audiences(Families& out, const std::vector<const serve::Audiences*>& loops, base::Micros now);

}  // namespace metrics
