#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "ingest/pulled_feeds.h"

namespace config {

/// The feeds that a configuration has the server get by itself.
ingest::PulledFeeds::Sources pulled_sources(const Config& config);

/// How they are got.
ingest::PulledFeeds::Options pull_options(const Config& config);

/// Why these feeds cannot all be got, a sentence each: a source for "*", two of them, or one and the SRT listener, on
/// one UDP port.
std::vector<std::string> source_conflicts(const Config& config);

/// "channels.NAME.feeds.backup.source"
std::string source_key(const std::string& channel, feed::Id feed);

}  // namespace config
