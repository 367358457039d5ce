#pragma once

#include <string_view>

#include "base/result.h"
#include "channel/overlays.h"

namespace api {

/// The body of PUT …/overlays/ID. Errors: kMalformed, saying what it has to be.
base::Result<channel::Overlays::Order> parse_overlay(std::string_view id, std::string_view body);

}  // namespace api
