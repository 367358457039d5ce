#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace app {

/// Whether the server that listens at this address of the administration port is alive: it answers /livez with 200.
/// `listen`: as in the configuration; for all addresses (0.0.0.0, ::) the loopback one is asked. Blocks for at most
/// `limit`. Errors: kSystem (nobody answers in time), kMalformed (something else than 200).
base::Status ask_health(const std::string& listen, std::uint16_t port, base::Micros limit);

}  // namespace app
