#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace config {

/// The keys ("http.port") whose values differ and which a running server does not take up: those whose reload rule is a
/// restart. In the order of conf/kickoff.yaml; empty where all of `next` takes effect without one.
std::vector<std::string> keys_for_restart(const Config& running, const Config& next);

}  // namespace config
