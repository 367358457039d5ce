#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "crypto/public_key.h"
#include "tokens/claims.h"
#include "tokens/fault.h"
#include "tokens/verify.h"

namespace tokens {

/// What a viewer shows of a signed URL or signed cookies as Amazon CloudFront defines them. An empty text: it is
/// missing.
struct SignedPolicy {
  static constexpr std::size_t kLongest = 4096;  ///< of each text. Units: bytes.

  std::string policy;      ///< a custom policy, in base64 with CloudFront's alphabet
  std::string expires;     ///< of a canned policy: seconds since 1970
  std::string signature;   ///< in that base64
  std::string key_id;      ///< of the key pair
  std::string hash;        ///< "SHA1", which an empty text means too, or "SHA256"
  bool malformed = false;  ///< something is there twice, is too long, or is no visible text

  bool any() const { return malformed || !policy.empty() || !signature.empty() || !key_id.empty(); }
  /// A custom policy counts more than a canned one.
  bool is_canned() const { return policy.empty(); }
  /// Equal for the same thing alone, and for no JSON Web Token. `target`: see Signers. Never to be logged.
  std::string identity(std::string_view target) const;
};

/// The parameters Policy, Expires, Signature, Key-Pair-Id and Hash-Algorithm of a query; those that are
/// percent-encoded are decoded.
SignedPolicy signed_policy_of_query(std::string_view query);
/// Takes one cookie, if it is CloudFront-Policy, -Expires, -Signature, -Key-Pair-Id or -Hash-Algorithm.
void add_cookie(SignedPolicy& to, std::string_view name, std::string_view value);
/// The query without those parameters, the others in their order.
std::string unsigned_query(std::string_view query);

/// The bytes of a text in base64 where '-', '_' and '~' stand for '+', '=' and '/'. Nothing if it has other characters,
/// or a length that no bytes have.
std::optional<std::vector<std::uint8_t>> policy_base64_decoded(std::string_view text);

/// Whether a text is what a pattern stands for, where '*' stands for any characters or none, and '?' for one.
bool matches_pattern(std::string_view text, std::string_view pattern);

/// Reads a custom policy whose signature is good: one statement, with Resource (missing: everything), DateLessThan, and
/// perhaps DateGreaterThan and IpAddress. A condition that is not one of these is a fault: it may be one that forbids.
/// Fault: kMalformed.
std::variant<Claims, Fault> read_policy(std::string_view json);

/// Who may sign URLs and cookies, and for which names of this server. Immutable. Thread: any.
class Signers {
 public:
  static constexpr std::size_t kMost = 16;     ///< keys
  static constexpr std::size_t kMostUrls = 8;  ///< a canned policy is tried with each

  using Keys = std::vector<std::pair<std::string, crypto::PublicKey>>;

  /// `keys`: by the id of the key pair. `urls`: scheme and host ("https://live.example.com") by which viewers know the
  /// server: a resource is one of them, followed by a request's path and query.
  Signers(Keys keys, std::vector<std::string> urls) : keys_(std::move(keys)), urls_(std::move(urls)) {}

  /// Checks the signature and reads the policy. `target`: the path of the request with its query, less the parameters
  /// of the signature. What is returned of a canned policy is of that target alone, of another one of all: see
  /// has_target(). Fault: kMalformed, kAlgorithm, kUnknownKey, kSignature.
  Verified verify(const SignedPolicy& shown, std::string_view target) const;
  /// Whether the claims of a policy are for that target.
  bool has_target(const Claims& claims, std::string_view target) const;

 private:
  const crypto::PublicKey* find(std::string_view id) const;

  const Keys keys_;
  const std::vector<std::string> urls_;
};

}  // namespace tokens
