#pragma once

#include <string>
#include <vector>

#include "harvest/job.h"

namespace api {

/// A job, and all of them; see openapi.json.
std::string job_json(const harvest::Report& report);
std::string jobs_json(const std::vector<harvest::Report>& reports);

}  // namespace api
