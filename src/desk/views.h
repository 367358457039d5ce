#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/result.h"

namespace desk {

// Answers of the API, laid out for people. What is not as the API describes it is left out, or an Error (kMalformed)
// where nothing can be shown.

base::Result<std::string> show_channels(const nlohmann::json& answer);
/// kNotFound: it has no channel of that name.
base::Result<std::string> show_channel(const nlohmann::json& answer, const std::string& name);
base::Result<std::string> show_instance(const nlohmann::json& answer);
/// A line an event, without a heading.
std::string show_event(const nlohmann::json& event);
base::Result<std::string> show_webhooks(const nlohmann::json& answer);
base::Result<std::string> show_alarms(const nlohmann::json& answer);
base::Result<std::string> show_jobs(const nlohmann::json& answer);
/// A facility check that is done: a row a property, and what to do about those that are not as they should be.
base::Result<std::string> show_check(const nlohmann::json& answer);
base::Result<std::string> show_declarations(const nlohmann::json& answer);
/// One of them, with its settings.
base::Result<std::string> show_declaration(const nlohmann::json& answer);
/// What was changed, or would be.
base::Result<std::string> show_change(const nlohmann::json& answer);
/// One job, as the order for it is answered.
base::Result<std::string> show_job(const nlohmann::json& answer);

}  // namespace desk
