#include "events/cloud_event.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <variant>

namespace events {
namespace {

using nlohmann::ordered_json;

ordered_json data_of(const Fact& fact) {
  ordered_json data = ordered_json::object();
  for (const base::Field& field : fact.data)
    std::visit([&](const auto& value) { data[std::string(field.name)] = value; }, field.value);
  return data;
}

std::string padded(std::uint64_t sequence) {
  char text[24];
  std::snprintf(text, sizeof text, "%020llu", static_cast<unsigned long long>(sequence));
  return text;
}

}  // namespace

std::string to_cloud_event(const Event& event, std::string_view source) {
  const Fact& fact = event.fact;
  ordered_json out = {
      {"specversion", "1.0"},
      {"id", std::to_string(event.id)},
      {"source", std::string(source) + (fact.state == State::kCleared ? "#cleared" : "")},
      {"type", to_string(fact.type)},
  };
  if (!fact.channel.empty()) out["subject"] = "channels/" + fact.channel;
  out["time"] = base::format_utc(event.time);
  out["sequence"] = padded(event.sequence);
  if (fact.state != State::kMoment) out["state"] = fact.state == State::kRaised ? "raised" : "cleared";
  out["datacontenttype"] = "application/json";
  out["data"] = data_of(fact);
  // What is not UTF-8 is replaced, never thrown at us.
  return out.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace events
