#pragma once

#include "metrics/families.h"
#include "registry/registry.h"

namespace metrics {

/// Adds the series of what is agreed through etcd.
void add_registry(Families& out, const registry::Report& report);

}  // namespace metrics
