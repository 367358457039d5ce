#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sandbox {

/// Sanitizers reserve terabytes of address space and open files when they report: their builds are confined without the
/// limit on the one and the filter against the other.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

struct Options {
  /// Reserved, not used: 16 threads of malloc's with 64 MiB each and their stacks are 1 GiB of it.
  std::uint64_t address_space = std::uint64_t{32} << 30;
  /// What it may write to of its own: heap, stacks of threads, and the libraries' data; 0: not limited. Beyond it
  /// allocations fail. Units: bytes.
  std::uint64_t data = 0;
  /// If memory runs out, the kernel kills a process with this value before the server (oom_score_adj 0).
  int oom_score = 500;
  /// Whom the process becomes where root started it: Debian's nobody and nogroup.
  std::uint32_t user = 65534;
  std::uint32_t group = 65534;
};

/// Gives up, for good, all that a process needs only to be taken over: its environment, root, capabilities, new
/// privileges, and every system call that reaches beyond the descriptors that it has (files, sockets, programs, other
/// processes). What is left: memory, threads, clocks, signals to itself, reading and writing.
/// Call with one thread. Returns the steps that the kernel refused, each with why; the others were taken.
std::vector<std::string> confine(const Options& options);

}  // namespace sandbox
