#include "cmcd/event_report.h"

#include <algorithm>

namespace cmcd {
namespace {

// Up to the end of the line, which is taken too.
std::string_view take_line(std::string_view& body) {
  std::string_view line = body.substr(0, body.find('\n'));
  body.remove_prefix(std::min(line.size() + 1, body.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

bool is_event_type(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return type.empty() || http::same_name(type, kEventType) || http::same_name(type, "text/plain");
}

EventReport take_event(std::string_view& body) {
  std::string_view line;
  while (line.empty() && !body.empty()) line = take_line(body);
  EventReport event;
  if (line.empty()) return event;
  EventKeys keys;
  const bool good = line.size() <= kMostEvent && read_keys(line, event.report, &keys) && !keys.event.empty();
  event.found = good ? Found::kReport : Found::kMalformed;
  event.report.starved = keys.event == "ps" && keys.state == "r";
  event.content = keys.content;
  return event;
}

}  // namespace cmcd
