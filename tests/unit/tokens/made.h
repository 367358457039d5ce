#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/base64.h"
#include "crypto/sha256.h"
#include "tokens/verify.h"

namespace tokens_test {

// Keys and tokens of Node's own cryptography, so that the judge is not the library that is tested:
//   node -e 'crypto.generateKeyPairSync("ec", {namedCurve: "P-256"}).publicKey.export({format: "jwk"})' and so on;
//   crypto.sign("sha256", `${base64url(head)}.${base64url(claims)}`, {key, dsaEncoding: "ieee-p1363"})
// Their claims: {"channels": ["match"], "exp": 4102444800}.
inline constexpr const char* kEcKey =
    R"x({"kty":"EC","x":"3xcGmSBszh3laDQhT7SOdrkxt-Rq1y4TcO7_30mLKDo","y":"_OQxX_ueqEZV2-D2l67e1MCt1bNADIcDK)x"
    R"x(ghShtUtSnw","crv":"P-256","kid":"ec"})x";

inline constexpr const char* kEcToken =
    R"x(eyJhbGciOiJFUzI1NiIsImtpZCI6ImVjIn0.eyJjaGFubmVscyI6WyJtYXRjaCJdLCJleHAiOjQxMDI0NDQ4MDB9.R5u1RLnWl2I)x"
    R"x(NYLRD6H6Z3I2BUN7z2Bs3qvH6ufxYKxIJCLmMp4m1vw6ghkOJzi2McY0vx8zwB4H6750ft3WqDQ)x";

inline constexpr const char* kRsaKey =
    R"x({"kty":"RSA","n":"tPrMTph1HRKUFZ-XFHBazEDagcfeK7EhaWIPXylTWCxZgoEPtalqhU9EJ-4yO3qXRY2wL6x6P-37YR1LYb)x"
    R"x(YdVa6w-qc8lBBN6ZcfRxkKxK7alv0ronLtMZXVIbTkiS1-G06gj_64IbkUm3P-jbM5TWgE7eDaDz8J_Kk8YMZ91fprcVsqvvgF3t)x"
    R"x(xn4QKidFaZaRqui0KMKMmC-IIBu_n9oKdJdbKDrZJGsfK_7azBkC6vUtliXiZ2N9VUN8ksPp1uHXY1AKjZ8DnP7UYa9pEkUQ4NEq)x"
    R"x(gnpps6p_fLbFAxxmq2vvmDAeJYOd8DHdL2tGY9GC3dK9F9rhMu7ENrWNp5GQ","e":"AQAB","kid":"rsa"})x";

inline constexpr const char* kRsaToken =
    R"x(eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSJ9.eyJjaGFubmVscyI6WyJtYXRjaCJdLCJleHAiOjQxMDI0NDQ4MDB9.Z_hEAC3tDV)x"
    R"x(9Acf6N21UxZfI0AegM9R4llCi0-CauB8A59UwzGQY2Aufz7GqR32KDfgETykOLqaksUsLbKqJ5C0aXBAEyHSJy5gtDeOKzmKJasx)x"
    R"x(Ar-BA4QMR4UJ6drLwgKX4wP2p4Iz-Bje02IBqRYFhR0T9-ZmL3MDpX2d2HoWD1rUMO_mEv2IP4CfODSO34-TpT8dJlS52eaEOjok)x"
    R"x(0ez-zXd33xxOAq26-OLgpyG3a_OGgGmYd3Cdw2U0Wu3De1ezSI38D7OLYI4ZOC2te0jIB9oHiztN4uxwA7shPspPyOJPPvp6RfZZ)x"
    R"x(ZWfKwFFhy83ipIsB5s2Exd6GUu4RveOg)x";

inline constexpr const char* kSmallRsaKey =
    R"x({"kty":"RSA","n":"3cAcocyTSLscG-K4TT0LjygZyzErS_t7h7RoV8jcZ7ciq7-XMJowukZ8lY-Dpv_c52LlJHElBCe4PQugI9)x"
    R"x(11HIct68DtX2koN8P3pAXHRnvYFnOTrXmA6NT_m2KYGAx4y2vL-nDBpC54Ct_ojt7Z56kvTluVIwoZ-d7Swzp8Las","e":"AQAB)x"
    R"x(","kid":"small"})x";

inline constexpr const char* kRsaPem =
    R"x(-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtPrMTph1HRKUFZ+XFHBa\nzEDagc)x"
    R"x(feK7EhaWIPXylTWCxZgoEPtalqhU9EJ+4yO3qXRY2wL6x6P+37YR1LYbYd\nVa6w+qc8lBBN6ZcfRxkKxK7alv0ronLtMZXVIbTk)x"
    R"x(iS1+G06gj/64IbkUm3P+jbM5\nTWgE7eDaDz8J/Kk8YMZ91fprcVsqvvgF3txn4QKidFaZaRqui0KMKMmC+IIBu/n9\noKdJdbKD)x"
    R"x(rZJGsfK/7azBkC6vUtliXiZ2N9VUN8ksPp1uHXY1AKjZ8DnP7UYa9pEk\nUQ4NEqgnpps6p/fLbFAxxmq2vvmDAeJYOd8DHdL2tG)x"
    R"x(Y9GC3dK9F9rhMu7ENrWNp5\nGQIDAQAB\n-----END PUBLIC KEY-----\n)x";

inline constexpr const char* kPrivateEcKey =
    R"x({"kty":"EC","x":"3xcGmSBszh3laDQhT7SOdrkxt-Rq1y4TcO7_30mLKDo","y":"_OQxX_ueqEZV2-D2l67e1MCt1bNADIcDK)x"
    R"x(ghShtUtSnw","crv":"P-256","d":"95b9x8EQmMwn3sLGTJ7uzTM9Kaw82m36zJc8CVZPyCo"})x";

inline std::string base64url(base::View bytes) {
  std::string text = base::base64_encoded(bytes);
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  while (text.ends_with('=')) text.pop_back();
  return text;
}

inline constexpr const char* kSecret = "a secret of thirty-two bytes, ok";

/// An HS256 key of that secret.
inline std::string secret_key(std::string_view id, std::string_view secret = kSecret) {
  return R"({"kty": "oct", "kid": ")" + std::string(id) + R"(", "k": ")" + base64url(base::view_of(secret)) + "\"}";
}

/// A token with a signature of HMAC-SHA-256, whatever its head says.
inline std::string signed_token(std::string_view head, std::string_view claims, std::string_view secret = kSecret) {
  const std::string text = base64url(base::view_of(head)) + "." + base64url(base::view_of(claims));
  return text + "." + base64url(crypto::hmac_sha256(base::view_of(secret), base::view_of(text)));
}
inline std::string token_of(std::string_view claims, std::string_view id = "hs") {
  return signed_token(R"({"alg": "HS256", "kid": ")" + std::string(id) + "\"}", claims);
}

inline tokens::KeySet keys_of(std::initializer_list<std::string> texts) {
  tokens::KeySet keys;
  for (const std::string& text : texts) {
    const base::Status status = keys.add(text, tokens::KeySource::kConfiguration);
    EXPECT_TRUE(status.ok()) << (status.ok() ? "" : status.error().message());
  }
  return keys;
}

/// "accepted", or the fault.
inline std::string verdict_of(const tokens::Verified& verified) {
  const auto* const fault = std::get_if<tokens::Fault>(&verified);
  return std::string(tokens::to_string(fault == nullptr ? tokens::Fault::kNone : *fault));
}

}  // namespace tokens_test
