#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/config.h"

namespace control {

/// A channel that is declared beside the configuration file, as it was read. Immutable once shared.
struct Declaration {
  std::string text;                                        ///< JSON, or what is in a file that is damaged
  std::string etag;                                        ///< strong
  std::shared_ptr<const config::Config::Channel> channel;  ///< null: `problems` say why
  std::vector<std::string> problems;                       ///< each with its place
};
using Declarations = std::map<std::string, std::shared_ptr<const Declaration>>;

/// What a file with a declaration says, or why it cannot be read. `path`: of the file, in messages. Blocks on the files
/// that it names.
Declaration read_declaration(const std::string& name, const base::Result<std::string>& text, const std::string& path,
                             const std::string& config_file, const config::Environment& environment);

}  // namespace control
