#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace base {

/// CRC-32 of MPEG-2 sections; 0 over a section that includes its own. Spec: [ISO/IEC 13818-1 Annex A]
std::uint32_t crc32_mpeg(View bytes);

}  // namespace base
