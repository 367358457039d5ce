#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace registry {

// Requests of etcd's JSON gateway about leases, and about keys that are there for as long as one: see gateway.h.

inline constexpr std::string_view kGrantPath = "/v3/lease/grant";
/// Units: `seconds` that the lease lasts from its last renewal on.
std::string grant_request(std::int64_t seconds);
/// The lease, which is not 0. Errors: kMalformed.
base::Result<std::int64_t> parse_grant(std::string_view answer);

inline constexpr std::string_view kRenewPath = "/v3/lease/keepalive";
std::string renew_request(std::int64_t lease);
/// False: there is no such lease any more. Errors: kMalformed.
base::Result<bool> parse_renewal(std::string_view answer);

/// Ends a lease, and takes away its keys.
inline constexpr std::string_view kRevokePath = "/v3/lease/revoke";
std::string revoke_request(std::int64_t lease);

inline constexpr std::string_view kPutPath = "/v3/kv/put";
/// Writes a key that goes with the lease, and with no other one from then on.
std::string put_request(std::string_view key, std::string_view value, std::int64_t lease);

}  // namespace registry
