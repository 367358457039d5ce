#include "control/merge.h"

#include <gtest/gtest.h>

#include "unit/control/fakes.h"

namespace control {
namespace {

using testing::config_of;
using testing::declared;

constexpr const char* kFile = "/etc/kickoff.yaml";

TEST(Merge, AddsWhatIsDeclaredToTheFile) {
  const Merged merged =
      merge(config_of("channels: {a: {window: 2m}}"), {{"b", declared("b", R"({"window": "3m"})")}}, kFile);
  EXPECT_TRUE(merged.left_out.empty());
  ASSERT_EQ(merged.config.channels.size(), 2u);
  EXPECT_EQ(merged.config.channels.at("a").options.window, 120 * base::kSecond);
  EXPECT_EQ(merged.config.channels.at("b").options.window, 180 * base::kSecond);
}

TEST(Merge, LetsTheFileWinAndSaysSo) {
  const Merged merged =
      merge(config_of("channels: {a: {window: 2m}}"), {{"a", declared("a", R"({"window": "3m"})")}}, kFile);
  EXPECT_EQ(merged.config.channels.at("a").options.window, 120 * base::kSecond);
  ASSERT_EQ(merged.left_out.size(), 1u);
  EXPECT_NE(merged.left_out.at("a").front().find("channels.a stands in /etc/kickoff.yaml"), std::string::npos);
}

TEST(Merge, LeavesOutWhatIsDamagedAndKeepsTheRest) {
  const Merged merged = merge(
      config_of("channels: {\"*\": {}}"),
      {{"a", declared("a", "{\"window\": ")}, {"b", declared("b", "{}")}, {"c", declared("c", R"({"windw": "3m"})")}},
      kFile);
  EXPECT_EQ(merged.config.channels.size(), 2u);
  EXPECT_TRUE(merged.config.channels.contains("b"));
  ASSERT_EQ(merged.left_out.size(), 2u);
  EXPECT_EQ(merged.left_out.at("a").front().rfind("/channels/a.json:1:", 0), 0u) << merged.left_out.at("a").front();
  EXPECT_EQ(merged.left_out.at("c").front(),
            "/channels/c.json:1:2: unknown key \"windw\" in channels.c; did you mean \"window\"?");
}

TEST(Merge, LeavesOutOfTwoThatDoNotGoTogetherTheSecond) {
  const std::string pull = R"({"feeds": {"primary": {"source": "udp://127.0.0.1:7001"}}})";
  const Merged merged =
      merge(config_of("channels: {\"*\": {}}"),
            {{"a", declared("a", pull)}, {"b", declared("b", pull)}, {"c", declared("c", "{}")}}, kFile);
  EXPECT_TRUE(merged.config.channels.contains("a"));
  EXPECT_TRUE(merged.config.channels.contains("c"));
  EXPECT_FALSE(merged.config.channels.contains("b"));
  ASSERT_EQ(merged.left_out.size(), 1u);
  EXPECT_FALSE(merged.left_out.at("b").empty());
}

}  // namespace
}  // namespace control
