#include "desk/views.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "base/printable.h"
#include "desk/table.h"

namespace desk {
namespace {

using nlohmann::json;
using Rows = std::vector<std::vector<std::string>>;

constexpr std::size_t kLongestAdvice = 400;

const json& at(const json& object, const char* name) {
  static const json none;
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found == object.end() ? none : *found;
}

/// The value as it reads in a cell; "-" where there is none.
std::string cell(const json& value) {
  if (value.is_null()) return "-";
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_number_float()) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", value.get<double>());
    return text;
  }
  if (!value.is_string()) return value.dump(-1, ' ', false, json::error_handler_t::replace);
  const auto& text = value.get_ref<const std::string&>();
  return text.empty() ? "-" : text;
}

std::string cell(const json& object, const char* name) { return cell(at(object, name)); }

std::string percent(const json& value) {
  if (!value.is_number()) return "-";
  char text[32];
  std::snprintf(text, sizeof text, "%.0f %%", value.get<double>() * 100);
  return text;
}

base::Result<const json*> list(const json& answer, const char* name) {
  const json& found = at(answer, name);
  if (!found.is_array()) return base::Error{base::Code::kMalformed, std::string("the answer has no ") + name};
  return &found;
}

/// What an operator would want to know first.
std::string trouble_of(const json& channel) {
  std::string text;
  const auto add = [&](const std::string& more) { text += (text.empty() ? "" : ", ") + more; };
  for (const json& feed : at(channel, "feeds")) {
    if (const std::string fault = cell(feed, "fault"); fault != "-") add(cell(feed, "name") + ": " + fault);
  }
  const json& slate = at(channel, "slate");
  if (at(slate, "shown") == true) {
    add("the slate is shown");
  } else if (at(slate, "ordered") == true) {
    add("the slate is ordered");
  }
  const json& economy = at(channel, "economy");
  if (at(economy, "level").is_number_integer() && at(economy, "level") > 0) add(cell(economy, "meaning"));
  if (const json& left_out = at(channel, "left_out"); !at(left_out, "rungs").empty())
    add("left out: " + cell(left_out, "rungs"));
  return text.empty() ? "-" : text;
}

Rows feeds_of(const json& channel) {
  Rows rows{{"FEED", "SHOWN", "SCORE", "PROTOCOL", "SINCE", "VIDEO", "AUDIO", "ENCODER", "FAULT"}};
  for (const json& feed : at(channel, "feeds")) {
    rows.push_back({cell(feed, "name"), cell(feed, "shown"), cell(feed, "score"), cell(feed, "protocol"),
                    cell(feed, "since"), cell(feed, "video"), cell(feed, "audio"), cell(feed, "encoder"),
                    cell(feed, "fault")});
  }
  return rows;
}

Rows renditions_of(const json& channel) {
  Rows rows{{"RENDITION", "KIND", "READY", "SEGMENT", "PARTS", "BYTES"}};
  for (const json& rendition : at(channel, "renditions")) {
    const json& edge = at(rendition, "edge");
    rows.push_back({cell(rendition, "name"), cell(rendition, "kind"), cell(rendition, "ready"),
                    cell(edge, "open_segment"), cell(edge, "open_parts"), cell(rendition, "media_bytes")});
  }
  return rows;
}

/// What has silenced an alarm, or that its condition is over.
std::string note_of(const json& alarm) {
  if (const json& silence = at(alarm, "silence"); silence.is_object())
    return "silenced until " + cell(silence, "until") + " by " + cell(silence, "by") + ": " + cell(silence, "reason");
  return at(alarm, "lasts") == false ? "is over" : "-";
}

/// Texts of a list, in one cell.
std::string lines_of(const json& texts) {
  std::string out;
  for (const json& text : texts) out += (out.empty() ? "" : "; ") + cell(text);
  return out.empty() ? "-" : out;
}

}  // namespace

