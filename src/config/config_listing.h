#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "config/keys.h"

namespace config {

/// A key with one value, as it stands in a configuration.
struct ListedKey {
  std::string path;      ///< "http.port"
  std::string variable;  ///< "KICKOFF_HTTP_PORT"; empty: no environment variable overrides it
  Reload reload;
  std::string text;  ///< its value; empty for keys that only name where values come from
};

/// Every key with one value, in the order of conf/kickoff.yaml; not those in lists. Some are secrets: not for the log.
std::vector<ListedKey> list_keys(const Config& config);

}  // namespace config
