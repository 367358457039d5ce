#pragma once

#include <cstdint>

namespace base {

/// Where a stretch of memory lies in a file of the kernel's, for sendfile(2). Lives as long as the memory's owner.
struct FileBacking {
  int descriptor = -1;
  std::int64_t offset = 0;              ///< of `begin` in the file
  const std::uint8_t* begin = nullptr;  ///< in memory
};

}  // namespace base
