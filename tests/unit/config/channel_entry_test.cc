#include "config/channel_entry.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace config {
namespace {

std::string problem_of(const std::string& text, const Environment& environment = {}) {
  const auto parsed = parse_channel("arena", text, {"body", "/etc/kickoff.yaml"}, environment);
  const auto* problems = std::get_if<std::vector<Problem>>(&parsed);
  return problems == nullptr ? "" : problems->front().message();
}

TEST(ChannelEntry, IsReadFromJsonAsFromTheFile) {
  const auto parsed = parse_channel("arena", R"({"window": "3m", "keys": ["one", "two"], "priority": "high"})",
                                    {"body", "/etc/kickoff.yaml"});
  ASSERT_TRUE(std::holds_alternative<Config::Channel>(parsed)) << problem_of(R"({"window": "3m"})");
  const auto whole = parse_config("channels: {arena: {window: 3m, keys: [one, two], priority: high}}", "a.yaml");
  const Config::Channel& expected = std::get<Config>(whole).channels.at("arena");
  const Config::Channel& channel = std::get<Config::Channel>(parsed);
  EXPECT_EQ(channel.options.window, expected.options.window);
  EXPECT_EQ(channel.options.window, 180 * base::kSecond);
  EXPECT_EQ(channel.options.keys, expected.options.keys);
  EXPECT_EQ(channel.options.keys.size(), 2u);
}

TEST(ChannelEntry, HasTheFilesMessages) {
  EXPECT_EQ(problem_of("{\n\"windw\": \"3m\"}"),
            "body:2:1: unknown key \"windw\" in channels.arena; did you mean \"window\"?");
  EXPECT_EQ(problem_of(R"({"window": [1]})").rfind("body:1:12: window has to be ", 0), 0u);
  EXPECT_EQ(
      problem_of(R"({"window": "1m", "window": "2m"})").rfind("body:1:18: key \"window\" stands here a second", 0), 0u);
  EXPECT_EQ(problem_of("\xff"), "body:1:1: is no UTF-8 text: this line has bytes that no text has");
  EXPECT_NE(problem_of("{"), "");
}

TEST(ChannelEntry, ReadsFilesBesideTheConfigurationAndNoVariableOfTheStar) {
  EXPECT_NE(problem_of(R"({"keys_file": "nowhere.keys"})").find("/etc/nowhere.keys"), std::string::npos)
      << problem_of(R"({"keys_file": "nowhere.keys"})");
  EXPECT_EQ(problem_of("{}", {{"KICKOFF_CHANNELS_DEFAULT_WINDOW", "never"}}), "");
  EXPECT_EQ(problem_of(R"({"keys_env": "ARENA_KEYS"})", {{"ARENA_KEYS", "one"}}), "");
  EXPECT_NE(problem_of(R"({"keys_env": "ARENA_KEYS"})"), "");
}

TEST(ChannelEntry, NamesAreChecked) {
  EXPECT_EQ(channel_name_complaint("arena_1-a"), "");
  EXPECT_EQ(channel_name_complaint("*"), "");
  EXPECT_NE(channel_name_complaint("a/b"), "");
  EXPECT_NE(channel_name_complaint(""), "");
}

TEST(ChannelEntry, EveryKeyHasItsRule) {
  const auto rules = channel_key_rules();
  const auto rule_of = [&](const std::string& path) {
    const auto found = std::find_if(rules.begin(), rules.end(), [&](const KeyRule& rule) { return rule.path == path; });
    return found == rules.end() ? std::optional<Reload>() : found->reload;
  };
  EXPECT_EQ(rule_of("keys"), Reload::kAtOnce);
  EXPECT_EQ(rule_of("upload.url"), Reload::kRestart);
  EXPECT_TRUE(rule_of("subtitles"));
  EXPECT_FALSE(rule_of("nothing"));
}

}  // namespace
}  // namespace config
