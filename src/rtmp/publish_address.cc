#include "rtmp/publish_address.h"

#include <algorithm>
#include <utility>

#include "base/hex.h"

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

bool equal_but_for_case(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

}  // namespace

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? base::hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? base::hex_digit(text[i + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::vector<std::string> other_key_readings(std::string_view query) {
  const std::string_view key = query_value(query, "key");
  if (key.empty()) return {};
  const std::string_view rest = query.substr(static_cast<std::size_t>(key.data() - query.data()));
  std::vector<std::string> readings;
  for (std::string reading : {percent_decoded(key), std::string(rest), percent_decoded(rest)}) {
    const bool known = reading == key || std::find(readings.begin(), readings.end(), reading) != readings.end();
    if (!known) readings.push_back(std::move(reading));
  }
  return readings;
}

std::string_view query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    if (pair.size() > name.size() && equal_but_for_case(pair.substr(0, name.size()), name) &&
        pair[name.size()] == '=') {
      return pair.substr(name.size() + 1);
    }
    if (end == std::string_view::npos) break;
    query.remove_prefix(end + 1);
  }
  return {};
}

PublishAddress parse_publish_address(std::string_view app, std::string_view stream, std::string_view tc_url) {
  // A client that takes the last slash of the URL for the one before the stream's name cuts a key with a slash in two.
  std::string whole;
  const std::size_t mark = app.find('?');
  const bool cut =
      mark != std::string_view::npos && trim_slashes(app.substr(0, mark)).find('/') != std::string_view::npos;
  if (cut && !stream.empty() && stream.find('?') == std::string_view::npos) {
    whole = std::string(app) + '/' + std::string(stream);
    app = whole;
    stream = {};
  }
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
    if (address.feed.empty()) address.feed = query_value(query, "feed");
    if (!address.key.empty()) continue;
    address.key = query_value(query, "key");
    address.other_keys = other_key_readings(query);
  }
  return address;
}

}  // namespace rtmp
