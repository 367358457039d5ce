#pragma once

#include "config/config.h"
#include "serve/token_policy.h"

namespace app {

/// Which channels need a token, and the rules of good ones. It has no keys.
serve::TokenPolicy token_policy_of(const config::Config& config);

}  // namespace app
