#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/request.h"
#include "base/clock.h"
#include "crypto/sha256.h"

namespace api {

/// A bearer token that is known by its hash.
struct Token {
  std::string name;  ///< for the log: whom the token was given to
  crypto::Sha256 hash{};
  Role role = Role::kRead;
  base::Micros expires = 0;  ///< UTC, the first instant at which it is no longer good; 0: never
};

/// The tokens of an instance. Spec: RFC 6750.
class Tokens {
 public:
  enum class Outcome : std::uint8_t {
    kGood,
    kMissing,  ///< no Authorization, or not of the form "Bearer TOKEN"
    kUnknown,
    kExpired,
  };
  struct Verdict {
    Outcome outcome = Outcome::kMissing;
    std::string name;           ///< of a token that is known
    Role role = Role::kNobody;  ///< of one that is good
  };

  explicit Tokens(std::vector<Token> tokens = {}) : tokens_(std::move(tokens)) {}

  /// What the Authorization field of a request is worth. The time it takes does not depend on which tokens there are
  /// that nearly fit. `now`: UTC.
  Verdict verify(std::string_view authorization, base::Micros now) const;

 private:
  std::vector<Token> tokens_;
};

/// The token that is `text`.
Token make_token(std::string name, std::string_view text, Role role, base::Micros expires = 0);

}  // namespace api
