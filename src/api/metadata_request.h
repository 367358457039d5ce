#pragma once

#include <string_view>
#include <variant>

#include "base/result.h"
#include "channel/channel.h"
#include "channel/live_metadata.h"

namespace api {

/// Metadata for the media itself, or, as EXT-X-DATERANGE, for playlists.
using MetadataOrder = std::variant<channel::LiveMetadata::Request, channel::Channel::MarkerOrder>;

/// The body of POST /api/v1/channels/NAME/metadata. Errors: kMalformed, with a sentence for whoever sent it.
base::Result<MetadataOrder> parse_metadata(std::string_view body);

}  // namespace api
