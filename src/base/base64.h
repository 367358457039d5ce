#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace base {

/// The bytes of a text in base64 with the standard alphabet; '=' at its end may be missing. Nothing if it has any other
/// character, or a length that no bytes have. Spec: [RFC 4648 4]
std::optional<std::vector<std::uint8_t>> base64_decoded(std::string_view text);

/// With the standard alphabet and padding. Spec: [RFC 4648 4]
std::string base64_encoded(View bytes);

}  // namespace base
