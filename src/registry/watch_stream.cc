#include "registry/watch_stream.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/printable.h"
#include "registry/gateway.h"
#include "registry/json_fields.h"

namespace registry {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestCancel = 200;

/// The first key that is behind all that begin with `prefix`.
std::string behind(std::string_view prefix) {
  std::string end(prefix);
  if (!end.empty()) ++end.back();
  return end;
}

base::Result<KeyChange> parse_pair(const json& pair) {
  KeyChange change;
  TRY(change.key, bytes_field(pair, "key"));
  TRY(change.value, bytes_field(pair, "value"));
  TRY(change.revision, number_field(pair, "mod_revision"));
  if (change.key.empty()) return not_understood("a pair without a key");
  return change;
}

/// An event is a PUT unless it says that it is a DELETE: etcd leaves out what is at its default.
base::Result<KeyChange> parse_event(const json& event) {
  const json* pair = field(event, "kv");
  if (pair == nullptr) return not_understood("an event without a key");
  TRY(KeyChange change, parse_pair(*pair));
  const std::string* type = text_field(event, "type");
  change.deleted = type != nullptr && *type == "DELETE";
  return change;
}

bool flag(const json& from, const char* name) {
  const json* found = field(from, name);
  return found != nullptr && found->is_boolean() && found->get<bool>();
}

base::Result<WatchMessage> read_result(const json& result) {
  WatchMessage message;
  message.created = flag(result, "created");
  if (flag(result, "canceled")) {
    const std::string* reason = text_field(result, "cancel_reason");
    message.over = base::printable(reason == nullptr ? "" : *reason, kLongestCancel);
    if (message.over.empty()) message.over = "etcd cancels the watch";
  }
  const json* events = field(result, "events");
  if (events == nullptr) return message;
  if (!events->is_array()) return not_understood("events is no list");
  for (const json& event : *events) {
    TRY(KeyChange change, parse_event(event));
    message.changes.push_back(std::move(change));
  }
  return message;
}

}  // namespace

std::string list_request(std::string_view prefix) {
  return json{{"key", in_base64(prefix)}, {"range_end", in_base64(behind(prefix))}}.dump();
}

base::Result<KeyList> parse_list(std::string_view answer) {
  TRY(const json parsed, parse_object(answer));
  KeyList list;
  const json* header = field(parsed, "header");
  if (header == nullptr) return not_understood("no header");
  TRY(list.revision, number_field(*header, "revision"));
  const json* pairs = field(parsed, "kvs");
  if (pairs == nullptr) return list;
  if (!pairs->is_array()) return not_understood("kvs is no list");
  for (const json& pair : *pairs) {
    TRY(KeyChange change, parse_pair(pair));
    list.keys.push_back(std::move(change));
  }
  return list;
}

std::string watch_request(std::string_view prefix, std::int64_t revision) {
  const json create{{"key", in_base64(prefix)},
                    {"range_end", in_base64(behind(prefix))},
                    {"start_revision", std::to_string(revision)}};
  return json{{"create_request", create}}.dump();
}

base::Result<WatchMessage> parse_watch(std::string_view line) {
  TRY(const json parsed, parse_object(line));
  const json* result = field(parsed, "result");
  if (result != nullptr && result->is_object()) return read_result(*result);
  const json* error = field(parsed, "error");
  if (error == nullptr) return not_understood("neither a result nor an error");
  std::string fault =
      parse_fault(error->is_object() ? error->dump(-1, ' ', true, json::error_handler_t::replace) : line);
  return WatchMessage{false, fault.empty() ? "etcd ends the watch" : std::move(fault), {}};
}

base::Status WatchStream::feed(base::View bytes, const std::function<void(WatchMessage)>& sink) {
  std::string_view text = base::text_of(bytes);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (line_.size() + end > kMostLine)
      return base::Error{base::Code::kTooLarge, "a message of etcd's watch is too long"};
    line_.append(text.substr(0, end));
    if (end == text.size()) return base::Ok{};
    text.remove_prefix(end + 1);
    const std::string line = std::exchange(line_, {});
    if (line.empty()) continue;
    TRY(WatchMessage message, parse_watch(line));
    sink(std::move(message));
  }
  return base::Ok{};
}

}  // namespace registry
