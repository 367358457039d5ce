#pragma once

#include <optional>
#include <string>

#include "api/tokens.h"
#include "app/config.h"

namespace app {

/// Runs the whole server until SIGTERM or SIGINT; SIGHUP reads `path` again. Returns the exit status: 0, or 1 where
/// something it needs (a port, the certificate, the media worker, the state directory) is not to be had, after saying
/// so. `environment_token` is good beside the configuration's; see take_environment_token.
int run_server(Config config, const std::string& path, std::optional<api::Token> environment_token);

}  // namespace app
