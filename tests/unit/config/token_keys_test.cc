#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "config/reload.h"
#include "unit/config/parsed.h"

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

TEST(TokenKeys, AreTakenUpByAReload) {
  EXPECT_TRUE(keys_for_restart(good(""), good(tokens_with("algorithms: [HS256], cookie: x, " + quoted_jwk()) +
                                              "channels: {match: {tokens: required}}\n"))
                  .empty());
}

}  // namespace
}  // namespace config
