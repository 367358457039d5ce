#pragma once

#include <string>
#include <vector>

#include "webhook/report.h"

namespace api {

/// What is known of each webhook, with its newest dead letters; see openapi.json. Of a receiver's URL only the host.
std::string webhooks_json(const std::vector<webhook::Report>& reports);

}  // namespace api
