#pragma once

#include <string_view>

#include "base/result.h"
#include "channel/live_captions.h"

namespace api {

/// The body of POST /api/v1/channels/NAME/captions/LANGUAGE, which has no language. Errors: kMalformed, with a sentence
/// for whoever sent it.
base::Result<channel::LiveCaptions::Request> parse_caption(std::string_view body);

}  // namespace api
