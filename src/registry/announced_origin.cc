#include "registry/announced_origin.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "registry/json_fields.h"

namespace registry {
namespace {

constexpr std::size_t kLongestUrl = 512;
constexpr std::size_t kLongestChannel = 64;  // as ingest/ has it

bool is_host_character(unsigned char c) {
  return std::isalnum(c) != 0 || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
}

bool is_channel(const std::string& name) {
  return !name.empty() && name.size() <= kLongestChannel && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-';
  });
}

base::Error no_origin(const char* why) { return {base::Code::kMalformed, why}; }

}  // namespace

bool is_origin_url(std::string_view url) {
  const std::size_t host = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  if (host == 0 || url.size() == host || url.size() > kLongestUrl) return false;
  return std::all_of(url.begin() + static_cast<std::ptrdiff_t>(host), url.end(), is_host_character);
}

std::string origins_prefix(std::string_view prefix) { return std::string(prefix) + "/origins/"; }

std::string origin_key(std::string_view prefix, std::string_view url) {
  return origins_prefix(prefix) + std::string(url);
}

base::Result<AnnouncedOrigin> parse_origin(std::string_view value) {
  if (value.size() > kMostValue) return base::Error{base::Code::kTooLarge, "it is longer than 16 KiB"};
  const nlohmann::json parsed = nlohmann::json::parse(value, nullptr, false);
  const std::string* url = text_field(parsed, "url");
  if (url == nullptr || !is_origin_url(*url)) return no_origin("it has no url such as https://origin-0:8443");
  AnnouncedOrigin origin{*url, {}};
  const nlohmann::json* channels = field(parsed, "channels");
  if (channels == nullptr) return origin;
  if (!channels->is_array() || channels->size() > kMostChannels)
    return no_origin("its channels are no list, or too many");
  for (const nlohmann::json& channel : *channels) {
    const auto* name = channel.get_ptr<const std::string*>();
    if (name == nullptr || !is_channel(*name)) return no_origin("one of its channels is no name of a channel");
    origin.channels.insert(*name);
  }
  return origin;
}

std::string write_origin(const AnnouncedOrigin& origin) {
  nlohmann::json channels = nlohmann::json::array();
  for (const std::string& name : origin.channels) {
    if (channels.size() == kMostChannels) break;
    channels.push_back(name);
  }
  return nlohmann::json{{"url", origin.url}, {"channels", std::move(channels)}}.dump();
}

}  // namespace registry
