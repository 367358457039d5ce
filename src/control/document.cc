#include "control/document.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "api/json_body.h"
#include "base/bytes.h"
#include "base/hex.h"
#include "config/text_file.h"
#include "crypto/sha256.h"

namespace control {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

/// Of a hash: as much as keeps two texts apart.
constexpr std::size_t kTagDigits = 32;

std::string tag_of(std::string_view text) {
  return "\"" + crypto::to_hex(crypto::sha256(base::view_of(text))).substr(0, kTagDigits) + "\"";
}

/// "body:3:5: " of the byte at `offset`.
std::string place_of(const std::string& name, std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t start = before.rfind('\n');
  const std::size_t column = start == std::string_view::npos ? before.size() : before.size() - start - 1;
  return name + ":" + std::to_string(lines + 1) + ":" + std::to_string(column + 1) + ": ";
}

/// What the parser says, without its own words about the place.
std::string reason_of(const std::string& what) {
  const std::size_t column = what.find("column ");
  const std::size_t colon = column == std::string::npos ? column : what.find(": ", column);
  return colon == std::string::npos ? what : what.substr(colon + 2);
}

/// The value of the four digits at `at`; -1: there are none.
int unit_at(std::string_view text, std::size_t at) {
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return -1;
  int value = 0;
  for (std::size_t i = at + 2; i < at + 6; ++i) {
    const int digit = base::hex_digit(text[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/// A character above U+FFFF. Spec: [RFC 3629 3]
std::string four_bytes(std::uint32_t code) {
  return {static_cast<char>(0xF0 | code >> 18), static_cast<char>(0x80 | (code >> 12 & 0x3F)),
          static_cast<char>(0x80 | (code >> 6 & 0x3F)), static_cast<char>(0x80 | (code & 0x3F))};
}

/// Of every value that is no object, by its path.
void list_values(const json& value, const std::string& path, std::map<std::string, std::string>& to) {
  if (!value.is_object()) {
    to[path] = value.dump(-1, ' ', false, json::error_handler_t::replace);
    return;
  }
  for (const auto& [name, inner] : value.items()) list_values(inner, path.empty() ? name : path + "." + name, to);
}

std::map<std::string, std::string> values_of(const std::string& text) {
  std::map<std::string, std::string> values;
  if (const json parsed = api::parse_json(text); parsed.is_object()) list_values(parsed, "", values);
  return values;
}

std::string word_of(config::Reload rule) {
  switch (rule) {
    case config::Reload::kAtOnce: return "at_once";
    case config::Reload::kNextPublisher: return "next_publisher";
    case config::Reload::kNextWorker: return "next_worker";
    case config::Reload::kNextChannel: return "channel_starts_anew";
    case config::Reload::kRestart: return "restart";
  }
  return "restart";
}

/// The declared key that a value belongs to: itself, or the list that it is in. Null: there is none.
const config::KeyRule* rule_of(const std::string& path, const std::vector<config::KeyRule>& rules) {
  for (const config::KeyRule& rule : rules) {
    if (path == rule.path || path.starts_with(rule.path + ".")) return &rule;
  }
  return nullptr;
}

}  // namespace

std::variant<Document, std::string> parse_document(const std::string& text, const std::string& name) {
  if (const auto line = config::line_of_no_text(text))
    return name + ":" + std::to_string(*line) + ":1: is no UTF-8 text: this line has bytes that no text has";
  // Refused before the recursions of YAML's reader: see api::kDeepestJson.
  bool too_deep = false;
  const auto watch = [&too_deep](int depth, ordered_json::parse_event_t, const ordered_json&) {
    too_deep = too_deep || depth > api::kDeepestJson;
    return !too_deep;
  };
  try {
    const ordered_json parsed = ordered_json::parse(text, watch);
    if (too_deep) return name + ":1:1: is nested more than " + std::to_string(api::kDeepestJson) + " deep";
    if (!parsed.is_object())
      return name +
             ":1:1: has to be a JSON object with the keys of an entry of channels, such as {\"segment\": \"2s\"}";
    return Document{parsed.dump(2) + "\n", tag_of(json(parsed).dump())};
  } catch (const ordered_json::parse_error& problem) {
    const std::size_t at = problem.byte == 0 ? 0 : problem.byte - 1;
    return place_of(name, text, at) + "is no JSON: " + reason_of(problem.what());
  } catch (const ordered_json::exception& problem) {
    return name + ":1:1: is no JSON: " + std::string(problem.what());
  }
}

std::string etag_of_text(std::string_view text) { return tag_of(text); }

bool matches(std::string_view field, std::string_view etag) {
  if (etag.empty()) return false;
  while (!field.empty()) {
    const std::size_t comma = std::min(field.find(','), field.size());
    std::string_view one = field.substr(0, comma);
    field.remove_prefix(std::min(comma + 1, field.size()));
    while (!one.empty() && (one.front() == ' ' || one.front() == '\t')) one.remove_prefix(1);
    while (!one.empty() && (one.back() == ' ' || one.back() == '\t')) one.remove_suffix(1);
    if (one == "*" || one == etag) return true;
  }
  return false;
}

std::string as_yaml(std::string_view json) {
  std::string out;
  for (std::size_t i = 0; i < json.size();) {
    const int high = unit_at(json, i);
    const int low = high >= 0xD800 && high < 0xDC00 ? unit_at(json, i + 6) : -1;
    if (low >= 0xDC00 && low < 0xE000) {
      out += four_bytes(0x10000 + (static_cast<std::uint32_t>(high - 0xD800) << 10) +
                        static_cast<std::uint32_t>(low - 0xDC00));
      i += 12;
      continue;
    }
    const std::size_t count = json[i] == '\\' ? std::min<std::size_t>(2, json.size() - i) : 1;
    out += json.substr(i, count);
    i += count;
  }
  return out;
}

std::vector<api::DeclaredChange> changes_between(const std::string& before, const std::string& after,
                                                 const std::vector<config::KeyRule>& rules) {
  const auto old_values = values_of(before);
  const auto new_values = values_of(after);
  std::map<std::string, std::string> changed;  // by key: when
  const auto compare = [&](const auto& these, const auto& those) {
    for (const auto& [path, value] : these) {
      const auto other = those.find(path);
      if (other != those.end() && other->second == value) continue;
      const config::KeyRule* const rule = rule_of(path, rules);
      changed[rule == nullptr ? path : rule->path] = word_of(rule == nullptr ? config::Reload::kRestart : rule->reload);
    }
  };
  compare(old_values, new_values);
  compare(new_values, old_values);
  std::vector<api::DeclaredChange> changes;
  for (const auto& [key, when] : changed) changes.push_back({key, when});
  return changes;
}

}  // namespace control
