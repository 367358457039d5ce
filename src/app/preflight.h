#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "config/installation.h"

namespace app {

/// What would keep a server with this configuration from starting on this machine, as far as that can be told without
/// starting it: directories, the worker's program, addresses, privileged ports; a sentence each. Nothing is changed on
/// the disk. Ports that another program has are left out, and certificates are load_certificates()'s to check.
/// Blocks on the disk: not for a loop's thread.
std::vector<std::string> preflight(const config::Config& config, const config::Installation& installation);

}  // namespace app
