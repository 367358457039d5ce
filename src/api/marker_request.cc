#include "api/marker_request.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "api/json_body.h"
#include "base/base64.h"
#include "base/date.h"
#include "base/hex.h"
#include "scte35/section.h"

namespace api {
namespace {

using base::Code;
using base::Error;
using nlohmann::json;
using Attribute = record::Marker::Attribute;

constexpr std::size_t kLongestName = 128;
constexpr std::size_t kLongestValue = 1024;
constexpr std::size_t kMostAttributes = 32;
constexpr double kLongestDuration = 86'400;
constexpr const char* kInterstitial = "com.apple.hls.interstitial";

/// One line of text that a playlist can hold in quotes.
bool is_text(const json& value, std::size_t most) {
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  const bool printable = std::none_of(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == 0x7f; });
  return text.size() <= most && printable;
}

bool is_name(const json& value) { return is_text(value, kLongestName) && !value.get_ref<const std::string&>().empty(); }

bool is_hex(std::string_view text) {
  if (text.size() < 3 || !text.starts_with("0x")) return false;
  return std::all_of(text.begin() + 2, text.end(), [](char c) { return base::hex_digit(c) >= 0; });
}

bool is_attribute_name(std::string_view name) {
  constexpr std::string_view kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
  return name.size() > 2 && name.size() <= kLongestName && name.starts_with("X-") &&
         name.find_first_not_of(kAllowed) == std::string_view::npos;
}

/// LL-6: positional notation, never an exponent.
std::optional<std::string> decimal(const json& number) {
  if (number.is_number_integer()) return number.dump();
  const auto value = number.get<double>();
  if (!std::isfinite(value) || std::abs(value) >= 1e12) return std::nullopt;
  const auto millionths = std::llround(std::abs(value) * 1e6);
  std::string fraction = std::to_string(millionths % 1'000'000);
  fraction.insert(0, 6 - fraction.size(), '0');
  return (value < 0 ? "-" : "") + std::to_string(millionths / 1'000'000) + "." + fraction;
}

base::Result<Attribute> parse_attribute(const std::string& name, const json& value) {
  if (!is_attribute_name(name))
    return Error{Code::kMalformed, "a name of \"attributes\" has to be X- and capitals, digits or hyphens"};
  if (is_text(value, kLongestValue)) {
    const auto& text = value.get_ref<const std::string&>();
    return Attribute{name, text, is_hex(text)};
  }
  if (value.is_number()) {
    if (const auto number = decimal(value)) return Attribute{name, *number, true};
  }
  return Error{Code::kMalformed,
               "a value of \"attributes\" has to be a number, or a text of up to 1024 bytes without quotes and control "
               "characters; a text of 0x and hexadecimal digits is written as a number"};
}

base::Result<std::vector<Attribute>> parse_attributes(const json& given) {
  if (!given.is_object() || given.size() > kMostAttributes)
    return Error{Code::kMalformed, "\"attributes\" has to be an object of up to 32 names"};
  std::vector<Attribute> attributes;
  for (const auto& [name, value] : given.items()) {
    TRY(Attribute attribute, parse_attribute(name, value));
    attributes.push_back(std::move(attribute));
  }
  return attributes;
}

base::Result<base::Micros> parse_start(const json& given) {
  const auto start = given.is_string() ? base::parse_utc(given.get_ref<const std::string&>()) : std::nullopt;
  if (!start) return Error{Code::kMalformed, "\"start\" has to be an instant such as \"2026-11-29T20:15:00.000Z\""};
  return *start;
}

/// DR-12.
bool is_whole_interstitial(const channel::Markers::Request& marker) {
  if (marker.kind != kInterstitial) return true;
  return std::count_if(marker.attributes.begin(), marker.attributes.end(), [](const Attribute& attribute) {
           return attribute.name == "X-ASSET-URI" || attribute.name == "X-ASSET-LIST";
         }) == 1;
}

base::Result<channel::Channel::MarkerOrder> parse_splice(const json& given) {
  channel::Channel::MarkerOrder order;
  for (const auto& [name, value] : given.items()) {
    if (name == "scte35") {
      const auto bytes = value.is_string() ? base::base64_decoded(value.get_ref<const std::string&>()) : std::nullopt;
      if (!bytes || bytes->empty()) return Error{Code::kMalformed, "\"scte35\" has to be a section in base64"};
      const auto section = scte35::parse_section(*bytes);
      if (!section.ok())
        return Error{Code::kMalformed, "\"scte35\" is no splice_info_section: " + section.error().message()};
      order.section = base::Bytes::copy_of(*bytes);
    } else if (name == "start") {
      TRY(order.start, parse_start(value));
    } else {
      return Error{Code::kMalformed, "beside \"scte35\" there may only be \"start\""};
    }
  }
  return order;
}

}  // namespace

base::Result<channel::Channel::MarkerOrder> parse_marker(std::string_view body) {
  const json given = parse_json(body);
  if (!given.is_object() || given.contains("scte35") == given.contains("class"))
    return Error{Code::kMalformed, "the body has to be an object with \"scte35\" or with \"class\""};
  if (given.contains("scte35")) return parse_splice(given);
  channel::Channel::MarkerOrder order;
  channel::Markers::Request& marker = order.own;
  for (const auto& [name, value] : given.items()) {
    if (name == "class" && is_name(value)) {
      marker.kind = value.get<std::string>();
    } else if (name == "id" && is_name(value)) {
      marker.id = value.get<std::string>();
    } else if (name == "start") {
      TRY(marker.start, parse_start(value));
    } else if (name == "duration" && value.is_number() && value.get<double>() >= 0 &&
               value.get<double>() <= kLongestDuration) {
      marker.duration = static_cast<base::Micros>(std::llround(value.get<double>() * base::kSecond));
    } else if (name == "cut" && value.is_boolean()) {
      order.cut = value.get<bool>();
    } else if (name == "attributes") {
      TRY(marker.attributes, parse_attributes(value));
    } else {
      return Error{
          Code::kMalformed,
          "beside \"class\" there may be \"id\", both texts of 1 to 128 bytes without quotes and control "
          "characters, \"start\", \"duration\", seconds up to 86400, \"attributes\" and \"cut\", true or false"};
    }
  }
  for (const std::string_view own : {record::kScte35Class, record::kOutageClass, record::kSwitchClass}) {
    if (marker.kind == own) return Error{Code::kMalformed, "this class is the server's own: take another one"};
  }
  if (order.cut && !marker.start) return Error{Code::kMalformed, "a \"cut\" needs a \"start\", ahead of the media"};
  if (!is_whole_interstitial(marker))
    return Error{Code::kMalformed, "an interstitial needs one of X-ASSET-URI and X-ASSET-LIST"};
  return order;
}

}  // namespace api
