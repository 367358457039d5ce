#include "base/allocator.h"

#include <malloc.h>

namespace base {
namespace {

constexpr int kOwnPages = 1 << 20;
constexpr int kTrim = 1 << 20;

}  // namespace

void settle_allocator() {
  mallopt(M_MMAP_THRESHOLD, kOwnPages);
  mallopt(M_TRIM_THRESHOLD, kTrim);
}

}  // namespace base
