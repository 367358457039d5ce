#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

/// Viewers' tokens: JSON Web Tokens that are signed, read and checked (RFC 7515, RFC 7519). Does no I/O.
namespace tokens {

/// The signatures that can be allowed. Each goes with one kind of key alone, so no token can have a public key taken
/// for a shared secret. "none" is not among them. Spec: [RFC 7518 3.1]
enum class Algorithm : std::uint8_t {
  kEs256,  ///< ECDSA on P-256
  kRs256,  ///< RSA, PKCS #1 v1.5, of at least 2048 bits
  kHs256,  ///< HMAC: who can check tokens can make them
};

constexpr std::string_view to_string(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kEs256: return "ES256";
    case Algorithm::kRs256: return "RS256";
    case Algorithm::kHs256: return "HS256";
  }
  return "unknown";
}

/// By its name in a token's head, case and all.
constexpr std::optional<Algorithm> parse_algorithm(std::string_view name) {
  for (const Algorithm one : {Algorithm::kEs256, Algorithm::kRs256, Algorithm::kHs256})
    if (name == to_string(one)) return one;
  return std::nullopt;
}

}  // namespace tokens
