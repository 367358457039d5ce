#include "http/http2_head.h"

#include <algorithm>
#include <utility>

namespace http {
namespace {

Method method_of(std::string_view name) {
  if (name == "GET") return Method::kGet;
  if (name == "HEAD") return Method::kHead;
  if (name == "OPTIONS") return Method::kOptions;
  return Method::kOther;
}

}  // namespace

void Http2Head::add(std::string_view name, std::string_view value, const Limits& limits) {
  if (name == ":path" && value.size() > limits.target) refused = 414;
  // 32 bytes a field beside its text, as SETTINGS_MAX_HEADER_LIST_SIZE counts (RFC 9113 6.5.2); the last has none.
  const bool fits = text.size() + name.size() + value.size() + 32 * ends.size() / 2 <= limits.head &&
                    ends.size() / 2 < limits.fields + 4;  // four pseudo fields stand for the request line
  if (!fits && refused == 0) refused = 431;
  if (refused != 0) return;
  text += name;
  ends.push_back(static_cast<std::uint32_t>(text.size()));
  text += value;
  ends.push_back(static_cast<std::uint32_t>(text.size()));
}

bool Http2Head::fill(Request& request) const {
  request = Request{.method = Method::kOther, .version = 20, .fields = std::move(request.fields)};
  request.fields.clear();
  const std::string_view all = text;
  std::size_t at = 0;
  for (std::size_t i = 0; i + 1 < ends.size(); i += 2) {
    const std::string_view name = all.substr(at, ends[i] - at);
    const std::string_view value = all.substr(ends[i], ends[i + 1] - ends[i]);
    at = ends[i + 1];
    if (name == ":method") {
      request.method = method_of(value);
      request.verb = value;
    } else if (name == ":path") {
      const std::size_t question = value.find('?');
      request.path = value.substr(0, question);
      request.query = question == std::string_view::npos ? std::string_view() : value.substr(question + 1);
    } else if (name == ":authority") {
      request.host = value;
    } else if (name.empty() || name[0] != ':') {
      request.fields.push_back({name, value});
    }
  }
  if (request.host.empty()) request.host = request.find("host");
  request.body = all.substr(at);
  const bool connect = request.path.empty();
  if (connect) request.path = "/";
  // The query is not checked: its readers cope with any bytes.
  return std::all_of(request.path.begin(), request.path.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '#'; });
}

}  // namespace http
