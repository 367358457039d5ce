#pragma once

#include <cstddef>
#include <string_view>
#include <variant>

#include "tokens/claims.h"
#include "tokens/fault.h"
#include "tokens/keys.h"

namespace tokens {

/// A token that is checked, but for what changes from request to request: time, channel, address.
using Verified = std::variant<Claims, Fault>;

/// A longer one is malformed. Units: bytes.
inline constexpr std::size_t kLongestToken = 4096;

/// Checks a token in its compact form: that its algorithm is allowed, its key is ours and for that algorithm, its
/// signature is good, and then what it claims. Nothing of it is used before its signature is good but the names of
/// algorithm and key. Takes tens of microseconds: see Cache. Thread: any.
/// Spec: [RFC 7515 5.2], [RFC 8725 3.1]
Verified verify(std::string_view token, const KeySet& keys, const Rules& rules);

}  // namespace tokens
