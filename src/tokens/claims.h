#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/network.h"
#include "tokens/algorithm.h"
#include "tokens/fault.h"

namespace tokens {

/// What a server asks of tokens.
struct Rules {
  std::vector<Algorithm> algorithms{Algorithm::kEs256};
  std::vector<std::string> issuers;    ///< `iss` has to be one of them; none: it may be any
  std::vector<std::string> audiences;  ///< `aud` has to name one of them; none: a token must name nobody
  std::int64_t leeway = 30;            ///< that clocks may differ by. Units: s.

  bool allows(Algorithm algorithm) const;
};

/// What a good token says of its bearer. Immutable. Thread: any.
struct Claims {
  static constexpr std::size_t kMost = 64;      ///< channels; networks and views likewise
  static constexpr std::size_t kLongest = 128;  ///< of each. Units: bytes.

  std::int64_t expires = 0;             ///< Units: seconds since 1970, UTC.
  std::int64_t not_before = 0;          ///< likewise
  std::vector<std::string> channels;    ///< "match", or "match-*": those whose name begins so; "*": all
  std::vector<base::Network> networks;  ///< none: everywhere
  std::vector<std::string> views;       ///< none: whole channels
  /// Of a signed policy, which has no channels: the URLs that it is for; see Signers. Nothing: of a JSON Web Token.
  std::optional<std::string> resource;

  /// kNone, kNotYet or kExpired. It expires at `expires` and the leeway, to the second. `now`: as `expires`.
  Fault fault_at(std::int64_t now, std::int64_t leeway) const;
  bool has_channel(std::string_view name) const;
  /// Whether it may come from there. Nothing of a peer without address.
  bool has_address(const base::Address* peer) const;
};

/// Reads the claims of a token whose signature is good, and checks the issuer and the audience. A list may be given as
/// one text; `channel` is as good as `channels`, `network` as `networks`, `view` as `views`.
/// Fault: kMalformed, where `exp` or the channels are missing too, kIssuer, kAudience. Spec: [RFC 7519 4.1]
std::variant<Claims, Fault> read_claims(std::string_view json, const Rules& rules);

}  // namespace tokens
