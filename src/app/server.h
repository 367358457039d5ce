#pragma once

#include <string>

#include "app/config.h"

namespace app {

/// Runs the whole server until SIGTERM or SIGINT; SIGHUP reads `path` again. Returns the exit status: 0, or 1 where
/// something it needs (a port, the certificate, the media worker, the state directory) is not to be had, after saying
/// so.
int run_server(Config config, const std::string& path);

}  // namespace app
