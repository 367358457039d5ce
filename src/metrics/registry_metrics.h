#pragma once

#include "metrics/families.h"
#include "registry/origin_watch.h"
#include "registry/registry.h"

namespace metrics {

/// Adds the series of what is agreed through etcd.
void add_registry(Families& out, const registry::Report& report);
/// Of an edge that looks for origins.
void add_watch(Families& out, const registry::WatchReport& report);

}  // namespace metrics
