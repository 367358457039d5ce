#include "events/line.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "base/date.h"
#include "base/printable.h"
#include "events/cloud_event.h"

namespace events {
namespace {

using nlohmann::json;

constexpr std::string_view kFormat = "kickoff-events/1";
constexpr std::string_view kSubject = "channels/";
// Of a name of a value; ours are shorter.
constexpr std::size_t kLongestName = 64;
constexpr std::size_t kMostValues = 64;
// Of a value; what was printable once may be a little longer than Log::kLongestText.
constexpr std::size_t kLongestValue = 4096;

std::optional<Type> type_of(const std::string& name) {
  const auto* const found =
      std::find_if(kTypes.begin(), kTypes.end(), [&](Type type) { return to_string(type) == name; });
  return found == kTypes.end() ? std::nullopt : std::optional(*found);
}

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// A number in text; 0: it is none.
std::uint64_t number_of(const json& object, const char* key) {
  const std::string text = text_of(object, key);
  std::uint64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  // The largest would leave no number for the next event.
  const bool whole = code == std::errc() && end == text.data() + text.size() && number < UINT64_MAX / 2;
  return whole ? number : 0;
}

/// An event with what the names of its values point into: a Field only points to its name.
struct ReadEvent : Event {
  std::string names;
};

std::optional<base::Field> field_of(std::string_view name, const json& value) {
  if (value.is_boolean()) return base::Field(name, value.get<bool>());
  if (value.is_string()) return base::Field(name, base::printable(value.get<std::string>(), kLongestValue));
  if (value.is_number_float()) return base::Field(name, value.get<double>());
  const bool too_large = value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX;
  if (value.is_number_integer() && !too_large) return base::Field(name, value.get<std::int64_t>());
  return std::nullopt;
}

void take_data(const json& data, ReadEvent& event) {
  for (const auto& [name, value] : data.items()) {
    if (name.size() <= kLongestName) event.names += name;
  }
  std::size_t at = 0;
  for (const auto& [name, value] : data.items()) {
    if (name.size() > kLongestName) continue;
    const std::string_view kept = std::string_view(event.names).substr(at, name.size());
    at += name.size();
    auto field = field_of(kept, value);
    if (field && event.fact.data.size() < kMostValues) event.fact.data.push_back(*std::move(field));
  }
}

base::Result<Conditions::Name> name_of(const json& object) {
  const auto type = type_of(text_of(object, "type"));
  if (!type) return base::Error{base::Code::kUnsupported, "an unknown type of event"};
  std::string channel = text_of(object, "subject");
  channel.erase(0, channel.starts_with(kSubject) ? kSubject.size() : channel.size());
  return Conditions::Name{*type, std::move(channel), text_of(object, "which")};
}

base::Result<Header> header_of(const json& object) {
  Header header{.next = number_of(object, "next")};
  if (text_of(object, "format") != kFormat || header.next == 0)
    return base::Error{base::Code::kUnsupported, "the head of a log of another version"};
  const auto raised = object.find("raised");
  if (raised == object.end() || !raised->is_array()) return header;
  for (const json& condition : *raised) {
    if (!condition.is_object()) continue;
    auto name = name_of(condition);
    const std::uint64_t id = number_of(condition, "id");
    if (name.ok() && id != 0) header.raised.set(name.take(), id);
  }
  return header;
}

base::Result<std::shared_ptr<const Event>> event_of(const json& object) {
  auto event = std::make_shared<ReadEvent>();
  event->sequence = number_of(object, "sequence");
  event->id = number_of(object, "id");
  const auto time = base::parse_utc(text_of(object, "time"));
  if (event->sequence == 0 || event->id == 0 || !time)
    return base::Error{base::Code::kMalformed, "an event without sequence, id or time"};
  event->time = *time;
  TRY(auto name, name_of(object));
  std::tie(event->fact.type, event->fact.channel, event->fact.which) = std::move(name);
  const std::string state = text_of(object, "state");
  if (state == "raised") event->fact.state = State::kRaised;
  if (state == "cleared") event->fact.state = State::kCleared;
  const auto data = object.find("data");
  if (data != object.end() && data->is_object()) take_data(*data, *event);
  return std::shared_ptr<const Event>(std::move(event));
}

std::string dump(const nlohmann::ordered_json& object) {
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string to_line(const Event& event, std::string_view source) {
  std::string text = to_cloud_event(event, source);
  if (!event.fact.which.empty()) {
    text.pop_back();
    text += ",\"which\":" + json(event.fact.which).dump(-1, ' ', false, json::error_handler_t::replace) + "}";
  }
  return text + "\n";
}

std::string to_line(const Header& header) {
  nlohmann::ordered_json out = {{"format", kFormat}, {"next", std::to_string(header.next)}};
  out["raised"] = nlohmann::ordered_json::array();
  for (const auto& [name, id] : header.raised.all()) {
    nlohmann::ordered_json condition = {{"id", std::to_string(id)}, {"type", to_string(std::get<0>(name))}};
    if (!std::get<1>(name).empty()) condition["subject"] = std::string(kSubject) + std::get<1>(name);
    if (!std::get<2>(name).empty()) condition["which"] = std::get<2>(name);
    out["raised"].push_back(std::move(condition));
  }
  return dump(out);
}

base::Result<std::variant<Header, std::shared_ptr<const Event>>> parse_line(std::string_view line) {
  using Line = std::variant<Header, std::shared_ptr<const Event>>;
  if (line.size() > kLongestLine) return base::Error{base::Code::kTooLarge, "a line that is too long"};
  const json object = json::parse(line, nullptr, false);
  if (!object.is_object()) return base::Error{base::Code::kMalformed, "no JSON object"};
  if (object.contains("format")) {
    TRY(auto header, header_of(object));
    return Line(std::move(header));
  }
  TRY(auto event, event_of(object));
  return Line(std::move(event));
}

}  // namespace events
