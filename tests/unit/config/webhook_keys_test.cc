#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "config/reload.h"
#include "unit/config/parsed.h"

namespace config {
namespace {

// 24 and 25 bytes.
constexpr const char* kOne = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* kOther = "whsec_AfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAA==";

std::string hook(const std::string& keys) {
  return "webhooks:\n  - {name: ops, url: 'https://hooks.example/x', " + keys + "}\n";
}

TEST(WebhookKeys, ThereAreNoneByDefault) { EXPECT_TRUE(good("").webhooks.empty()); }

TEST(WebhookKeys, AreReadOfEach) {
  const Config config = good(hook("types: [outage, live.kickoff.feed.], timeout: 3s, give_up_after: 2m") +
                             "  - {name: b, url: 'http://10.0.0.1:9/'}\n");
  ASSERT_EQ(config.webhooks.size(), 2u);
  EXPECT_EQ(config.webhooks[0].name, "ops");
  EXPECT_EQ(config.webhooks[0].url, "https://hooks.example/x");
  EXPECT_EQ(config.webhooks[0].types, (std::vector<std::string>{"outage", "live.kickoff.feed."}));
  EXPECT_EQ(config.webhooks[0].timeout, 3 * base::kSecond);
  EXPECT_EQ(config.webhooks[0].give_up_after, 120 * base::kSecond);
  EXPECT_EQ(config.webhooks[1].timeout, 10 * base::kSecond);
  EXPECT_EQ(config.webhooks[1].give_up_after, 3600 * base::kSecond);
  EXPECT_TRUE(config.webhooks[1].secrets.empty());
}

TEST(WebhookKeys, GatherSecretsFromTheListTheEnvironmentAndAFile) {
  char path[] = "/tmp/kickoff-hook-XXXXXX";
  const std::string directory = mkdtemp(path);
  std::ofstream(directory + "/secrets") << kOther << "\n";
  const Config config =
      good(hook("secrets: [" + std::string(kOne) + "], secret_env: OURS, secret_file: " + directory + "/secrets"),
           {{"OURS", kOne}});
  ASSERT_EQ(config.webhooks.at(0).secrets.size(), 3u);
  EXPECT_EQ(config.webhooks[0].secrets[0].size(), 24u);
  EXPECT_EQ(config.webhooks[0].secrets[1], config.webhooks[0].secrets[0]);
  EXPECT_EQ(config.webhooks[0].secrets[2].size(), 25u);
  std::filesystem::remove_all(directory);
}

TEST(WebhookKeys, RefuseASecretThatIsNoneWithoutShowingIt) {
  const std::string problems = problems_of(hook("secret_env: OURS"), {{"OURS", std::string(kOne) + ",hunter2"}});
  EXPECT_NE(problems.find("secret 2 has to be whsec_"), std::string::npos) << problems;
  EXPECT_EQ(problems.find("hunter2"), std::string::npos) << problems;
  EXPECT_NE(problems_of(hook("secrets: [short]")).find("openssl rand"), std::string::npos);
  EXPECT_NE(problems_of(hook("secret_env: NONE")).find("no such environment variable"), std::string::npos);
}

TEST(WebhookKeys, HaveAtMostFourSecrets) {
  const std::string one = kOne;
  const std::string four = one + ", " + one + ", " + one + ", " + one;
  EXPECT_EQ(problems_of(hook("secrets: [" + four + "]")), "");
  EXPECT_NE(problems_of(hook("secrets: [" + four + ", " + one + "]")).find("at most 4 secrets"), std::string::npos);
}

TEST(WebhookKeys, RefuseUrlsThatAreNoneWithoutShowingThem) {
  for (const char* url : {"hooks.example", "ftp://hooks.example/", "https://", "https:///path", "https://a b/",
                          "https://hooks.example/#part", "https://caf\\u00e9/"}) {
    const std::string text = "webhooks: [{name: a, url: \"" + std::string(url) + "\"}]";
    const std::string problems = problems_of(text);
    EXPECT_NE(problems.find("has to be the URL of a receiver"), std::string::npos) << url << problems;
    EXPECT_EQ(problems.find("not \""), std::string::npos) << problems;
  }
  const std::string long_url = "https://" + std::string(1992, 'x');
  EXPECT_EQ(problems_of("webhooks: [{name: a, url: '" + long_url + "'}]"), "");
  EXPECT_NE(problems_of("webhooks: [{name: a, url: '" + long_url + "x'}]"), "");
}

TEST(WebhookKeys, NeedANameOfTheirOwnAndAUrl) {
  EXPECT_NE(problems_of("webhooks: [{name: a}]").find("needs a url"), std::string::npos);
  EXPECT_NE(problems_of("webhooks: [{url: 'http://x'}]").find("needs a name"), std::string::npos);
  EXPECT_NE(problems_of("webhooks: [{name: 'a/b', url: 'http://x'}]").find("needs a name"), std::string::npos);
  EXPECT_NE(problems_of(hook("") + hook("").substr(10)).find("two webhooks are named \"ops\""), std::string::npos);
}

TEST(WebhookKeys, TypesAreBeginningsOfThoseThatThereAre) {
  EXPECT_EQ(problems_of(hook("types: [worker, live.kickoff.outage, live.]")), "");
  for (const char* type : {"outages", "kickoff", "''"}) {
    EXPECT_NE(problems_of(hook("types: [" + std::string(type) + "]")).find("beginning of a type"), std::string::npos)
        << type;
  }
}

TEST(WebhookKeys, HaveBounds) {
  for (const char* keys : {"timeout: 1s", "timeout: 60s", "give_up_after: 60s", "give_up_after: 1440m"})
    EXPECT_EQ(problems_of(hook(keys)), "") << keys;
  for (const char* keys : {"timeout: 999ms", "timeout: 61s", "give_up_after: 59s", "give_up_after: 1441m"})
    EXPECT_NE(problems_of(hook(keys)), "") << keys;
  std::string many = "webhooks:\n";
  for (int i = 0; i < 32; ++i) many += "  - {name: h" + std::to_string(i) + ", url: 'http://x'}\n";
  EXPECT_EQ(problems_of(many), "");
  EXPECT_NE(problems_of(many + "  - {name: more, url: 'http://x'}\n").find("more than 32"), std::string::npos);
}

TEST(WebhookKeys, AReloadTakesThemUp) { EXPECT_TRUE(keys_for_restart(good(""), good(hook("timeout: 3s"))).empty()); }

}  // namespace
}  // namespace config
