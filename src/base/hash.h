#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace base {

/// XXH3-64 of the bytes with seed 0: checksums of records and names of init sections. Not for secrets.
/// Same bytes, same value, on every machine and release.
std::uint64_t hash64(View bytes);

}  // namespace base
