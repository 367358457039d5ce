#include "api/caption_request.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "api/json_body.h"
#include "base/date.h"
#include "media/text_cue.h"

namespace api {
namespace {

using base::Code;
using base::Error;
using nlohmann::json;

constexpr std::size_t kLongestId = 64;
constexpr double kLongest = static_cast<double>(media::kLongestCue) / base::kSecond;
constexpr const char* kBody =
    "the body has to be an object with \"text\", up to 2048 bytes; it may have \"start\", an instant such as "
    "\"2026-11-29T20:15:00.000Z\" or \"now\", \"end\", an instant, or \"duration\", seconds from 0.1 to 60, and "
    "\"id\", 1 to 64 bytes: a later caption with the same id replaces this one";

std::optional<base::Micros> instant(const json& given) {
  return given.is_string() ? base::parse_utc(given.get_ref<const std::string&>()) : std::nullopt;
}

bool is_id(const json& given) {
  if (!given.is_string()) return false;
  const auto& id = given.get_ref<const std::string&>();
  return !id.empty() && id.size() <= kLongestId;
}

bool take(channel::LiveCaptions::Request& caption, const std::string& name, const json& value) {
  if (name == "text") {
    if (!value.is_string() || value.get_ref<const std::string&>().size() > media::kLongestCueText) return false;
    caption.text = value.get<std::string>();
    return true;
  }
  if (name == "start") {
    caption.start = instant(value);
    return caption.start.has_value() || value == "now";
  }
  if (name == "end") {
    caption.end = instant(value);
    return caption.end.has_value();
  }
  if (name == "duration") {
    if (!value.is_number() || !(value.get<double>() >= 0.1) || value.get<double>() > kLongest) return false;
    caption.duration = static_cast<base::Micros>(std::llround(value.get<double>() * base::kSecond));
    return true;
  }
  if (name != "id" || !is_id(value)) return false;
  caption.id = value.get<std::string>();
  return true;
}

}  // namespace

base::Result<channel::LiveCaptions::Request> parse_caption(std::string_view body) {
  const json given = parse_json(body);
  if (!given.is_object() || !given.contains("text")) return Error{Code::kMalformed, kBody};
  channel::LiveCaptions::Request caption;
  for (const auto& [name, value] : given.items()) {
    if (!take(caption, name, value)) return Error{Code::kMalformed, kBody};
  }
  if (caption.end && caption.duration) return Error{Code::kMalformed, "of \"end\" and \"duration\" there may be one"};
  if (caption.end && *caption.end <= caption.start.value_or(INT64_MIN))
    return Error{Code::kMalformed, "\"end\" has to be after \"start\""};
  if (caption.text.empty() && caption.id.empty())
    return Error{Code::kMalformed, "an empty \"text\" ends the caption with the same \"id\", which is missing"};
  return caption;
}

}  // namespace api
