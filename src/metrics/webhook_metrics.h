#pragma once

#include <span>

#include "metrics/families.h"
#include "webhook/report.h"

namespace metrics {

/// Adds the series of the webhooks.
void add_webhooks(Families& out, std::span<const webhook::Report> reports);

}  // namespace metrics
