#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "harvest/job.h"

namespace api {

/// The body of POST /api/v1/channels/NAME/harvest: {"start", "end", "destination", "mp4"?}; the channel is left empty.
/// `now`: UTC. Errors: kMalformed, with a sentence for whoever sent it.
base::Result<harvest::Order> parse_harvest(std::string_view body, base::Micros now);

}  // namespace api
