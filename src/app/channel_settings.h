#pragma once

#include <memory>

#include "base/result.h"
#include "channel/channels.h"
#include "config/config.h"
#include "ingest/rtmp_connection.h"
#include "ingest/srt_gate.h"

namespace app {

/// What channels and listeners are told of a configuration.
channel::Channels::Settings settings_of(const config::Config& config);
/// Errors: kMalformed, a network that is none.
base::Result<std::shared_ptr<const ingest::SrtPolicy>> srt_policy_of(const config::Config& config);
ingest::PublishRate publish_rate_of(const config::Config::Limits& limits);

}  // namespace app
