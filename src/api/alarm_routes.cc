#include "api/alarm_routes.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>
#include <variant>

#include "api/json_body.h"

namespace api {
namespace {

using events::Alarms;
using nlohmann::ordered_json;

constexpr std::size_t kLongestWhy = 200;
constexpr std::size_t kLongestOfChannel = 64;
constexpr const char* kSilenceBody =
    "the body has to be an object with \"for\", seconds from 1 to 604800; it may have \"reason\", up to 200 bytes for "
    "people, and, where the path names a kind and no alarm, \"channel\"";

std::string kind_name_of(events::Type type) {
  return std::string(events::to_string(type).substr(events::kPrefix.size()));
}

ordered_json silence_json(const events::Silence& silence) {
  return {{"until", base::format_utc(silence.until)}, {"by", silence.by}, {"reason", silence.reason}};
}

ordered_json alarm_json(const Alarms::Alarm& alarm, const std::string& runbook) {
  const events::Fact& fact = alarm.event->fact;
  ordered_json out = {{"id", std::to_string(alarm.id)}, {"alarm", kind_name_of(fact.type)}};
  if (!fact.channel.empty()) out["channel"] = fact.channel;
  if (!fact.which.empty()) out["which"] = fact.which;
  if (const events::AlarmKind* const kind = events::alarm_kind(fact.type)) {
    out["severity"] = events::to_string(kind->severity);
    out["runbook"] = runbook + "#" + std::string(kind->runbook);
  }
  out["since"] = base::format_utc(alarm.since);
  out["lasts"] = alarm.lasts;
  out["raised"] = alarm.raised;
  out["event"] = std::to_string(alarm.event->id);
  ordered_json data = ordered_json::object();
  for (const base::Field& field : fact.data)
    std::visit([&](const auto& value) { data[std::string(field.name)] = value; }, field.value);
  out["data"] = std::move(data);
  out["silence"] = alarm.silence ? silence_json(*alarm.silence) : ordered_json();
  return out;
}

ordered_json target_json(const events::SilenceTarget& target, const events::Silence& silence) {
  ordered_json out = {{"alarm", kind_name_of(target.type)}, {"kind", target.kind}};
  if (!target.channel.empty()) out["channel"] = target.channel;
  if (!target.which.empty()) out["which"] = target.which;
  out.update(silence_json(silence));
  return out;
}

Answer silenced(const std::string& id, Alarms::Outcome outcome) {
  switch (outcome) {
    case Alarms::Outcome::kDone: return {204, {}, {}, {}};
    case Alarms::Outcome::kUnknown:
      return problem(404, "no alarm with the id " + id +
                              " is set, and there is no such kind: /api/v1/alarms lists both; an id takes no channel");
    case Alarms::Outcome::kNotSilenced: return problem(409, id + " has no silence of its own");
    case Alarms::Outcome::kTooMany: return problem(409, "there are 1000 silences already: take some back");
  }
  return problem(500, "no such outcome");
}

void order_silence(Backend& backend, events::SilenceOrder order, Respond respond) {
  const std::string id = order.id;
  backend.order_silence(std::move(order), [id, respond = std::move(respond)](const Alarms::Outcome& outcome) {
    respond(silenced(id, outcome));
  });
}

void put_silence(Backend& backend, const Request& request, Respond respond) {
  auto order = parse_silence(request.parameter("id"), request.caller, request.body);
  if (!order.ok()) return respond(problem(400, order.error().what));
  order_silence(backend, order.take(), std::move(respond));
}

void lift_silence(Backend& backend, const Request& request, Respond respond) {
  order_silence(
      backend,
      {.id = request.parameter("id"), .channel = request.query_of("channel").value_or(""), .by = request.caller},
      std::move(respond));
}

}  // namespace

std::string alarms_json(const events::AlarmReport& report, base::Micros now) {
  ordered_json alarms = ordered_json::array();
  for (const Alarms::Alarm& alarm : report.alarms) alarms.push_back(alarm_json(alarm, report.runbook));
  ordered_json silences = ordered_json::array();
  for (const auto& [target, silence] : report.silences) silences.push_back(target_json(target, silence));
  ordered_json kinds = ordered_json::array();
  for (const events::Type type : events::kTypes)
    if (events::alarm_kind(type) != nullptr) kinds.push_back(kind_name_of(type));
  const ordered_json out = {
      {"time", base::format_utc(now)}, {"alarms", alarms}, {"silences", silences}, {"kinds", kinds}};
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

base::Result<events::SilenceOrder> parse_silence(std::string_view id, std::string_view by, std::string_view body) {
  const base::Error malformed{base::Code::kMalformed, kSilenceBody};
  const nlohmann::json given = parse_json(body);
  if (!given.is_object() || !given.contains("for")) return malformed;
  events::SilenceOrder order{.id = std::string(id), .by = std::string(by)};
  for (const auto& [name, value] : given.items()) {
    if (name == "for") {
      const double seconds = value.is_number() ? value.get<double>() : 0;
      if (!(seconds >= 1 && seconds * base::kSecond <= static_cast<double>(Alarms::kLongestSilence))) return malformed;
      order.duration = static_cast<base::Micros>(std::floor(seconds)) * base::kSecond;
      continue;
    }
    if (!value.is_string()) return malformed;
    const auto& text = value.get_ref<const std::string&>();
    if (name == "reason" && text.size() <= kLongestWhy) {
      order.reason = text;
    } else if (name == "channel" && text.size() <= kLongestOfChannel) {
      order.channel = text;
    } else {
      return malformed;
    }
  }
  return order;
}

void add_alarms(Dispatcher& dispatcher, Backend& backend, const base::Clock& clock) {
  dispatcher.add({"GET", "/api/v1/alarms", Role::kNobody, [&backend, &clock](const Request&, Respond respond) {
                    backend.ask_alarms([&clock, respond = std::move(respond)](const events::AlarmReport& report) {
                      respond({200, "application/json", alarms_json(report, clock.utc()), {}});
                    });
                  }});
  dispatcher.add(
      {"POST", "/api/v1/alarms/{id}/silence", Role::kOperate,
       [&backend](const Request& request, Respond respond) { put_silence(backend, request, std::move(respond)); }});
  dispatcher.add(
      {"DELETE", "/api/v1/alarms/{id}/silence", Role::kOperate,
       [&backend](const Request& request, Respond respond) { lift_silence(backend, request, std::move(respond)); }});
}

}  // namespace api
