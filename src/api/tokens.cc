#include "api/tokens.h"

#include <utility>

#include "http/request.h"

namespace api {
namespace {

constexpr std::string_view kScheme = "Bearer ";

}  // namespace

Tokens::Verdict Tokens::verify(std::string_view authorization, base::Micros now) const {
  if (!http::same_name(authorization.substr(0, kScheme.size()), kScheme)) return {};
  authorization.remove_prefix(kScheme.size());
  while (authorization.starts_with(' ')) authorization.remove_prefix(1);
  if (authorization.empty()) return {};
  const crypto::Sha256 hash = crypto::sha256(base::view_of(authorization));
  const Token* found = nullptr;
  // All of them, whichever it is.
  for (const Token& token : tokens_) {
    if (crypto::equal_in_constant_time(hash, token.hash)) found = &token;
  }
  if (found == nullptr) return {Outcome::kUnknown, {}, Role::kNobody};
  if (found->expires != 0 && now >= found->expires) return {Outcome::kExpired, found->name, Role::kNobody};
  return {Outcome::kGood, found->name, found->role};
}

Token make_token(std::string name, std::string_view text, Role role, base::Micros expires) {
  return {std::move(name), crypto::sha256(base::view_of(text)), role, expires};
}

}  // namespace api
