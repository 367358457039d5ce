#include "tokens/keys.h"

#include <gtest/gtest.h>

#include "unit/tokens/made.h"

namespace tokens {
namespace {

using tokens_test::keys_of;
using tokens_test::secret_key;

std::string fault_of(const std::string& text, KeySource source = KeySource::kConfiguration) {
  KeySet keys;
  const base::Status status = keys.add(text, source);
  EXPECT_TRUE(status.ok() || keys.empty()) << "all or nothing";
  return status.ok() ? "" : status.error().what;
}
std::string set_of(const std::string& keys) { return "{\"keys\": [" + keys + "]}"; }

TEST(KeySet, TakesOneKeyOrASet) {
  EXPECT_EQ(keys_of({tokens_test::kEcKey}).size(), 1u);
  EXPECT_EQ(keys_of({set_of(std::string(tokens_test::kEcKey) + "," + tokens_test::kRsaKey)}).size(), 2u);
  EXPECT_EQ(keys_of({tokens_test::kEcKey, secret_key("a")}).size(), 2u) << "one after the other";
}

TEST(KeySet, FindsAKeyByIdAndAlgorithm) {
  const KeySet keys = keys_of({tokens_test::kEcKey, tokens_test::kRsaKey, secret_key("hs")});
  ASSERT_EQ(keys.find("ec", Algorithm::kEs256).size(), 1u);
  EXPECT_EQ(keys.find("ec", Algorithm::kEs256)[0]->id(), "ec");
  EXPECT_EQ(keys.find("rsa", Algorithm::kRs256).size(), 1u);
  EXPECT_EQ(keys.find("hs", Algorithm::kHs256).size(), 1u);
  EXPECT_TRUE(keys.find("rsa", Algorithm::kHs256).empty()) << "a public key is no secret";
  EXPECT_TRUE(keys.find("ec", Algorithm::kRs256).empty());
  EXPECT_TRUE(keys.find("other", Algorithm::kEs256).empty());
}

TEST(KeySet, TakesTheOnlyKeyOfAnAlgorithmForATokenWithoutId) {
  const KeySet keys = keys_of({tokens_test::kEcKey, secret_key("one"), secret_key("two")});
  EXPECT_EQ(keys.find("", Algorithm::kEs256).size(), 1u);
  EXPECT_TRUE(keys.find("", Algorithm::kHs256).empty()) << "there are two";
}

TEST(KeySet, GivesAllKeysThatShareAnId) {  // [RFC 7517 4.5]
  EXPECT_EQ(keys_of({secret_key("a"), secret_key("a", "another secret of 32 bytes, fine")})
                .find("a", Algorithm::kHs256)
                .size(),
            2u);
}

TEST(KeySet, LeavesOutKeysThatNoTokenHereCanHave) {  // [RFC 7517 4.1 to 4.4]
  const std::string ec = tokens_test::kEcKey;
  const auto with = [&ec](const std::string& more) { return ec.substr(0, ec.size() - 1) + "," + more + "}"; };
  for (const std::string& other :
       {std::string(R"({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})"),
        std::string(R"({"kty": "EC", "crv": "P-384"})"), std::string("{}"), with(R"("use": "enc")"),
        with(R"("alg": "ES384")"), with(R"("alg": 1)"), with(R"("key_ops": ["sign"])"),
        with(R"("key_ops": "verify")")}) {
    EXPECT_EQ(keys_of({set_of(other + "," + secret_key("a"))}).size(), 1u) << other;
    EXPECT_EQ(fault_of(set_of(other)), "no key for ES256 (P-256), RS256 or HS256 signatures") << other;
  }
  for (const char* more : {R"("use": "sig")", R"("alg": "ES256")", R"("key_ops": ["verify", "sign"])"})
    EXPECT_EQ(fault_of(with(more)), "") << more;
}

TEST(KeySet, RefusesWhatIsNoSet) {
  for (const char* text : {"", "[]", "null", "{\"keys\"", "\"text\""})
    EXPECT_EQ(fault_of(text), "no JSON object with keys") << text;
  EXPECT_EQ(fault_of(R"({"keys": {}})"), "\"keys\" is no list");
  EXPECT_EQ(fault_of(R"({"keys": [1]})"), "key 1 is no JSON object");
  EXPECT_EQ(fault_of(set_of(secret_key("a") + R"(,{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"})")),
            "key 2 is no good key of type EC");
  for (const char* value : {"\"AAAAA\"", "\"AA==\"", "\"A A\"", "\"A+A\"", "1", "null"})  // ended the library's process
    EXPECT_EQ(fault_of(R"({"kty": "oct", "k": )" + std::string(value) + "}"), "the key is no good key of type oct")
        << value;
  EXPECT_EQ(fault_of(R"({"kty": "RSA"})"), "the key is no good key of type RSA");
}

TEST(KeySet, RefusesKeysThatAreTooShort) {  // [RFC 7518 3.2, 3.3]
  EXPECT_NE(fault_of(tokens_test::kSmallRsaKey).find("at least 2048 bits"), std::string::npos);
  EXPECT_NE(fault_of(secret_key("a", std::string(31, 'x'))).find("at least 32 bytes"), std::string::npos);
  EXPECT_EQ(fault_of(secret_key("a", std::string(32, 'x'))), "");
}

TEST(KeySet, RefusesAPublicKeyInPemAsASecret) {
  EXPECT_NE(fault_of(secret_key("a", tokens_test::kRsaPem)).find("a PEM file is no secret"), std::string::npos);
}

TEST(KeySet, RefusesPrivateKeysWithoutShowingThem) {
  const std::string fault = fault_of(tokens_test::kPrivateEcKey);
  EXPECT_EQ(fault, "the key is a private key: give the public one, without \"d\"");
}

TEST(KeySet, RefusesASharedSecretFromTheNetwork) {
  EXPECT_NE(fault_of(set_of(secret_key("a")), KeySource::kNetwork).find("is a shared secret"), std::string::npos);
  EXPECT_EQ(fault_of(tokens_test::kEcKey, KeySource::kNetwork), "");
}

TEST(KeySet, IsBounded) {
  std::string many;
  for (std::size_t i = 0; i < KeySet::kMost; ++i) many += (i == 0 ? "" : ",") + secret_key(std::to_string(i));
  KeySet keys = keys_of({set_of(many)});
  EXPECT_EQ(keys.size(), KeySet::kMost);
  EXPECT_FALSE(keys.add(secret_key("more"), KeySource::kConfiguration).ok());
  EXPECT_EQ(keys.size(), KeySet::kMost);
  EXPECT_EQ(fault_of(std::string(KeySet::kLongest + 1, ' ')), "more than 256 KiB of keys");
}

}  // namespace
}  // namespace tokens
