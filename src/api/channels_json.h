#pragma once

#include <string>
#include <vector>

#include "channel/report.h"

namespace api {

/// What is live, for programs and the operations page: each channel with its feed, its source, its renditions and where
/// their edge is. No keys, no addresses.
std::string channels_json(const std::vector<channel::Report>& reports, base::Micros now);

}  // namespace api
