#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace config {

/// The first line, from 1, that holds bytes which no text has: invalid UTF-8, or control characters other than tab,
/// line feed and carriage return. Nothing where all of it is text. A file in UTF-16, a core dump or half a sector of
/// zeros are distinguished by it from what an editor wrote.
std::optional<int> line_of_no_text(std::string_view bytes);

/// The lines of a secrets file, without their ends (line feed, or carriage return and line feed) and without empty
/// ones. Blocks on the disk. Errors: those of base::read_regular_file; kMalformed where it is no text, or has no line.
base::Result<std::vector<std::string>> read_secrets(const std::string& path);

}  // namespace config
