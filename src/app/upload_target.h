#pragma once

#include <optional>

#include "config/config.h"
#include "upload/uploads.h"

namespace app {

/// Where a channel of a configuration that was checked is uploaded to; nothing: nowhere. Reads the environment: for the
/// start, while there is one thread.
std::optional<upload::Target> upload_target(const config::Config::Channel& channel);

}  // namespace app
