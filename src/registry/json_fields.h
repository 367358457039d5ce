#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace registry {

// What reading and writing the messages of etcd's JSON gateway have in common: see gateway.h. For this folder alone.

/// Null where there is no such field, or `from` is no object.
const nlohmann::json* field(const nlohmann::json& from, const char* name);
/// Null where there is no such field, or it is no text.
const std::string* text_field(const nlohmann::json& from, const char* name);
/// A number of 64 bits is a text, and one that is 0 is left out. Errors: kMalformed, also for one below 0.
base::Result<std::int64_t> number_field(const nlohmann::json& from, const char* name);
/// Keys and values are in base64, and empty ones are left out. Errors: kMalformed.
base::Result<std::string> bytes_field(const nlohmann::json& from, const char* name);
/// Errors: kMalformed: the text is no object.
base::Result<nlohmann::json> parse_object(std::string_view text);

/// A key or a value as a request has it.
std::string in_base64(std::string_view bytes);
base::Error not_understood(std::string what);

}  // namespace registry
