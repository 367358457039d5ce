#include "config/reload.h"

#include <map>

#include "config/config_listing.h"

namespace config {

std::vector<std::string> keys_for_restart(const Config& running, const Config& next) {
  std::map<std::string, std::string> before;
  for (ListedKey& key : list_keys(running)) before[key.path] = std::move(key.text);
  std::vector<std::string> keys;
  for (ListedKey& key : list_keys(next)) {
    if (key.reload == Reload::kRestart && before[key.path] != key.text) keys.push_back(std::move(key.path));
  }
  return keys;
}

}  // namespace config