base::Result<std::string> show_channels(const json& answer) {
  const auto channels = list(answer, "channels");
  if (!channels) return channels.error();
  Rows rows{{"CHANNEL", "STATE", "SHOWN", "SCORE", "VIDEO", "AUDIO", "HELD", "TROUBLE"}};
  for (const json& channel : **channels) {
    const json& feed = at(channel, "feed");
    rows.push_back({cell(channel, "name"), cell(channel, "state"), cell(channel, "shown_feed"), cell(feed, "score"),
                    cell(feed, "video"), cell(feed, "audio"), cell(at(channel, "counters"), "held_parts"),
                    trouble_of(channel)});
  }
  return rows.size() == 1 ? std::string("no channels\n") : table(std::move(rows));
}

base::Result<std::string> show_channel(const json& answer, const std::string& name) {
  const auto channels = list(answer, "channels");
  if (!channels) return channels.error();
  for (const json& channel : **channels) {
    if (at(channel, "name") != name) continue;
    return table({{"CHANNEL", "STATE", "SHOWN", "PLAYLIST", "TROUBLE"},
                  {cell(channel, "name"), cell(channel, "state"), cell(channel, "shown_feed"),
                   cell(channel, "playlist"), trouble_of(channel)}}) +
           "\n" + table(feeds_of(channel)) + "\n" + table(renditions_of(channel));
  }
  return base::Error{base::Code::kNotFound, "there is no channel " + base::printable(name)};
}

base::Result<std::string> show_instance(const json& answer) {
  if (!answer.is_object()) return base::Error{base::Code::kMalformed, "the answer is no object"};
  const json& room = at(answer, "room");
  return table({{"HEADROOM", percent(at(answer, "headroom"))},
                {"  of loops", percent(at(room, "loop"))},
                {"  of connections", percent(at(room, "connections"))},
                {"  of memory", percent(at(room, "memory"))},
                {"  of egress", percent(at(room, "egress"))},
                {"CONNECTIONS", cell(answer, "connections")},
                {"PARKED REQUESTS", cell(answer, "parked_requests")},
                {"JOINS IN FLIGHT", cell(answer, "joins_in_flight")},
                {"JOINS", cell(answer, "joins_total")},
                {"JOINS REFUSED", cell(answer, "joins_refused_total")},
                {"BYTES SENT", cell(answer, "sent_bytes_total")}});
}

std::string show_event(const json& event) {
  constexpr std::string_view kPrefix = "live.kickoff.";
  std::string type = cell(event, "type");
  if (type.starts_with(kPrefix)) type.erase(0, kPrefix.size());
  std::string line = cell(event, "time") + "  " + cell(event, "id") + "  " + type;
  if (at(event, "state").is_string()) line += " " + cell(event, "state");
  if (at(event, "subject").is_string()) line += "  " + cell(event, "subject");
  const json& data = at(event, "data");
  for (const auto& [name, value] : data.items()) line += "  " + name + "=" + cell(value);
  return base::printable(line, 1000) + "\n";
}

base::Result<std::string> show_webhooks(const json& answer) {
  const auto webhooks = list(answer, "webhooks");
  if (!webhooks) return webhooks.error();
  Rows rows{{"WEBHOOK", "RECEIVER", "STATE", "WAITING", "LAG S", "DELIVERED", "DEAD"}};
  for (const json& one : **webhooks) {
    rows.push_back({cell(one, "name"), cell(one, "receiver"), cell(one, "state"), cell(one, "waiting"),
                    cell(one, "lag_seconds"), cell(one, "delivered_total"), cell(one, "dead")});
  }
  return rows.size() == 1 ? std::string("no webhooks\n") : table(std::move(rows));
}

base::Result<std::string> show_alarms(const json& answer) {
  const auto alarms = list(answer, "alarms");
  if (!alarms) return alarms.error();
  Rows rows{{"ID", "SINCE", "SEVERITY", "ALARM", "CHANNEL", "WHICH", "RAISED", "NOTE", "RUNBOOK"}};
  for (const json& alarm : **alarms) {
    rows.push_back({cell(alarm, "id"), cell(alarm, "since"), cell(alarm, "severity"), cell(alarm, "alarm"),
                    cell(alarm, "channel"), cell(alarm, "which"), cell(alarm, "raised"), note_of(alarm),
                    cell(alarm, "runbook")});
  }
  return rows.size() == 1 ? std::string("no alarms\n") : table(std::move(rows));
}

