#include "ingest/auth.h"

#include <algorithm>
#include <optional>

namespace ingest {
namespace {

constexpr std::string_view kApp = "live";
constexpr std::size_t kLongestName = 64;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

}  // namespace

bool is_channel_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName && std::all_of(name.begin(), name.end(), is_name_character);
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  volatile unsigned char difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference =
        static_cast<unsigned char>(difference | (static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i])));
  }
  return difference == 0;
}

namespace {

/// All keys are compared, whichever matches (RT-44).
bool is_one_of(const std::vector<std::string>& keys, std::string_view given) {
  unsigned found = 0;
  for (const std::string& key : keys) found |= static_cast<unsigned>(equal_in_constant_time(key, given));
  return found != 0;
}

/// Whether a reading of the key that was given is one of `keys`.
bool admits(const std::vector<std::string>& keys, const PublishRequest& request) {
  auto matches = static_cast<unsigned>(is_one_of(keys, request.key));
  for (const std::string& reading : request.other_keys) matches |= static_cast<unsigned>(is_one_of(keys, reading));
  return matches != 0 && !request.key.empty();
}

Publisher::Refusal denied(const PublishRequest& request) {
  return {Publisher::Refusal::Why::kDenied,
          request.key.empty() ? "a key is needed: live/CHANNEL?key=KEY" : "wrong key for the channel"};
}

std::variant<feed::Id, Publisher::Refusal> check_keys(const ChannelKeys& keys, const PublishRequest& request) {
  const std::optional<feed::Id> named = feed::id_from(request.feed);
  const bool any = admits(keys.any, request);
  const bool backup = admits(keys.backup, request);
  const bool free = request.pulled || (request.loopback && (request.key.empty() || keys.empty()));
  if (!any && !backup && !free) return denied(request);
  if (!named && !request.feed.empty()) {
    return Publisher::Refusal{Publisher::Refusal::Why::kBadName, "a channel's feeds are primary and backup"};
  }
  if (any || free) return named.value_or(feed::Id::kPrimary);
  if (named.value_or(feed::Id::kBackup) == feed::Id::kBackup) return feed::Id::kBackup;
  return Publisher::Refusal{Publisher::Refusal::Why::kDenied, "this key is for the backup feed alone: feed=backup"};
}

}  // namespace

bool PublishPolicy::is_a_key(std::string_view name) const {
  unsigned found = 0;
  for (const auto& [channel, keys] : keys_) {
    found |= static_cast<unsigned>(is_one_of(keys.any, name)) | static_cast<unsigned>(is_one_of(keys.backup, name));
  }
  return found != 0;
}

std::variant<feed::Id, Publisher::Refusal> PublishPolicy::check(const PublishRequest& request) const {
  using Why = Publisher::Refusal::Why;
  if (request.app != kApp) return Publisher::Refusal{Why::kNotFound, "publish to live/CHANNEL"};
  if (!is_channel_name(request.channel)) {
    return Publisher::Refusal{Why::kBadName, "a channel's name is 1 to 64 of A-Z a-z 0-9 _ -"};
  }
  auto entry = keys_.find(request.channel);
  const bool key_for_name = entry == keys_.end() && is_a_key(request.channel);
  if (key_for_name && request.loopback) {
    return Publisher::Refusal{Why::kBadName, "a key stands where the channel's name belongs: live/CHANNEL?key=KEY"};
  }
  // The configuration names the channels that it pulls feeds for.
  if (entry == keys_.end() && !request.pulled) entry = keys_.find("*");
  if (entry == keys_.end())
    return Publisher::Refusal{Why::kNotFound, "no such channel: publish to live/CHANNEL?key=KEY"};

  // A stranger gets the answer that every other unknown name gets, or names would be guesses at all keys at once.
  if (key_for_name) return denied(request);
  return check_keys(entry->second, request);
}

}  // namespace ingest
