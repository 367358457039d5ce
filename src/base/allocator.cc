#include "base/allocator.h"

#include <malloc.h>

namespace base {
namespace {

constexpr int kOwnPages = 64 * 1024;
// The kernel allows a process 65,530 mappings; half are left to everything else. Beyond, malloc uses its heap again.
constexpr int kMostMappings = 32'000;
constexpr int kTrim = 128 * 1024;

}  // namespace

void settle_allocator() {
  mallopt(M_MMAP_THRESHOLD, kOwnPages);
  mallopt(M_MMAP_MAX, kMostMappings);
  mallopt(M_TRIM_THRESHOLD, kTrim);
}

}  // namespace base
