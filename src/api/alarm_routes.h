#pragma once

#include <string>
#include <string_view>

#include "api/dispatcher.h"
#include "api/routes.h"
#include "base/clock.h"
#include "base/result.h"
#include "events/alarms.h"

namespace api {

/// The alarms that are set and the silences, as openapi.json describes them. `now`: UTC.
std::string alarms_json(const events::AlarmReport& report, base::Micros now);

/// The body of POST …/alarms/ID/silence. `id`, `by`: as the request has them. Errors: kMalformed, saying what it has to
/// be.
base::Result<events::SilenceOrder> parse_silence(std::string_view id, std::string_view by, std::string_view body);

/// The routes below /api/v1/alarms. `backend` and `clock` outlive the dispatcher.
void add_alarms(Dispatcher& dispatcher, Backend& backend, const base::Clock& clock);

}  // namespace api
