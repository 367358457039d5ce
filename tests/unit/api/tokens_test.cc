#include "api/tokens.h"

#include <gtest/gtest.h>

namespace api {
namespace {

using Outcome = Tokens::Outcome;

constexpr base::Micros kNow = 1'000 * base::kSecond;

Tokens tokens() {
  return Tokens({make_token("reader", "token-r", Role::kRead), make_token("operator", "token-o", Role::kOperate),
                 make_token("past", "token-p", Role::kAdmin, kNow),
                 make_token("soon", "token-s", Role::kAdmin, kNow + 1)});
}

TEST(Tokens, KnowsATokenByItsHash) {
  const Tokens::Verdict reader = tokens().verify("Bearer token-r", kNow);
  EXPECT_EQ(reader.outcome, Outcome::kGood);
  EXPECT_EQ(reader.name, "reader");
  EXPECT_EQ(reader.role, Role::kRead);
  const Tokens::Verdict other = tokens().verify("bearer   token-o", kNow);
  EXPECT_EQ(other.name, "operator");
  EXPECT_EQ(other.role, Role::kOperate);
}

TEST(Tokens, TakesTheSchemeInAnyCaseAndTheTokenAsItIs) {
  EXPECT_EQ(tokens().verify("BEARER token-r", kNow).outcome, Outcome::kGood);
  EXPECT_EQ(tokens().verify("Bearer TOKEN-R", kNow).outcome, Outcome::kUnknown);
}

TEST(Tokens, FindsNoTokenWhereNoneIsGiven) {
  for (const char* none : {"", "Bearer", "Bearer ", "Bearer    ", "Basic dG9rZW4tcg==", "Bearertoken-r", "token-r"})
    EXPECT_EQ(tokens().verify(none, kNow).outcome, Outcome::kMissing) << none;
}

TEST(Tokens, AnUnknownTokenHasNoNameAndNoRole) {
  for (const char* wrong : {"Bearer token", "Bearer token-rr", "Bearer token-r,", "Bearer x"}) {
    const Tokens::Verdict verdict = tokens().verify(wrong, kNow);
    EXPECT_EQ(verdict.outcome, Outcome::kUnknown) << wrong;
    EXPECT_EQ(verdict.name, "");
    EXPECT_EQ(verdict.role, Role::kNobody);
  }
  EXPECT_EQ(Tokens().verify("Bearer token-r", kNow).outcome, Outcome::kUnknown) << "without tokens none is good";
}

TEST(Tokens, TheHashItselfIsNoToken) {
  const std::string hash = crypto::to_hex(make_token("", "token-r", Role::kRead).hash);
  EXPECT_EQ(tokens().verify("Bearer " + hash, kNow).outcome, Outcome::kUnknown);
}

TEST(Tokens, ExpiresAtItsInstant) {
  EXPECT_EQ(tokens().verify("Bearer token-p", kNow - 1).outcome, Outcome::kGood);
  const Tokens::Verdict past = tokens().verify("Bearer token-p", kNow);
  EXPECT_EQ(past.outcome, Outcome::kExpired);
  EXPECT_EQ(past.name, "past");
  EXPECT_EQ(past.role, Role::kNobody);
  EXPECT_EQ(tokens().verify("Bearer token-s", kNow).outcome, Outcome::kGood);
  EXPECT_EQ(tokens().verify("Bearer token-r", INT64_MAX).outcome, Outcome::kGood) << "0: never";
}

TEST(Roles, IncludeThoseBeforeThem) {
  EXPECT_LT(Role::kNobody, Role::kRead);
  EXPECT_LT(Role::kRead, Role::kOperate);
  EXPECT_LT(Role::kOperate, Role::kAdmin);
  EXPECT_EQ(to_string(Role::kNobody), "nobody");
  EXPECT_EQ(to_string(Role::kRead), "read");
  EXPECT_EQ(to_string(Role::kOperate), "operate");
  EXPECT_EQ(to_string(Role::kAdmin), "admin");
}

}  // namespace
}  // namespace api
