#pragma once

#include "metrics/families.h"
#include "webhook/admission.h"

namespace metrics {

/// Adds the series of the program that is asked about publishers.
void add_publish_hook(Families& out, const webhook::Admissions::Counters& counters);

}  // namespace metrics
