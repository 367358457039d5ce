#include "crypto/sha256.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cstdlib>

#include "base/hex.h"

namespace crypto {

Sha256 sha256(base::View bytes) {
  Sha256 hash{};
  // It fails where OpenSSL is broken or out of memory: a hash that was not made must not pass for one.
  if (EVP_Digest(bytes.data(), bytes.size(), hash.data(), nullptr, EVP_sha256(), nullptr) != 1) std::abort();
  return hash;
}

Sha256 hmac_sha256(base::View key, base::View bytes) {
  Sha256 hash{};
  std::size_t size = 0;
  // A null pointer would be no empty key to OpenSSL.
  static constexpr std::uint8_t kNothing = 0;
  const std::uint8_t* const at = key.empty() ? &kNothing : key.data();
  if (EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, at, key.size(), bytes.data(), bytes.size(), hash.data(),
                hash.size(), &size) == nullptr)
    std::abort();
  return hash;
}

std::string to_hex(const Sha256& hash) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const std::uint8_t byte : hash) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 0xf];
  }
  return hex;
}

std::optional<Sha256> parse_sha256(std::string_view hex) {
  Sha256 hash{};
  if (hex.size() != 2 * hash.size()) return std::nullopt;
  for (std::size_t i = 0; i < hash.size(); ++i) {
    const int high = base::hex_digit(hex[2 * i]);
    const int low = base::hex_digit(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    hash[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return hash;
}

bool equal_in_constant_time(const Sha256& a, const Sha256& b) {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace crypto
