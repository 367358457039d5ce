#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>

#include "base/bytes.h"

namespace rtmp {

using Digest = std::array<std::uint8_t, 32>;

/// HMAC-SHA-256 of the concatenated `parts`. Our own because only tls/ links OpenSSL, and the handshake of old Flash
/// clients, which proves nothing to anybody, is its one use. Spec: RFC 2104, FIPS 180-4.
Digest hmac_sha256(base::View key, std::initializer_list<base::View> parts);

/// SHA-256 of the concatenated `parts`.
Digest sha256(std::initializer_list<base::View> parts);

}  // namespace rtmp
