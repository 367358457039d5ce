#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

/// Hashes and comparisons for secrets, over OpenSSL.
namespace crypto {

using Sha256 = std::array<std::uint8_t, 32>;

/// Spec: FIPS 180-4. Thread: any.
Sha256 sha256(base::View bytes);

/// HMAC-SHA-256 of the bytes. Spec: RFC 2104. Thread: any.
Sha256 hmac_sha256(base::View key, base::View bytes);

/// Lower case, 64 digits.
std::string to_hex(const Sha256& hash);
/// Of exactly 64 hexadecimal digits of either case; empty otherwise.
std::optional<Sha256> parse_sha256(std::string_view hex);

/// Takes the same time wherever they differ.
bool equal_in_constant_time(const Sha256& a, const Sha256& b);

}  // namespace crypto
