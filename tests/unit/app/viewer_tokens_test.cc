#include "app/viewer_tokens.h"

#include <gtest/gtest.h>

#include "loop/loop.h"
#include "unit/client/socket_server.h"
#include "unit/tokens/made.h"

namespace app {
namespace {

config::Config config_with(const std::string& url) {
  config::Config config;
  config.channels["*"].tokens = true;
  config.http.tokens.keys = {tokens_test::secret_key("fixed")};
  config.http.tokens.set = tokens_test::keys_of({tokens_test::secret_key("fixed")});
  config.http.tokens.jwks_url = url;
  return config;
}

TEST(ViewerTokens, TakeThePolicyOfAConfiguration) {
  loop::Loop loop;
  loop::Mailbox control(loop);
  ViewerTokens viewers(control, nullptr);
  const auto policy = viewers.take_up(config_with(""));
  EXPECT_TRUE(policy->guards("match"));
  EXPECT_EQ(policy->keys->size(), 1u);
  ASSERT_NE(policy->key_missed, nullptr);
  viewers.follow();
  EXPECT_FALSE(viewers.report()) << "no keys change by themselves";
}

TEST(ViewerTokens, GiveThePolicyAnewWithTheKeysOfAUrlAndKeepThemOverAReload) {
  const std::string body = std::string("{\"keys\": [") + tokens_test::kEcKey + "]}";
  const client::SocketServer issuer([&body](const std::string&) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  });
  loop::Loop loop;
  loop::Mailbox control(loop);
  std::shared_ptr<const serve::TokenPolicy> used;
  ViewerTokens viewers(control, [&](const std::shared_ptr<const serve::TokenPolicy>& policy) {
    used = policy;
    loop.stop();
  });
  EXPECT_EQ(viewers.take_up(config_with(issuer.url()))->keys->size(), 1u);
  viewers.follow();
  loop.run();
  ASSERT_NE(used, nullptr);
  EXPECT_TRUE(used->guards("match"));
  EXPECT_EQ(used->keys->find("ec", tokens::Algorithm::kEs256).size(), 1u);
  EXPECT_EQ(used->keys->size(), 2u);
  EXPECT_EQ(viewers.take_up(config_with(issuer.url()))->keys->size(), 2u);
  EXPECT_EQ(viewers.take_up(config_with("https://other.example.com"))->keys->size(), 1u) << "another issuer's are not";
}

}  // namespace
}  // namespace app
