#pragma once

#include <optional>

#include "app/config.h"
#include "app/yaml_section.h"

namespace app {

/// Reads the section `admin`. Tokens given as `file` are read here: blocks on files.
void read_admin(Section& in, Config::Admin& admin);

/// The admin token of KICKOFF_ADMIN_TOKEN, which it takes out of the environment: no child of this process inherits it.
/// Empty where the variable is missing or empty. Thread: before the first other one starts.
std::optional<api::Token> take_environment_token();

}  // namespace app
