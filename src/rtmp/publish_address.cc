#include "rtmp/publish_address.h"

#include <utility>

namespace rtmp {
namespace {

std::pair<std::string_view, std::string_view> split_query(std::string_view text) {
  const std::size_t mark = text.find('?');
  if (mark == std::string_view::npos) return {text, {}};
  return {text.substr(0, mark), text.substr(mark + 1)};
}

std::string_view trim_slashes(std::string_view text) {
  while (text.starts_with('/')) text.remove_prefix(1);
  while (text.ends_with('/')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string_view query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
      return pair.substr(name.size() + 1);
    }
    if (end == std::string_view::npos) break;
    query.remove_prefix(end + 1);
  }
  return {};
}

PublishAddress parse_publish_address(std::string_view app, std::string_view stream, std::string_view tc_url) {
  auto [app_path, app_query] = split_query(app);
  auto [name, name_query] = split_query(stream);
  app_path = trim_slashes(app_path);
  name = trim_slashes(name);
  if (const std::size_t slash = app_path.rfind('/'); name.empty() && slash != std::string_view::npos) {
    name = app_path.substr(slash + 1);
    app_path = trim_slashes(app_path.substr(0, slash));
  }
  PublishAddress address;
  address.app = app_path;
  address.stream = name;
  for (const std::string_view query : {name_query, app_query, split_query(tc_url).second}) {
    if (address.query.empty()) address.query = query;
    if (address.key.empty()) address.key = query_value(query, "key");
  }
  return address;
}

}  // namespace rtmp
