#include "app/channel_settings.h"

#include <gtest/gtest.h>

namespace app {
namespace {

TEST(ChannelSettings, HaveEachChannelsOptionsAndWhatWorkersOfAllAreTold) {
  config::Config config;
  config.channels["match"].options.keys = {"secret"};
  config.channels["other"];
  config.limits.worker_memory = 77;
  config.log.level = base::Level::kWarn;
  const auto settings = settings_of(config);
  ASSERT_EQ(settings.size(), 2u);
  EXPECT_EQ(settings.at("match").keys, std::vector<std::string>{"secret"});
  for (const auto& [name, options] : settings) {
    EXPECT_EQ(options.media.memory, 77u) << name;
    EXPECT_EQ(options.media.log_level, base::Level::kWarn) << name;
  }
}

TEST(ChannelSettings, TheSrtPolicyHasKeysAndWhatEachChannelSaysOfSrt) {
  config::Config config;
  auto& entry = config.channels["match"];
  entry.options.keys = {"secret"};
  entry.options.takeover = true;
  entry.srt_passphrase = "0123456789";
  entry.srt_key_length = 32;
  entry.srt_latency = 300;
  entry.srt_allow = {"192.0.2.0/24"};
  config.srt.publish_without_mode = true;
  const auto policy = srt_policy_of(config);
  ASSERT_TRUE(policy.ok());
  const ingest::SrtChannel& channel = (*policy)->channels.at("match");
  EXPECT_EQ(channel.passphrase, "0123456789");
  EXPECT_EQ(channel.key_length, 32);
  EXPECT_EQ(channel.latency, 300);
  EXPECT_TRUE(channel.takeover);
  EXPECT_EQ(channel.allow.size(), 1u);
  EXPECT_TRUE((*policy)->publish_without_mode);
  ingest::PublishRequest request{.app = "live", .channel = "match", .key = "secret"};
  EXPECT_TRUE(std::holds_alternative<feed::Id>((*policy)->keys.check(request)));
  request.key = "wrong";
  EXPECT_FALSE(std::holds_alternative<feed::Id>((*policy)->keys.check(request)));
}

TEST(ChannelSettings, ANetworkThatIsNoneIsAnError) {
  config::Config config;
  config.channels["match"].srt_allow = {"nowhere"};
  EXPECT_FALSE(srt_policy_of(config).ok());
}

TEST(ChannelSettings, ThePublishRateIsThatOfTheLimits) {
  config::Config::Limits limits;
  limits.publishes_per_connection = 3;
  EXPECT_EQ(publish_rate_of(limits).burst, 3);
}

}  // namespace
}  // namespace app
