#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/config.h"
#include "control/declaration.h"

namespace control {

/// A configuration file with what is declared beside it.
struct Merged {
  config::Config config;
  /// Declarations that are not in force, by name: why, in sentences.
  std::map<std::string, std::vector<std::string>> left_out;
};

/// Adds what is declared to what the file has. An entry of the file counts before a declaration of its name. Of
/// declarations that do not go together, such as two on one port, the one whose name comes first is in force. `path`:
/// of the file, for people.
Merged merge(const config::Config& file, const Declarations& declarations, const std::string& path);

}  // namespace control
