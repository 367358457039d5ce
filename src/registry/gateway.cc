#include "registry/gateway.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/printable.h"
#include "registry/json_fields.h"

namespace registry {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestToken = 4096;
constexpr std::size_t kLongestFault = 200;

/// The only, or first, pair of a range.
base::Result<std::optional<KeyValue>> first_pair(const json& range) {
  const json* pairs = field(range, "kvs");
  if (pairs == nullptr) return std::optional<KeyValue>();
  if (!pairs->is_array()) return not_understood("kvs is no list");
  if (pairs->empty()) return std::optional<KeyValue>();
  KeyValue found;
  TRY(found.revision, number_field(pairs->front(), "mod_revision"));
  TRY(found.value, bytes_field(pairs->front(), "value"));
  return std::optional(std::move(found));
}

}  // namespace

std::string login_request(std::string_view user, std::string_view password) {
  return json{{"name", user}, {"password", password}}.dump();
}

base::Result<std::string> parse_login(std::string_view answer) {
  TRY(const json parsed, parse_object(answer));
  const std::string* text = text_field(parsed, "token");
  if (text == nullptr || text->empty() || text->size() > kLongestToken) return not_understood("no token");
  const bool visible = std::all_of(text->begin(), text->end(), [](char c) { return c > ' ' && c < 0x7F; });
  if (!visible) return not_understood("a token that no header can carry");
  return *text;
}

std::string range_request(std::string_view key) { return json{{"key", in_base64(key)}}.dump(); }

base::Result<std::optional<KeyValue>> parse_range(std::string_view answer) {
  TRY(const json parsed, parse_object(answer));
  return first_pair(parsed);
}

std::string swap_request(std::string_view key, std::string_view value, std::int64_t revision) {
  const std::string name = in_base64(key);
  const json compared{
      {"key", name}, {"target", "MOD"}, {"result", "EQUAL"}, {"mod_revision", std::to_string(revision)}};
  const json put{{"request_put", {{"key", name}, {"value", in_base64(value)}}}};
  const json range{{"request_range", {{"key", name}}}};
  return json{{"compare", json::array({compared})}, {"success", json::array({put})}, {"failure", json::array({range})}}
      .dump();
}

base::Result<Swap> parse_swap(std::string_view answer) {
  TRY(const json parsed, parse_object(answer));
  Swap swap;
  const json* succeeded = field(parsed, "succeeded");
  if (succeeded != nullptr && !succeeded->is_boolean()) return not_understood("succeeded is not true or false");
  swap.written = succeeded != nullptr && succeeded->get<bool>();
  if (swap.written) return swap;
  const json* responses = field(parsed, "responses");
  if (responses == nullptr || !responses->is_array() || responses->empty()) return not_understood("no responses");
  const json* range = field(responses->front(), "response_range");
  if (range == nullptr) return not_understood("no response_range");
  TRY(swap.found, first_pair(*range));
  return swap;
}

std::string parse_fault(std::string_view answer) {
  const json parsed = json::parse(answer, nullptr, false);
  for (const char* name : {"message", "error"}) {
    const std::string* text = text_field(parsed, name);
    if (text != nullptr && !text->empty()) return base::printable(*text, kLongestFault);
  }
  return {};
}

}  // namespace registry
