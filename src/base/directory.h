#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"

namespace base {

/// Names of all that a directory holds, sorted, without "." and "..". Thread: any that may wait for a disk.
/// Errors: kNotFound, kSystem; each with the path and a reason for people.
Result<std::vector<std::string>> list_directory(const std::string& path);

/// How many those are. Thread and errors as above.
Result<std::size_t> count_directory(const std::string& path);

}  // namespace base
