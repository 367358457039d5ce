#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace config {

/// Where the administration port of a server is to be found.
struct AdminAddress {
  std::string listen;
  std::uint16_t port = 0;
  std::vector<Problem> problems;  ///< why a default stands here in place of what the file was to say
};

/// The administration address of a configuration, for whoever has to reach a server whose file may have become bad
/// since its start. Only `admin.listen` and `admin.port` are read, and their variables in `environment`: all else in
/// the file may be wrong, up to text that is no YAML around the lines of the section, and no file that it names is
/// opened. What cannot be read keeps its default. Blocks on the file: not for a loop's thread.
AdminAddress find_admin_address(const std::string& path,
                                const Environment& environment = environment_of_this_process());
/// The same for a text; `file` is its path in messages.
AdminAddress admin_address_in(const std::string& text, const std::string& file, const Environment& environment = {});

}  // namespace config
