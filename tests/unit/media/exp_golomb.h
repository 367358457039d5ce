#pragma once

#include <cstdint>

#include "media/bit_reader.h"

namespace media {

/// Writes an Exp-Golomb code, ue(v) in H.264 and HEVC.
inline void ue(BitWriter& out, std::uint32_t value) {
  unsigned bits = 0;
  while ((value + 1) >> (bits + 1) != 0) ++bits;
  out.bits(2 * bits + 1, value + 1);
}

}  // namespace media
