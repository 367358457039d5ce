#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace base {

/// No file that an operator writes for us is longer: a configuration, keys, a certificate with its chain.
inline constexpr std::size_t kLongestOwnFile = 1024 * 1024;

/// The whole content of a regular file. A directory, a FIFO, a device or a socket is refused and never waited for: it
/// would block, or have no end. A disk or a network mount that hangs does block: not for a loop's thread.
/// Errors, each with the path and a reason for people: kNotFound, kUnsupported (not a regular file), kTooLarge (more
/// than `most` bytes), kSystem.
Result<std::string> read_regular_file(const std::string& path, std::size_t most = kLongestOwnFile);

}  // namespace base
