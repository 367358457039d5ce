#pragma once

#include <cstddef>

#include "base/bytes.h"

namespace media {

/// Calls `take` with each NAL unit that follows its length in 4 bytes, and the offset of that length, until it returns
/// false; empty ones, and what follows one that reaches past the end, are left out.
template <typename Take>
void each_nal(base::View sample, const Take& take) {
  std::size_t at = 0;
  while (sample.size() - at > 4) {
    const std::size_t length = (std::size_t{sample[at]} << 24) | (std::size_t{sample[at + 1]} << 16) |
                               (std::size_t{sample[at + 2]} << 8) | sample[at + 3];
    if (length > sample.size() - at - 4) return;
    if (length > 0 && !take(sample.subspan(at + 4, length), at)) return;
    at += 4 + length;
  }
}

}  // namespace media
