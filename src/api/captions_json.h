#pragma once

#include <nlohmann/json_fwd.hpp>

#include "channel/report.h"

namespace api {

/// What is declared and what was seen of a channel's captions, teletext and text renditions: `captions` of a channel.
nlohmann::json captions_json(const channel::Report& report);

}  // namespace api
