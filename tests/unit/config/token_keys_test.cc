#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "config/reload.h"
#include "unit/config/parsed.h"
#include "unit/tokens/signed.h"

namespace config {
namespace {

constexpr const char* kJwk = R"({"kty": "oct", "kid": "a", "k": "YSBzZWNyZXQgb2YgdGhpcnR5LXR3byBieXRlcywgb2s"})";

std::string tokens_with(const std::string& keys) { return "http:\n  tokens: {" + keys + "}\n"; }
std::string quoted_jwk() { return "keys: ['" + std::string(kJwk) + "']"; }

TEST(TokenKeys, AskNobodyByDefault) {
  const Config config = good("");
  EXPECT_TRUE(config.http.tokens.set.empty());
  EXPECT_EQ(config.http.tokens.algorithms, std::vector<std::string>{"ES256"});
  EXPECT_EQ(config.http.tokens.leeway, 30 * base::kSecond);
  EXPECT_EQ(config.http.tokens.cookie, "kickoff_token");
  EXPECT_FALSE(config.channels.at("*").tokens);
}

TEST(TokenKeys, GatherKeysFromTheListAndAFile) {
  char path[] = "/tmp/kickoff-tokens-XXXXXX";
  const std::string directory = mkdtemp(path);
  std::ofstream(directory + "/jwks.json") << "{\"keys\": [" << kJwk << "]}";
  const Config config =
      good(tokens_with("algorithms: [HS256], " + quoted_jwk() + ", jwks_file: " + directory + "/jwks.json"));
  EXPECT_EQ(config.http.tokens.set.size(), 2u);
  std::ofstream(directory + "/bad.json") << "{}";
  EXPECT_NE(problems_of(tokens_with("jwks_file: " + directory + "/bad.json")).find("bad.json: no key for ES256"),
            std::string::npos);
  EXPECT_NE(problems_of(tokens_with("jwks_file: " + directory + "/none.json")).find("http.tokens.jwks_file: "),
            std::string::npos);
  std::filesystem::remove_all(directory);
}

TEST(TokenKeys, RefuseABadKeyWithoutShowingIt) {
  const std::string problems = problems_of(tokens_with(R"(keys: ['{"kty": "oct", "k": "c2hvcnQ"}'])"));
  EXPECT_NE(
      problems.find("an item of keys has to be a JSON Web Key: the key: HS256 needs a secret of at least 32 bytes"),
      std::string::npos)
      << problems;
  EXPECT_EQ(problems.find("c2hvcnQ"), std::string::npos) << problems;
}

TEST(TokenKeys, AllowOnlyAlgorithmsThatAreSafe) {
  for (const char* name : {"none", "HS512", "es256", "EdDSA"})
    EXPECT_NE(problems_of(tokens_with("algorithms: [" + std::string(name) + "]")).find("ES256, RS256 or HS256"),
              std::string::npos)
        << name;
  EXPECT_NE(problems_of(tokens_with(quoted_jwk())).find("algorithms allow none of the keys"), std::string::npos)
      << "ES256 is the default";
  EXPECT_EQ(problems_of(tokens_with("algorithms: [ES256, HS256], " + quoted_jwk())), "");
}

TEST(TokenKeys, AreNeededByAChannelThatRequiresTokens) {
  const std::string channel = "channels: {match: {tokens: required}}\n";
  EXPECT_NE(problems_of(channel).find("channels.match.tokens: required needs http.tokens.keys"), std::string::npos);
  const Config config = good(tokens_with("algorithms: [HS256], " + quoted_jwk()) + channel);
  EXPECT_TRUE(config.channels.at("match").tokens);
  EXPECT_NE(problems_of("channels: {match: {tokens: yes}}\n"), "");
}

TEST(TokenKeys, MayBeAtAUrlThatNobodyElseCanAnswerFor) {
  const Config config =
      good(tokens_with("jwks_url: \"https://id.example.com/jwks\"") + "channels: {match: {tokens: required}}\n");
  EXPECT_EQ(config.http.tokens.jwks_url, "https://id.example.com/jwks");
  EXPECT_EQ(problems_of(tokens_with("jwks_url: \"http://127.0.0.1:8000/jwks\", " + quoted_jwk())), "")
      << "others' keys come";
  for (const char* url : {"http://id.example.com/jwks", "id.example.com", "https://", "ftp://id.example.com/",
                          "https://a b/", "http://127.0.0.1.example.com/"})
    EXPECT_NE(problems_of(tokens_with("jwks_url: \"" + std::string(url) + "\"")).find("a URL of https"),
              std::string::npos)
        << url;
}

TEST(TokenKeys, HaveBounds) {
  EXPECT_EQ(good(tokens_with("leeway: 0s")).http.tokens.leeway, 0);
  EXPECT_NE(problems_of(tokens_with("leeway: 601s")), "");
  EXPECT_EQ(good(tokens_with("cookie: \"\"")).http.tokens.cookie, "");
  for (const char* name : {"two words", "a=b", "a;b"})
    EXPECT_NE(problems_of(tokens_with("cookie: \"" + std::string(name) + "\"")).find("the name of a cookie"),
              std::string::npos)
        << name;
  EXPECT_NE(problems_of(tokens_with("issuers: [\"\"]")), "");
  EXPECT_EQ(good(tokens_with("issuers: [us], audiences: [live, vod]")).http.tokens.audiences.size(), 2u);
}

class SignerKeysTest : public ::testing::Test {
 protected:
  SignerKeysTest() {
    char path[] = "/tmp/kickoff-signers-XXXXXX";
    directory_ = mkdtemp(path);
    std::ofstream(directory_ + "/rsa.pem") << signed_test::kRsaPem;
    std::ofstream(directory_ + "/ec.pem") << signed_test::kEcPem;
    std::ofstream(directory_ + "/small.pem") << signed_test::kSmallRsaPem;
    std::ofstream(directory_ + "/p384.pem") << signed_test::kP384Pem;
    std::ofstream(directory_ + "/text.pem") << "secret text";
  }
  ~SignerKeysTest() override { std::filesystem::remove_all(directory_); }

