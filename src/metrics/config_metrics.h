#pragma once

#include <vector>

#include "metrics/exposition.h"
#include "metrics/families.h"

namespace metrics {

/// Adds what became of the last reload, and the end of each certificate.
void add_config(Families& out, const Reloads& reloads, const std::vector<Certificate>& certificates);

/// Adds what is known of the keys that viewers' tokens are checked with.
void add_token_keys(Families& out, const TokenKeys& keys);

}  // namespace metrics
