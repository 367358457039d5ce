#pragma once

#include <optional>

#include "config/config_keys.h"

namespace config {

/// The admin token of KICKOFF_ADMIN_TOKEN, which it takes out of the environment: no child of this process inherits it.
/// Empty where the variable is missing or empty. Thread: before the first other one starts.
std::optional<api::Token> take_environment_token();

}  // namespace config
