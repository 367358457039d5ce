#include "tokens/verify.h"

#include <gtest/gtest.h>

#include "unit/tokens/made.h"

namespace tokens {
namespace {

using tokens_test::base64url;
using tokens_test::keys_of;
using tokens_test::secret_key;
using tokens_test::signed_token;
using tokens_test::token_of;
using tokens_test::verdict_of;

constexpr const char* kClaims = R"({"channels": ["match"], "exp": 4102444800})";

Rules all() {
  Rules rules;
  rules.algorithms = {Algorithm::kEs256, Algorithm::kRs256, Algorithm::kHs256};
  return rules;
}
KeySet every_key() { return keys_of({tokens_test::kEcKey, tokens_test::kRsaKey, secret_key("hs")}); }
std::string verdict(const std::string& token, const Rules& rules = all()) {
  return verdict_of(verify(token, every_key(), rules));
}

TEST(Verify, AcceptsTokensOfEachAlgorithm) {
  for (const std::string& token :
       {std::string(tokens_test::kEcToken), std::string(tokens_test::kRsaToken), token_of(kClaims)}) {
    const Verified verified = verify(token, every_key(), all());
    ASSERT_EQ(verdict_of(verified), "accepted") << token;
    EXPECT_EQ(std::get<Claims>(verified).channels, std::vector<std::string>{"match"});
    EXPECT_EQ(std::get<Claims>(verified).expires, 4102444800);
  }
}

TEST(Verify, RefusesATokenWithAnyByteChanged) {
  for (const std::string& token :
       {std::string(tokens_test::kEcToken), std::string(tokens_test::kRsaToken), token_of(kClaims)}) {
    for (std::size_t i = 0; i + 1 < token.size(); ++i) {  // the last letter may have bits that say nothing
      std::string changed = token;
      changed[i] = changed[i] == 'A' ? 'B' : 'A';
      EXPECT_NE(verdict(changed), "accepted") << i;
    }
  }
}

TEST(Verify, RefusesASignatureThatIsCutOrExtended) {
  for (const std::string& token :
       {std::string(tokens_test::kEcToken), std::string(tokens_test::kRsaToken), token_of(kClaims)}) {
    EXPECT_EQ(verdict(token.substr(0, token.size() - 4)), "signature");
    EXPECT_EQ(verdict(token + "AAAA"), "signature");
    EXPECT_NE(verdict(token.substr(0, token.rfind('.') + 1)), "accepted") << "none";
  }
}

TEST(Verify, RefusesAlgNone) {  // [RFC 8725 3.1]
  for (const char* name : {"none", "None", "NONE", ""}) {
    const std::string text =
        base64url(base::view_of(R"({"alg": ")" + std::string(name) + "\"}")) + "." + base64url(base::view_of(kClaims));
    EXPECT_NE(verdict(text + "."), "accepted") << name;
    EXPECT_NE(verdict(text + ".AAAA"), "accepted") << name;
  }
  EXPECT_NE(verdict(signed_token("{}", kClaims)), "accepted");
}

TEST(Verify, TakesNoPublicKeyForASecret) {  // [RFC 8725 2.1]: algorithm confusion
  for (const char* id : {"rsa", "ec"}) {
    const std::string head = R"({"alg": "HS256", "kid": ")" + std::string(id) + "\"}";
    for (const char* secret : {tokens_test::kRsaPem, tokens_test::kRsaKey, tokens_test::kEcKey})
      EXPECT_EQ(verdict(signed_token(head, kClaims, secret)), "unknown_key") << id;
  }
  EXPECT_EQ(verdict(signed_token(R"({"alg": "RS256", "kid": "hs"})", kClaims)), "unknown_key");
  EXPECT_EQ(verdict(signed_token(R"({"alg": "RS256", "kid": "rsa"})", kClaims)), "signature");
}

TEST(Verify, AllowsNoAlgorithmThatTheRulesDoNotName) {
  Rules rules;
  EXPECT_EQ(verdict(tokens_test::kEcToken, rules), "accepted");
  EXPECT_EQ(verdict(tokens_test::kRsaToken, rules), "algorithm");
  EXPECT_EQ(verdict(token_of(kClaims), rules), "algorithm");
  EXPECT_EQ(verdict(signed_token(R"({"alg": "HS384", "kid": "hs"})", kClaims)), "algorithm");
}

TEST(Verify, KnowsNoOtherKeys) {
  EXPECT_EQ(verdict(token_of(kClaims, "other")), "unknown_key");
  EXPECT_EQ(verdict(signed_token(R"({"alg": "HS256"})", kClaims)), "accepted") << "without kid: the only one";
  EXPECT_EQ(verdict_of(verify(tokens_test::kEcToken, KeySet(), all())), "unknown_key");
}

TEST(Verify, TriesEachKeyOfAnId) {
  const KeySet keys = keys_of({secret_key("hs", "the old secret, of 32 bytes also"), secret_key("hs")});
  EXPECT_EQ(verdict_of(verify(token_of(kClaims), keys, all())), "accepted");
  EXPECT_EQ(verdict_of(verify(signed_token(R"({"alg": "HS256", "kid": "hs"})", kClaims, "of nobody"), keys, all())),
            "signature");
}

TEST(Verify, RefusesExtensionsThatItDoesNotKnow) {  // [RFC 7515 4.1.11]
  EXPECT_EQ(verdict(signed_token(R"({"alg": "HS256", "kid": "hs", "crit": ["b64"], "b64": false})", kClaims)),
            "malformed");
}

TEST(Verify, ReadsCompactTokensOnly) {
  for (const char* token : {"", ".", "..", "a.b", "a.b.c", "a.b.c.d", "e30.e30.", "\xff.\xff.\xff",
                            "e30=.e30=.AA==", "eyJhbGciOiJIUzI1NiJ9..", "{\"payload\": \"e30\"}"})
    EXPECT_NE(verdict(token), "accepted") << token;
  const std::string good = token_of(kClaims);
  const std::size_t first = good.find('.');
  for (const std::size_t at : {first, good.rfind('.'), good.size()})  // a length of 4 n + 1 ended the library's process
    for (const char* more : {"A", "AA", "AAA", "AAAA", "AAAAA", "=", "==", "+", "/"}) {
      std::string longer = good;
      EXPECT_NE(verdict(longer.insert(at, more)), "accepted") << at << more;
    }
  EXPECT_EQ(verdict(token_of(R"({"channel": "match", "exp": 4102444800, "pad": ")" + std::string(kLongestToken, 'x') +
                             "\"}")),
            "malformed");
}

TEST(Verify, ReadsNoClaimsBeforeTheSignatureIsGood) {
  EXPECT_EQ(verdict(signed_token(R"({"alg": "HS256", "kid": "hs"})", "no claims", "of nobody, but of 32 bytes still")),
            "signature");
  EXPECT_EQ(verdict(token_of("no claims")), "malformed");
}

}  // namespace
}  // namespace tokens
