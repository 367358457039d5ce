#include <gtest/gtest.h>

#include "config/reload.h"
#include "unit/config/parsed.h"

namespace config {
namespace {

constexpr const char* kHookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

TEST(PublishHookKeys, ThereIsNoneByDefault) {
  const webhook::AdmissionSettings settings = good("").publish_hook.settings;
  EXPECT_EQ(settings.url, "");
  EXPECT_TRUE(settings.secrets.empty());
  EXPECT_FALSE(settings.allow_on_timeout);
  EXPECT_EQ(settings.timeout, 2 * base::kSecond);
  EXPECT_EQ(settings.cache, 60 * base::kSecond);
}

TEST(PublishHookKeys, AreRead) {
  const Config config = good(
      "publish_hook: {url: 'https://rights.example/x', secret_env: OURS, timeout: 500ms, on_timeout: allow, cache: 0s}",
      {{"OURS", kHookSecret}});
  const webhook::AdmissionSettings& settings = config.publish_hook.settings;
  EXPECT_EQ(settings.url, "https://rights.example/x");
  EXPECT_EQ(settings.timeout, 500 * base::kMillisecond);
  EXPECT_TRUE(settings.allow_on_timeout);
  EXPECT_EQ(settings.cache, 0);
  ASSERT_EQ(settings.secrets.size(), 1u);
  EXPECT_EQ(settings.secrets[0].size(), 24u);
  EXPECT_EQ(config.publish_hook.secrets, std::vector<std::string>{kHookSecret});
}

TEST(PublishHookKeys, HaveBounds) {
  EXPECT_EQ(problems_of("publish_hook: {timeout: 100ms, cache: 3600s}"), "");
  EXPECT_EQ(problems_of("publish_hook: {timeout: 5s, url: ''}"), "");
  EXPECT_NE(problems_of("publish_hook: {timeout: 99ms}"), "");
  EXPECT_NE(problems_of("publish_hook: {timeout: 5001ms}"), "") << "an RTMP publish has 10 s in all";
  EXPECT_NE(problems_of("publish_hook: {cache: 3601s}"), "");
  EXPECT_NE(problems_of("publish_hook: {on_timeout: maybe}"), "");
  EXPECT_NE(problems_of("publish_hook: {url: 'rights.example'}").find("has to be the URL of a receiver"),
            std::string::npos);
}

TEST(PublishHookKeys, SecretsAreThoseOfWebhooksAndAtMostFour) {
  const std::string one = kHookSecret;
  const std::string four = one + "," + one + "," + one + "," + one;
  EXPECT_EQ(good("publish_hook: {secrets: [" + four + "]}").publish_hook.settings.secrets.size(), 4u);
  EXPECT_NE(problems_of("publish_hook: {secrets: [" + four + "," + one + "]}")
                .find("publish_hook: there are more than 4 secrets"),
            std::string::npos);
  const std::string bad = problems_of("publish_hook: {secrets: [hunter2]}");
  EXPECT_NE(bad.find("openssl rand"), std::string::npos);
  EXPECT_EQ(bad.find("hunter2"), std::string::npos) << "it is not shown";
}

TEST(PublishHookKeys, AnEdgeHasNoPublishersToAskAbout) {
  EXPECT_NE(problems_of("relay: {secrets: ['0123456789abcdef']}\nedge: {origins: ['http://one']}\n"
                        "publish_hook: {url: 'http://rights.example/'}")
                .find("publish_hook.url: an edge (edge.origins) takes no feeds"),
            std::string::npos);
}

TEST(PublishHookKeys, AReloadTakesUpAllOfThem) {
  const Config before = good("publish_hook: {url: 'http://a/', secrets: [" + std::string(kHookSecret) + "]}");
  const Config after = good("publish_hook: {url: 'http://b/', timeout: 1s, on_timeout: allow, cache: 1s}");
  EXPECT_TRUE(keys_for_restart(before, after).empty());
  EXPECT_TRUE(keys_for_restart(after, before).empty());
}

}  // namespace
}  // namespace config
