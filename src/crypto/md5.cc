#include "crypto/md5.h"

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <cstdlib>

namespace crypto {

std::string md5_hex(base::View bytes) {
  static constexpr char kHexDigits[] = "0123456789abcdef";
  std::array<std::uint8_t, 16> hash{};
  // It fails where OpenSSL is broken, out of memory, or has MD5 switched off.
  if (EVP_Digest(bytes.data(), bytes.size(), hash.data(), nullptr, EVP_md5(), nullptr) != 1) std::abort();
  std::string hex;
  for (const std::uint8_t byte : hash) {
    hex += kHexDigits[byte >> 4];
    hex += kHexDigits[byte & 0xf];
  }
  return hex;
}

}  // namespace crypto
