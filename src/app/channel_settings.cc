#include "app/channel_settings.h"

#include <utility>

#include "base/log.h"

namespace app {

channel::Channels::Settings settings_of(const config::Config& config) {
  channel::Channels::Settings settings;
  for (const auto& [name, entry] : config.channels) {
    channel::Options options = entry.options;
    options.media.log_format = base::log_format();
    options.media.log_level = config.log.level;
    options.media.memory = config.limits.worker_memory;
    settings[name] = std::move(options);
  }
  return settings;
}

base::Result<std::shared_ptr<const ingest::SrtPolicy>> srt_policy_of(const config::Config& config) {
  auto policy = std::make_shared<ingest::SrtPolicy>();
  ingest::PublishPolicy::Keys keys;
  for (const auto& [name, entry] : config.channels) {
    keys[name] = {entry.options.keys, entry.options.backup_keys};
    ingest::SrtChannel& channel = policy->channels[name];
    channel.passphrase = entry.srt_passphrase;
    channel.key_length = entry.srt_key_length;
    channel.latency = entry.srt_latency;
    channel.takeover = entry.options.takeover;
    for (const std::string& network : entry.srt_allow) {
      TRY(auto parsed, ingest::parse_network(network));
      channel.allow.push_back(parsed);
    }
  }
  policy->keys = ingest::PublishPolicy(std::move(keys));
  policy->publish_without_mode = config.srt.publish_without_mode;
  return std::shared_ptr<const ingest::SrtPolicy>(std::move(policy));
}

ingest::PublishRate publish_rate_of(const config::Config::Limits& limits) {
  ingest::PublishRate rate;
  rate.burst = limits.publishes_per_connection;
  return rate;
}

}  // namespace app
