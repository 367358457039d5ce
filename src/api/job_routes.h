#pragma once

#include "api/routes.h"

namespace api {

/// The routes of jobs that run beside the live output.
void add_job_routes(Dispatcher& dispatcher, Backend& backend, const base::Clock& clock);

}  // namespace api
