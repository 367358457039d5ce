#pragma once

#include "metrics/exposition.h"
#include "metrics/families.h"

namespace metrics {

/// Adds the administration port's series.
void add_admin_port(Families& out, const AdminPort& port);

}  // namespace metrics
