#pragma once

#include <optional>
#include <string>

#include "api/request.h"
#include "events/log.h"

namespace api {

/// Most events of one answer.
inline constexpr std::size_t kMostEvents = 1000;

/// What a request asks the log for: Last-Event-ID takes the place of `after`. nullopt: a number is none, or too large.
std::optional<events::Query> events_query(const Request& request);

/// A page of the log: its events as CloudEvents, one a line, and the number to ask with next.
std::string events_json(const events::Page& page);

}  // namespace api
