#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

/// Events sent to other programs by HTTP, signed as the Standard Webhooks specification says.
namespace webhook {

/// The bytes that sign.
using Secret = std::vector<std::uint8_t>;

/// "whsec_" and 24 to 64 bytes in base64. Errors: kMalformed; the text is not in the message.
/// Spec: Standard Webhooks, "Signature scheme".
base::Result<Secret> parse_secret(std::string_view text);

/// Value of the header webhook-signature: "v1,BASE64" for each of the secrets, separated by blanks. It is the
/// HMAC-SHA-256 of "ID.TIMESTAMP.BODY". Units: `timestamp`: seconds since 1970. Thread: any.
/// Spec: Standard Webhooks, "Verifying webhook authenticity".
std::string sign(const std::vector<Secret>& secrets, std::string_view id, std::int64_t timestamp,
                 std::string_view body);

}  // namespace webhook
