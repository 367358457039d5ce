#include "registry/json_fields.h"

#include <charconv>
#include <utility>

#include "base/base64.h"
#include "base/bytes.h"

namespace registry {

using nlohmann::json;

base::Error not_understood(std::string what) { return {base::Code::kMalformed, "etcd's answer: " + std::move(what)}; }

std::string in_base64(std::string_view bytes) { return base::base64_encoded(base::view_of(bytes)); }

const json* field(const json& from, const char* name) {
  if (!from.is_object()) return nullptr;
  const auto found = from.find(name);
  return found == from.end() ? nullptr : &*found;
}

const std::string* text_field(const json& from, const char* name) {
  const json* found = field(from, name);
  return found == nullptr ? nullptr : found->get_ptr<const std::string*>();
}

base::Result<json> parse_object(std::string_view text) {
  json parsed = json::parse(text, nullptr, false);
  if (!parsed.is_object()) return not_understood("no JSON object");
  return parsed;
}

base::Result<std::int64_t> number_field(const json& from, const char* name) {
  if (field(from, name) == nullptr) return std::int64_t{0};
  const std::string* text = text_field(from, name);
  std::int64_t value = 0;
  if (text == nullptr) return not_understood(std::string(name) + " is no text");
  const char* const end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, value);
  if (read.ec != std::errc() || read.ptr != end || value < 0)
    return not_understood(std::string(name) + " is no number");
  return value;
}

base::Result<std::string> bytes_field(const json& from, const char* name) {
  if (field(from, name) == nullptr) return std::string();
  const std::string* text = text_field(from, name);
  const auto bytes = text == nullptr ? std::nullopt : base::base64_decoded(*text);
  if (!bytes) return not_understood(std::string(name) + " is not in base64");
  return std::string(base::text_of(*bytes));
}

}  // namespace registry
