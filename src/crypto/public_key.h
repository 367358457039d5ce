#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace crypto {

/// The hash of a signature. SHA-1 is here for signatures that others have defined with it.
enum class SignatureHash : std::uint8_t { kSha1, kSha256 };

/// A key that signatures are checked with: RSA (PKCS #1 v1.5) of 2,048 to 8,192 bits, or ECDSA on P-256 (in DER).
/// Immutable. Thread: any. Spec: [RFC 8017 8.2], FIPS 186-4
class PublicKey {
 public:
  static constexpr int kLeastModulus = 2048;  ///< Units: bits.
  static constexpr int kMostModulus = 8192;   ///< beyond it a check takes too long

  /// Of a PEM text ("BEGIN PUBLIC KEY"). Errors, which show nothing of the text: kMalformed, kUnsupported (a private
  /// key, another type, too short or too long).
  static base::Result<PublicKey> parse(std::string_view pem);

  /// Whether this key has signed the message. Takes tens of microseconds.
  bool has_signed(base::View message, base::View signature, SignatureHash hash) const;

 private:
  explicit PublicKey(std::shared_ptr<void> key) : key_(std::move(key)) {}

  std::shared_ptr<void> key_;  ///< OpenSSL's EVP_PKEY, which only its reference count changes
};

}  // namespace crypto