base::Result<std::string> show_jobs(const json& answer) {
  const auto jobs = list(answer, "jobs");
  if (!jobs) return jobs.error();
  Rows rows{{"JOB", "STATE", "CHANNEL", "START", "END", "BYTES", "HOLES", "LOCATION"}};
  for (const json& job : **jobs) {
    const json& holes = at(at(job, "result"), "holes");
    rows.push_back({cell(job, "id"), cell(job, "state"), cell(job, "channel"), cell(job, "start"), cell(job, "end"),
                    cell(job, "bytes"), holes.is_array() ? std::to_string(holes.size()) : "-", cell(job, "location")});
  }
  return rows.size() == 1 ? std::string("no jobs\n") : table(std::move(rows));
}

base::Result<std::string> show_check(const json& answer) {
  const auto lines = list(answer, "lines");
  if (!lines) return lines.error();
  Rows rows{{"VERDICT", "PROPERTY", "MEASURED", "WANTED"}};
  std::string advice;
  for (const json& line : **lines) {
    const std::string verdict = at(line, "verdict") == "not_measured" ? "-" : cell(line, "verdict");
    rows.push_back({verdict, cell(line, "property"), cell(line, "measured"), cell(line, "wanted")});
    if (const std::string text = cell(line, "advice"); text != "-")
      advice += base::printable(cell(line, "property") + ": " + text, kLongestAdvice) + "\n";
  }
  const std::string head = "The " + cell(answer, "feed") + " feed of channel " + cell(answer, "channel") + ", " +
                           cell(answer, "seconds") + " s from " + cell(answer, "began") + ": " +
                           cell(answer, "verdict");
  return base::printable(head, kLongestAdvice) + "\n\n" + table(std::move(rows)) +
         (advice.empty() ? "" : "\n" + advice);
}

base::Result<std::string> show_declarations(const json& answer) {
  const auto declarations = list(answer, "declarations");
  if (!declarations) return declarations.error();
  Rows rows{{"CHANNEL", "DECLARED BY", "IN FORCE", "PROBLEMS"}};
  for (const json& name : at(answer, "in_file")) rows.push_back({cell(name), cell(answer, "file"), "yes", "-"});
  for (const json& one : **declarations)
    rows.push_back({cell(one, "channel"), "the API", cell(one, "in_force"), lines_of(at(one, "problems"))});
  return table(std::move(rows));
}

base::Result<std::string> show_declaration(const json& answer) {
  if (!answer.is_object()) return base::Error{base::Code::kMalformed, "the answer is no object"};
  const json& settings = at(answer, "settings");
  return table({{"CHANNEL", "IN FORCE", "ETAG", "PROBLEMS"},
                {cell(answer, "channel"), cell(answer, "in_force"), cell(answer, "etag"),
                 lines_of(at(answer, "problems"))}}) +
         (settings.is_object() ? "\n" + settings.dump(2, ' ', true, json::error_handler_t::replace) + "\n" : "");
}

base::Result<std::string> show_change(const json& answer) {
  const auto changes = list(answer, "changes");
  if (!changes) return changes.error();
  std::string text = "channel " + cell(answer, "channel") +
                     (at(answer, "dry_run") == true ? ": nothing is changed; it would be " : ": ") +
                     cell(answer, "action") + ", ETag " + cell(answer, "etag");
  text = base::printable(text, 1000) + "\n";
  Rows rows{{"KEY", "TAKES EFFECT"}};
  for (const json& change : **changes) {
    std::string when = cell(change, "when");
    std::replace(when.begin(), when.end(), '_', ' ');
    rows.push_back({cell(change, "key"), std::move(when)});
  }
  return rows.size() == 1 ? text : text + "\n" + table(std::move(rows));
}

base::Result<std::string> show_job(const json& answer) { return show_jobs({{"jobs", json::array({answer})}}); }

}  // namespace desk
