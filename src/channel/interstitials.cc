#include "channel/interstitials.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <functional>
#include <utility>
#include <vector>

namespace channel {
namespace {

constexpr std::string_view kAll = "all";
constexpr std::string_view kInsert = "splice_insert";
constexpr std::array<std::string_view, 5> kPlaceholders{"id", "event", "type", "start", "duration"};

/// "34.500"
std::string seconds_of(base::Micros span) {
  std::array<char, 32> text{};
  const base::Micros millis = span / base::kMillisecond;
  std::snprintf(text.data(), text.size(), "%lld.%03lld", static_cast<long long>(millis / 1000),
                static_cast<long long>(millis % 1000));
  return text.data();
}

/// RFC 3986: all but unreserved characters.
std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kUnreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string out;
  for (const char c : text) {
    if (kUnreserved.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += "0123456789ABCDEF"[static_cast<unsigned char>(c) >> 4];
      out += "0123456789ABCDEF"[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

using Value = std::function<std::optional<std::string>(std::string_view name)>;

/// The text with each {name} replaced by its value; nothing where a name has none, or a brace stands alone.
std::optional<std::string> filled(std::string_view text, const Value& value) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = text.find_first_of("{}");
    out += text.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = text.find('}', open);
    if (text[open] == '}' || close == std::string_view::npos) return std::nullopt;
    const auto one = value(text.substr(open + 1, close - open - 1));
    if (!one) return std::nullopt;
    out += percent_encoded(*one);
    text.remove_prefix(close + 1);
  }
  return out;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

/// "0x34", or "52".
std::optional<std::uint8_t> type_of(std::string_view word) {
  const bool hex = word.starts_with("0x");
  if (hex) word.remove_prefix(2);
  std::uint8_t type = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), type, hex ? 16 : 10);
  if (error != std::errc{} || end != word.data() + word.size() || type == 0) return std::nullopt;
  return type;
}

}  // namespace

bool Interstitials::are_types(const std::string& text) {
  const auto words = words_of(text);
  return std::all_of(words.begin(), words.end(), [](std::string_view word) {
    return word == kAll || word == kInsert || type_of(word).has_value();
  });
}

bool Interstitials::is_template(const std::string& text) {
  constexpr std::string_view kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%{}";
  if (text.size() > 1024 || text.find_first_not_of(kAllowed) != std::string::npos) return false;
  if (!text.starts_with("http://") && !text.starts_with("https://")) return false;
  const auto known = [](std::string_view name) -> std::optional<std::string> {
    const bool found = std::find(kPlaceholders.begin(), kPlaceholders.end(), name) != kPlaceholders.end();
    return found ? std::optional<std::string>("") : std::nullopt;
  };
  return filled(text, known).has_value();
}

bool Interstitials::wanted(std::uint8_t type) const {
  const auto words = words_of(options_.types);
  return std::any_of(words.begin(), words.end(), [type](std::string_view word) {
    return word == kAll || (type == 0 ? word == kInsert : type_of(word) == type);
  });
}

std::optional<record::Marker> Interstitials::of(const record::Marker& marker, std::uint32_t event,
                                                std::uint8_t type) const {
  const bool list = !options_.asset_list.empty();
  if ((!list && options_.asset_uri.empty()) || !wanted(type)) return std::nullopt;
  const auto value = [&](std::string_view name) -> std::optional<std::string> {
    if (name == "id") return marker.id;
    if (name == "event") return std::to_string(event);
    if (name == "type") return std::to_string(type);
    if (name == "start") return base::format_utc(marker.start);
    if (name == "duration") return marker.planned_duration ? seconds_of(*marker.planned_duration) : "";
    return std::nullopt;
  };
  const auto address = filled(list ? options_.asset_list : options_.asset_uri, value);
  if (!address) return std::nullopt;
  record::Marker made;
  made.id = marker.id + "-interstitial";
  made.kind = kClass;
  made.start = marker.start;
  made.planned_duration = marker.planned_duration;
  made.canceled = marker.canceled;
  made.attributes.push_back({list ? "X-ASSET-LIST" : "X-ASSET-URI", *address, false});
  if (options_.resume_at_splice) made.attributes.push_back({"X-RESUME-OFFSET", "0", true});
  if (options_.limit_playout && marker.planned_duration)
    made.attributes.push_back({"X-PLAYOUT-LIMIT", seconds_of(*marker.planned_duration), true});
  if (!options_.restrict_to.empty()) made.attributes.push_back({"X-RESTRICT", options_.restrict_to, false});
  if (!options_.snap.empty()) made.attributes.push_back({"X-SNAP", options_.snap, false});
  return made;
}

}  // namespace channel
