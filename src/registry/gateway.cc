#include "registry/gateway.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/base64.h"
#include "base/bytes.h"
#include "base/printable.h"

namespace registry {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestToken = 4096;
constexpr std::size_t kLongestFault = 200;

base::Error not_understood(std::string what) { return {base::Code::kMalformed, "etcd's answer: " + std::move(what)}; }

std::string encoded(std::string_view bytes) { return base::base64_encoded(base::view_of(bytes)); }

/// Null where there is no such field, or `from` is no object.
const json* field(const json& from, const char* name) {
  if (!from.is_object()) return nullptr;
  const auto found = from.find(name);
  return found == from.end() ? nullptr : &*found;
}

base::Result<json> parse_object(std::string_view text) {
  json parsed = json::parse(text, nullptr, false);
  if (!parsed.is_object()) return not_understood("no JSON object");
  return parsed;
}

/// A number of 64 bits is a text; one that is 0 is left out.
base::Result<std::int64_t> number(const json& from, const char* name) {
  const json* found = field(from, name);
  if (found == nullptr) return std::int64_t{0};
  const auto* text = found->get_ptr<const std::string*>();
  std::int64_t value = 0;
  if (text == nullptr) return not_understood(std::string(name) + " is no text");
  const char* const end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, value);
  if (read.ec != std::errc() || read.ptr != end || value < 0)
    return not_understood(std::string(name) + " is no number");
  return value;
}

/// The only, or first, pair of a range.
base::Result<std::optional<KeyValue>> first_pair(const json& range) {
  const json* pairs = field(range, "kvs");
  if (pairs == nullptr) return std::optional<KeyValue>();
  if (!pairs->is_array()) return not_understood("kvs is no list");
  if (pairs->empty()) return std::optional<KeyValue>();
  KeyValue found;
  TRY(found.revision, number(pairs->front(), "mod_revision"));
  if (const json* value = field(pairs->front(), "value")) {
    const auto* text = value->get_ptr<const std::string*>();
    const auto bytes = text == nullptr ? std::nullopt : base::base64_decoded(*text);
    if (!bytes) return not_understood("value is not in base64");
    found.value = base::text_of(*bytes);
  }
  return std::optional(std::move(found));
}

}  // namespace

std::string login_request(std::string_view user, std::string_view password) {
  return json{{"name", user}, {"password", password}}.dump();
}

base::Result<std::string> parse_login(std::string_view answer) {
  TRY(const json parsed, parse_object(answer));
  const json* token = field(parsed, "token");
  const auto* text = token == nullptr ? nullptr : token->get_ptr<const std::string*>();
  if (text == nullptr || text->empty() || text->size() > kLongestToken) return not_understood("no token");
  const bool visible = std::all_of(text->begin(), text->end(), [](char c) { return c > ' ' && c < 0x7F; });
  if (!visible) return not_understood("a token that no header can carry");
  return *text;
}

std::string range_request(std::string_view key) { return json{{"key", encoded(key)}}.dump(); }

base::Result<std::optional<KeyValue>> parse_range(std::string_view answer) {
  TRY(const json parsed, parse_object(answer));
  return first_pair(parsed);
}

std::string swap_request(std::string_view key, std::string_view value, std::int64_t revision) {
  const std::string name = encoded(key);
  const json compared{
      {"key", name}, {"target", "MOD"}, {"result", "EQUAL"}, {"mod_revision", std::to_string(revision)}};
  const json put{{"request_put", {{"key", name}, {"value", encoded(value)}}}};
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
    const json* found = field(parsed, name);
    const auto* text = found == nullptr ? nullptr : found->get_ptr<const std::string*>();
    if (text != nullptr && !text->empty()) return base::printable(*text, kLongestFault);
  }
  return {};
}

}  // namespace registry
