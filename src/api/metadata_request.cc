#include "api/metadata_request.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "api/json_body.h"
#include "api/marker_request.h"
#include "base/date.h"

namespace api {
namespace {

using base::Code;
using base::Error;
using nlohmann::json;

constexpr std::size_t kLongestMetadataName = 128;
constexpr std::size_t kLongestMetadata = 4096;
// JSON may write a character in six.
constexpr std::size_t kLongestMetadataBody = 8 * kLongestMetadata;
constexpr const char* kMetadataBody =
    "the body has to be an object with \"name\", a text of 1 to 128 bytes without control characters, and \"data\", a "
    "text or any JSON of up to 4096 bytes and 30 levels; it may have \"start\", an instant such as "
    "\"2026-11-29T20:15:00.000Z\" or "
    "\"now\", and \"as\": \"id3\" or \"daterange\", with which it may have \"id\" and \"duration\"";

bool is_metadata_name(const json& given) {
  if (!given.is_string()) return false;
  const auto& name = given.get_ref<const std::string&>();
  return !name.empty() && name.size() <= kLongestMetadataName && std::none_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

/// {"homeTeam": "A"} has X-HOMETEAM="A"; what else the names are of becomes a hyphen.
std::string attribute_name(std::string_view key) {
  std::string name = "X-";
  for (const char c : key) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    name += !plain ? '-' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return name;
}

/// A marker whose class is the name: what it may hold, and its limits, are those of markers.
base::Result<MetadataOrder> parse_date_range(const json& given) {
  json marker = {{"class", given.at("name")}, {"attributes", json::object()}};
  const json& data = given.at("data");
  if (data.is_object()) {
    for (const auto& [key, value] : data.items()) {
      const std::string name = attribute_name(key);
      if (marker["attributes"].contains(name))
        return Error{Code::kMalformed, "two names of \"data\" become one attribute, " + name};
      marker["attributes"][name] = value.is_boolean() ? json(value.get<bool>() ? "true" : "false") : value;
    }
  } else {
    marker["attributes"]["X-DATA"] = data;
  }
  for (const char* same : {"id", "start", "duration"}) {
    if (given.contains(same) && given[same] != "now") marker[same] = given[same];
  }
  TRY(channel::Channel::MarkerOrder order, parse_marker(marker.dump()));
  return MetadataOrder{std::move(order)};
}

}  // namespace

base::Result<MetadataOrder> parse_metadata(std::string_view body) {
  if (body.size() > kLongestMetadataBody) return Error{Code::kMalformed, kMetadataBody};
  const json given = parse_json(body);
  if (!given.is_object() || !given.contains("name") || !given.contains("data") || !is_metadata_name(given["name"]))
    return Error{Code::kMalformed, kMetadataBody};
  const json as = given.value("as", json("id3"));
  if (as != "id3" && as != "daterange") return Error{Code::kMalformed, kMetadataBody};
  for (const auto& [name, value] : given.items()) {
    const bool ours = name == "name" || name == "data" || name == "start" || name == "as";
    if (!ours && !(as == "daterange" && (name == "id" || name == "duration")))
      return Error{Code::kMalformed, kMetadataBody};
  }
  if (as == "daterange") return parse_date_range(given);
  channel::LiveMetadata::Request request;
  request.name = given["name"].get<std::string>();
  const json& data = given["data"];
  request.text = data.is_string() ? data.get<std::string>() : data.dump();
  if (request.text.size() > kLongestMetadata || request.text.find('\0') != std::string::npos)
    return Error{Code::kMalformed, kMetadataBody};
  if (given.contains("start") && given["start"] != "now") {
    const json& start = given["start"];
    request.start = start.is_string() ? base::parse_utc(start.get_ref<const std::string&>()) : std::nullopt;
    if (!request.start) return Error{Code::kMalformed, kMetadataBody};
  }
  return MetadataOrder{std::move(request)};
}

}  // namespace api
