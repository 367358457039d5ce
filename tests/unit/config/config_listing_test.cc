#include "config/config_listing.h"

#include <gtest/gtest.h>

#include "unit/config/parsed.h"

namespace config {
namespace {

/// A key of a configuration; without a path where it is not listed.
ListedKey key_of(const Config& config, const std::string& path) {
  for (ListedKey& key : list_keys(config)) {
    if (key.path == path) return key;
  }
  return {"", "", Reload::kAtOnce, ""};
}

TEST(ListKeys, HasEachWithItsValueItsVariableAndItsRule) {
  const ListedKey port = key_of(good("http: {port: 1}"), "http.port");
  EXPECT_EQ(port.text, "1");
  EXPECT_EQ(port.variable, "KICKOFF_HTTP_PORT");
  EXPECT_EQ(port.reload, Reload::kRestart);
  EXPECT_EQ(key_of(good(""), "channels.*.part").reload, Reload::kNextWorker);
  EXPECT_EQ(key_of(good(""), "channels.*.grace").reload, Reload::kAtOnce);
}

TEST(ListKeys, HasThoseOfEveryChannel) {
  const Config config = good("channels: {a: {grace: 1s}, '*': {grace: 2s}}");
  EXPECT_EQ(key_of(config, "channels.a.grace").text, "1s");
  EXPECT_EQ(key_of(config, "channels.a.grace").variable, "");
  EXPECT_EQ(key_of(config, "channels.*.grace").text, "2s");
}

TEST(ListKeys, LeavesListsOut) {
  const Config config = good("admin: {hosts: [x]}\nchannels: {'*': {ladder: [{height: 360, bitrate: 1M}]}}");
  for (const char* path : {"admin.hosts", "admin.tokens", "channels.*.keys", "channels.*.ladder.height"})
    EXPECT_EQ(key_of(config, path).path, "") << path;
}

TEST(ListKeys, HasTheWordThatMayStandInPlaceOfAList) {
  EXPECT_EQ(key_of(good("channels: {'*': {source: copy, ladder: none}}"), "channels.*.ladder").text, "none");
}

TEST(ListKeys, LeavesTheConfigurationAlone) {
  const Config config = good("channels: {a: {}}");
  list_keys(config);
  EXPECT_EQ(config.channels.size(), 1U);
}

}  // namespace
}  // namespace config
