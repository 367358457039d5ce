#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace base {

/// The instant of a date and time with its offset from UTC: "2026-11-22T13:00:00Z", "2026-11-22T14:00:00.25+01:00";
/// nothing if the text is no such thing, or of a year before 1970. Digits behind the microseconds are dropped.
/// Spec: [RFC 3339 5.6]
std::optional<Micros> parse_utc(std::string_view text);

}  // namespace base
