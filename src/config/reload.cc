#include "config/reload.h"

#include <map>

#include "config/config_listing.h"

namespace config {

std::vector<std::string> keys_for_restart(const Config& running, const Config& next) {
  // A channel that gets an entry was one of the others until now.
  Config with_new = running;
  const auto others = running.channels.find("*");
  for (const auto& [name, channel] : next.channels)
    with_new.channels.try_emplace(name, others == running.channels.end() ? Config::Channel{} : others->second);
  std::map<std::string, std::string> before;
  for (ListedKey& key : list_keys(with_new)) before[key.path] = std::move(key.text);
  std::vector<std::string> keys;
  for (ListedKey& key : list_keys(next)) {
    if (key.reload == Reload::kRestart && before[key.path] != key.text) keys.push_back(std::move(key.path));
  }
  return keys;
}

}  // namespace config
