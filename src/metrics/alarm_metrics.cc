#include "metrics/alarm_metrics.h"

#include <map>
#include <string>
#include <tuple>

namespace metrics {

void add_alarms(Families& out, std::span<const events::Alarms::Alarm> alarms) {
  using Row = std::tuple<std::string, std::string, std::string, bool>;
  std::map<Row, int> rows;
  std::map<std::pair<std::string, bool>, int> sums;
  for (const auto severity : {events::Severity::kPage, events::Severity::kTicket})
    for (const bool silenced : {false, true}) sums[{std::string(events::to_string(severity)), silenced}] = 0;
  for (const events::Alarms::Alarm& alarm : alarms) {
    const events::Fact& fact = alarm.event->fact;
    const events::AlarmKind* const kind = events::alarm_kind(fact.type);
    if (kind == nullptr) continue;
    const std::string severity(events::to_string(kind->severity));
    const bool silenced = alarm.silence.has_value();
    ++rows[{std::string(events::to_string(fact.type).substr(events::kPrefix.size())), fact.channel, severity,
            silenced}];
    ++sums[{severity, silenced}];
  }
  const auto word = [](bool silenced) { return std::string(silenced ? "true" : "false"); };
  for (const auto& [key, count] : sums) {
    out.gauge("kickoff_alarms", "Alarms that are set (/api/v1/alarms), by severity and whether they are silenced.",
              {{"severity", key.first}, {"silenced", word(key.second)}}, count);
  }
  for (const auto& [row, count] : rows) {
    const auto& [alarm, channel, severity, silenced] = row;
    out.gauge("kickoff_alarm_set",
              "Alarms of a kind that are set; no series while none is. Without a channel: the instance's.",
              {{"alarm", alarm}, {"channel", channel}, {"severity", severity}, {"silenced", word(silenced)}}, count);
  }
}

}  // namespace metrics
