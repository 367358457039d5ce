#include "base/hash.h"

#include <xxhash.h>

namespace base {

std::uint64_t hash64(View bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

}  // namespace base
