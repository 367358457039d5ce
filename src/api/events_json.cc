#include "api/events_json.h"

#include <charconv>
#include <system_error>

#include "events/cloud_event.h"

namespace api {
namespace {

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<events::Query> events_query(const Request& request) {
  events::Query query;
  auto after = request.query_of("after");
  if (!request.last_event_id.empty()) after = request.last_event_id;
  if (after) {
    const auto number = whole_number(*after);
    if (!number) return std::nullopt;
    query.after = *number;
  }
  if (const auto limit = request.query_of("limit")) {
    const auto number = whole_number(*limit);
    if (!number || *number == 0 || *number > kMostEvents) return std::nullopt;
    query.limit = *number;
  }
  query.channel = request.query_of("channel").value_or("");
  query.type = request.query_of("type").value_or("");
  return query;
}

std::string events_json(const events::Page& page) {
  std::string text = "{\"oldest\":" + std::to_string(page.oldest) + ",\"newest\":" + std::to_string(page.newest) +
                     ",\"next\":" + std::to_string(page.next) + ",\"missed\":" + (page.missed ? "true" : "false") +
                     ",\"events\":[";
  for (std::size_t i = 0; i < page.events.size(); ++i)
    text += (i == 0 ? "\n" : ",\n") + events::to_cloud_event(*page.events[i], page.source);
  return text + "]}\n";
}

}  // namespace api