  std::string item(const std::string& id, const std::string& file) const {
    return "\"" + id + "=" + directory_ + "/" + file + "\"";
  }
  static std::string with(const std::string& keys, const std::string& urls = "[\"https://live.example.com\"]") {
    return tokens_with("cloudfront: {keys: [" + keys + "], urls: " + urls + "}");
  }
  void expect_problem(const std::string& text, const std::string& problem) const {
    const std::string problems = problems_of(text);
    EXPECT_NE(problems.find(problem), std::string::npos) << problem << "\n" << problems;
    EXPECT_EQ(problems.find("secret text"), std::string::npos);
  }

  std::string directory_;
};

TEST_F(SignerKeysTest, AreReadAndAreEnoughForAChannelThatRequiresTokens) {
  EXPECT_EQ(good("").http.tokens.signers, nullptr);
  const Config config = good(with(item("K1", "rsa.pem") + ", " + item("K2", "ec.pem"),
                                  "[\"https://live.example.com\", \"http://[::1]:8080\"]") +
                             "channels: {match: {tokens: required}}\n");
  ASSERT_NE(config.http.tokens.signers, nullptr);
  tokens::SignedPolicy shown = tokens::signed_policy_of_query(signed_test::kCannedQuery);
  const auto fault_of = [&](const char* id) {
    shown.key_id = id;
    const auto verified = config.http.tokens.signers->verify(shown, "/live/match/index.m3u8?view=vertical");
    const auto* fault = std::get_if<tokens::Fault>(&verified);
    return fault == nullptr ? tokens::Fault::kNone : *fault;
  };
  EXPECT_EQ(fault_of("K1"), tokens::Fault::kNone);
  EXPECT_EQ(fault_of("K2"), tokens::Fault::kSignature);
  EXPECT_EQ(fault_of("K3"), tokens::Fault::kUnknownKey);
}

TEST_F(SignerKeysTest, NameTheFileThatHasNoGoodKey) {
  expect_problem(with(item("K1", "small.pem")), "/small.pem: the RSA key has 1024 bits");
  expect_problem(with(item("K1", "p384.pem")), "/p384.pem: the key is neither RSA nor on the curve P-256");
  expect_problem(with(item("K1", "text.pem")), "/text.pem: no public key in PEM");
  expect_problem(with(item("K1", "none.pem")), "http.tokens.cloudfront.keys: ");
  expect_problem(with(item("K1", "rsa.pem") + ", " + item("K1", "ec.pem")), "two have the id \"K1\"");
}

TEST_F(SignerKeysTest, HaveAnIdAPathAndUrls) {
  for (const char* key : {"rsa.pem", "=/rsa.pem", "K1=", "K1=rsa.pem", "K 1=/rsa.pem", "K-1=/rsa.pem"})
    expect_problem(with("\"" + std::string(key) + "\""), "has to be ID=FILE");
  expect_problem(with("\"" + std::string(129, 'K') + "=/rsa.pem\""), "has to be ID=FILE");
  for (const char* url : {"live.example.com", "https://", "https://live.example.com/", "https://Live.example.com",
                          "https://live.example.com/live", "ftp://live.example.com", "https://*.example.com"})
    expect_problem(with(item("K1", "rsa.pem"), "[\"" + std::string(url) + "\"]"), "a scheme and a host alone");
  expect_problem(with(item("K1", "rsa.pem"), "[]"), "keys and urls: both or none");
  expect_problem(with(""), "keys and urls: both or none");
}

TEST_F(SignerKeysTest, HaveBounds) {
  std::string keys;
  std::string urls;
  for (int i = 0; i < 17; ++i) keys += (i > 0 ? ", " : "") + item("K" + std::to_string(i), "ec.pem");
  for (int i = 0; i < 9; ++i) urls += (i > 0 ? ", \"" : "\"") + ("https://" + std::to_string(i)) + "\"";
  expect_problem(with(keys), "more than 16");
  expect_problem(with(item("K1", "rsa.pem"), "[" + urls + "]"), "more than 8");
  EXPECT_EQ(problems_of(with(keys.substr(0, keys.rfind(',')))), "");
  EXPECT_EQ(problems_of(with(item("K1", "rsa.pem"), "[" + urls.substr(0, urls.rfind(',')) + "]")), "");
}

TEST_F(SignerKeysTest, AreTakenUpByAReload) {
  EXPECT_TRUE(keys_for_restart(good(""), good(with(item("K1", "rsa.pem")))).empty());
}

TEST(TokenKeys, AreTakenUpByAReload) {
  EXPECT_TRUE(keys_for_restart(good(""), good(tokens_with("algorithms: [HS256], cookie: x, " + quoted_jwk()) +
                                              "channels: {match: {tokens: required}}\n"))
                  .empty());
}

}  // namespace
}  // namespace config
