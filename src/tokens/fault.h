#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tokens {

/// Why a token does not admit its bearer.
enum class Fault : std::uint8_t {
  kNone,
  kMissing,
  kMalformed,   ///< no signed token, or claims that cannot be read
  kAlgorithm,   ///< not one that is allowed
  kUnknownKey,  ///< its key is not among ours, or is for another algorithm
  kSignature,
  kExpired,
  kNotYet,  ///< nbf is to come
  kIssuer,
  kAudience,
  kChannel,  ///< good, for other channels
  kNetwork,  ///< good, for other addresses
  kView,     ///< good, for views of the channel
  kNoKeys,   ///< ours: no keys have come so far
  kBusy,     ///< ours: this address had too many wrong signatures
};
inline constexpr std::size_t kFaults = static_cast<std::size_t>(Fault::kBusy) + 1;

/// For metric labels; kNone is "accepted".
std::string_view to_string(Fault fault);

/// What the bearer is told: status, and a text with its line feed, which is static. Spec: [RFC 6750 3.1]
struct Refusal {
  int status = 401;
  std::string_view text;
};
/// REQUIRES: not kNone.
Refusal refusal_of(Fault fault);

}  // namespace tokens
