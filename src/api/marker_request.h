#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "channel/channel.h"

namespace api {

/// A marker as a body of JSON asks for it: {"scte35": BASE64, "start"?}, or {"class", "id"?, "start"?, "duration"?,
/// "attributes"?, "cut"?}.
/// Errors: kMalformed, with a sentence that says what the body has to be.
base::Result<channel::Channel::MarkerOrder> parse_marker(std::string_view body);

}  // namespace api
