#include "app/token_policy.h"

#include <gtest/gtest.h>

namespace app {
namespace {

TEST(TokenPolicyOf, TakesChannelsAndTheRestOfThem) {
  config::Config config;
  config.channels["match"].tokens = true;
  config.channels["open"].tokens = false;
  config.channels["*"].tokens = false;
  EXPECT_TRUE(token_policy_of(config).guards("match"));
  EXPECT_FALSE(token_policy_of(config).guards("open"));
  EXPECT_FALSE(token_policy_of(config).guards("other"));
  config.channels["*"].tokens = true;
  EXPECT_TRUE(token_policy_of(config).guards("other"));
  EXPECT_FALSE(token_policy_of(config).guards("open"));
}

TEST(TokenPolicyOf, GuardsNothingByDefault) {
  config::Config config;
  config.channels["*"];
  EXPECT_FALSE(token_policy_of(config).guards_any());
}

TEST(TokenPolicyOf, TakesTheRules) {
  config::Config config;
  config.http.tokens.algorithms = {"RS256", "HS256"};
  config.http.tokens.issuers = {"us"};
  config.http.tokens.audiences = {"live"};
  config.http.tokens.leeway = 7 * base::kSecond;
  config.http.tokens.cookie = "pass";
  const serve::TokenPolicy policy = token_policy_of(config);
  EXPECT_TRUE(policy.rules.allows(tokens::Algorithm::kRs256));
  EXPECT_FALSE(policy.rules.allows(tokens::Algorithm::kEs256));
  EXPECT_EQ(policy.rules.issuers, std::vector<std::string>{"us"});
  EXPECT_EQ(policy.rules.audiences, std::vector<std::string>{"live"});
  EXPECT_EQ(policy.rules.leeway, 7);
  EXPECT_EQ(policy.cookie, "pass");
  EXPECT_EQ(policy.signers, nullptr);
  config.http.tokens.signers =
      std::make_shared<const tokens::Signers>(tokens::Signers::Keys(), std::vector<std::string>());
  EXPECT_EQ(token_policy_of(config).signers, config.http.tokens.signers);
}

}  // namespace
}  // namespace app
