#pragma once

#include <cstdint>

namespace metrics {

/// What a process has used, from /proc. Zeros where it is gone.
struct ProcessUse {
  double cpu_seconds = 0;      ///< user and system
  std::uint64_t resident = 0;  ///< Units: bytes.
  std::uint64_t data = 0;      ///< what RLIMIT_DATA limits, and the first stack: private and writable. Units: bytes.
  int threads = 0;
};

/// Reads files of the kernel's: not for a loop that must not wait.
ProcessUse read_process_use(int pid);

/// Open descriptors of this process, and how many it may have.
struct DescriptorUse {
  std::uint64_t open = 0;
  std::uint64_t limit = 0;
};
DescriptorUse read_descriptor_use();

}  // namespace metrics
