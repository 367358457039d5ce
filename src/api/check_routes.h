#pragma once

#include "api/routes.h"

namespace api {

/// The routes of the facility check.
void add_check_routes(Dispatcher& dispatcher, Backend& backend);

}  // namespace api
