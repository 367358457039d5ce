// What the environment does to a configuration, and what paths are relative to.
#include "config/config_reader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "config/config_listing.h"
#include "config/installation.h"
#include "unit/config/parsed.h"

namespace config {
namespace {

std::string warnings_of(const std::string& text, const Environment& environment) {
  std::string all;
  for (const std::string& warning : good(text, environment).warnings) all += warning + "\n";
  return all;
}

TEST(EnvironmentOverride, ReplacesWhatTheFileSays) {
  const Config config = good("http: {port: 1, tls_port: 2}", {{"KICKOFF_HTTP_PORT", "18080"}});
  EXPECT_EQ(config.http.port, 18080);
  EXPECT_EQ(config.http.tls_port, 2);
  EXPECT_TRUE(config.warnings.empty());
}

TEST(EnvironmentOverride, SetsKeysOfSectionsThatTheFileLacks) {
  const Config config = good("{}", {{"KICKOFF_HTTP_ADMISSION_EGRESS_MBPS", "9000"},
                                    {"KICKOFF_LOG_LEVEL", "debug"},
                                    {"KICKOFF_END_CHANNELS_ON_STOP", "true"}});
  EXPECT_EQ(config.http.admission.egress_mbps, 9000);
  EXPECT_EQ(config.log.level, base::Level::kDebug);
  EXPECT_TRUE(config.end_channels_on_stop);
}

TEST(EnvironmentOverride, IsThereForEveryKeyWithOneValueUnderANameOfItsOwn) {
  const Config defaults = good("");
  std::set<std::string> variables;
  for (const ListedKey& key : list_keys(defaults)) {
    EXPECT_FALSE(key.variable.empty()) << key.path;
    EXPECT_TRUE(variables.insert(key.variable).second) << key.variable << " sets two keys";
    if (key.text.empty() || key.path == "channels.*.srt.latency") continue;  // have no default in words
    EXPECT_EQ(warnings_of("", {{key.variable, key.text}}), "") << key.variable;
  }
  EXPECT_GT(variables.size(), 50U);
}

TEST(EnvironmentOverride, ThatIsWrongNamesItsVariableAndTheKeyKeepsItsDefault) {
  EXPECT_EQ(problems_of("http: {port: 1}", {{"KICKOFF_HTTP_PORT", "tcp://10.0.0.1:80"}}),
            "environment variable KICKOFF_HTTP_PORT: port has to be a whole number from 0 to 65535, not "
            "\"tcp://10.0.0.1:80\"\n");
  EXPECT_NE(problems_of("", {{"KICKOFF_HTTP_PORT", ""}}), "") << "empty is a value too";
}

TEST(EnvironmentOverride, IsPartOfWhatIsCheckedBetweenKeys) {
  EXPECT_EQ(problems_of("{}", {{"KICKOFF_ADMIN_PORT", "8080"}}),
            "t.yaml:1:1: admin.port is 8080, which http.port has already; give one of them another port\n");
  EXPECT_NE(problems_of("{}", {{"KICKOFF_CHANNELS_DEFAULT_SEGMENT", "1s"}, {"KICKOFF_CHANNELS_DEFAULT_PART", "900ms"}})
                .find("channels.*: part has to be at most half of segment"),
            std::string::npos);
}

TEST(EnvironmentOverride, OfTheDefaultChannelSetsItWhereTheFileHasItOrNoChannelAtAll) {
  const Environment environment{{"KICKOFF_CHANNELS_DEFAULT_SRT_LATENCY", "200ms"}};
  for (const char* text : {"{}", "channels: {}", "channels: {'*': {}}", "channels: {a: {}, '*': {grace: 1s}}"})
    EXPECT_EQ(good(text, environment).channels.at("*").srt_latency, 200 * base::kMillisecond) << text;
  EXPECT_EQ(good("channels: {a: {}, '*': {}}", environment).channels.at("a").srt_latency, 0);
}

TEST(EnvironmentOverride, OfTheDefaultChannelDoesNotOpenAServerThatHasNone) {
  EXPECT_EQ(problems_of("channels: {a: {}}", {{"KICKOFF_CHANNELS_DEFAULT_GRACE", "1s"}}),
            "environment variable KICKOFF_CHANNELS_DEFAULT_GRACE: the configuration has no channels entry \"*\", whose "
            "keys it could set\n");
}

TEST(EnvironmentOverride, OfALadderReplacesTheFilesRungs) {
  const auto media = good("channels: {'*': {source: copy, ladder: [{height: 360, bitrate: 800k}]}}",
                          {{"KICKOFF_CHANNELS_DEFAULT_LADDER", "none"}})
                         .channels.at("*")
                         .options.media;
  EXPECT_TRUE(media.ladder.empty());
  EXPECT_FALSE(media.default_ladder);
  EXPECT_NE(problems_of("", {{"KICKOFF_CHANNELS_DEFAULT_LADDER", "best"}}).find("auto, none, or a list of rungs"),
            std::string::npos);
}

TEST(EnvironmentOverride, OfAKeysVariableReplacesItsName) {
  const Config config = good("channels: {'*': {keys_env: GONE}}",
                             {{"KICKOFF_CHANNELS_DEFAULT_KEYS_ENV", "KICKOFF_MINE"}, {"KICKOFF_MINE", "k"}});
  EXPECT_EQ(config.channels.at("*").options.keys, std::vector<std::string>{"k"});
  EXPECT_TRUE(config.warnings.empty()) << "a variable that the configuration names is known";
}

TEST(EnvironmentOverride, OfAListIsLeftOutWithAWarning) {
  EXPECT_EQ(
      warnings_of("{}", {{"KICKOFF_ADMIN_HOSTS", "a"}}),
      "environment variable KICKOFF_ADMIN_HOSTS is left out: admin.hosts is a list, which only the file can have\n");
  EXPECT_NE(warnings_of("{}", {{"KICKOFF_ADMIN_TOKENS", "a"}}), "");
  EXPECT_NE(warnings_of("{}", {{"KICKOFF_CHANNELS_DEFAULT_KEYS", "a"}}), "");
}

TEST(EnvironmentOverride, OfAListThatTheConfigurationNamesItselfIsNoWarning) {
  const Environment ours{{"KICKOFF_RELAY_SECRETS", "0123456789abcdef"}};
  EXPECT_EQ(warnings_of("relay: {secrets_env: KICKOFF_RELAY_SECRETS}", ours), "");
  EXPECT_EQ(warnings_of("http: {origin_lock: {secrets_env: KICKOFF_RELAY_SECRETS}}", ours), "") << "wherever it does";
  EXPECT_NE(warnings_of("relay: {secrets_env: MINE}",
                        {{"KICKOFF_RELAY_SECRETS", "0123456789abcdef"}, {"MINE", "fedcba9876543210"}}),
            "");
}

TEST(EnvironmentOverride, ThatSetsNothingIsAWarning) {
  EXPECT_EQ(warnings_of("{}", {{"KICKOFF_HTTP_PROT", "1"}}),
            "environment variable KICKOFF_HTTP_PROT sets no key; did you mean KICKOFF_HTTP_PORT?\n");
}

TEST(EnvironmentOverride, IsNotThereForItemsOfLists) {
  const std::string text = "channels: {'*': {ladder: [{height: 360, bitrate: 800k}]}}";
  EXPECT_NE(warnings_of(text, {{"KICKOFF_CHANNELS_DEFAULT_LADDER_HEIGHT", "720"}}), "");
}

class RelativePaths : public ::testing::Test {
 protected:
  RelativePaths() { std::filesystem::create_directories(directory_); }
  ~RelativePaths() override { std::filesystem::remove_all(directory_); }

  Config loaded(const std::string& text, const Environment& environment = {}) const {
    std::ofstream(directory_ + "/k.yaml") << text;
    auto result = load_config(directory_ + "/k.yaml", environment);
    if (auto* problems = std::get_if<std::vector<Problem>>(&result)) {
      ADD_FAILURE() << problems->front().message();
      return {};
    }
    return std::get<Config>(std::move(result));
  }

  const std::string directory_ = ::testing::TempDir() + "kickoff-relative-" + std::to_string(getpid());
};

TEST_F(RelativePaths, OfTheFileAreRelativeToItsDirectory) {
  std::ofstream(directory_ + "/keys") << "k\n";
  std::ofstream(directory_ + "/phrase") << "ten letters and more\n";
  std::ofstream(directory_ + "/token") << "abc\n";
  const Config config = loaded(
      "state_directory: s\nweb_directory: ../w\nhttp: {certificate: c.pem, key: k.pem}\n"
      "admin: {tokens: [{name: a, role: read, file: token}]}\n"
      "channels: {a: {keys_file: keys, srt: {passphrase_file: phrase}}}\n");
  EXPECT_EQ(config.state_directory, directory_ + "/s");
  EXPECT_EQ(config.web_directory, directory_ + "/../w");
  EXPECT_EQ(config.http.certificate, directory_ + "/c.pem");
  EXPECT_EQ(config.http.key, directory_ + "/k.pem");
  EXPECT_EQ(config.admin.tokens.size(), 1U);
  EXPECT_EQ(config.channels.at("a").options.keys, std::vector<std::string>{"k"});
  EXPECT_EQ(config.channels.at("a").srt_passphrase, "ten letters and more");
}

TEST_F(RelativePaths, OfTheEnvironmentAreRelativeToTheWorkingDirectory) {
  const Config config = loaded("state_directory: s", {{"KICKOFF_STATE_DIRECTORY", "mine"}});
  EXPECT_EQ(config.state_directory, "mine");
}

TEST_F(RelativePaths, ThatAreAbsoluteOrEmptyStayAsTheyAre) {
  const Config config = loaded("state_directory: /s\nhttp: {certificate: '', key: ''}");
  EXPECT_EQ(config.state_directory, "/s");
  EXPECT_EQ(config.http.certificate, "");
}

TEST_F(RelativePaths, TheStateDirectoryIsSystemdsElseBesideTheFile) {
  EXPECT_EQ(loaded("{}").state_directory, directory_ + "/state");
  EXPECT_EQ(loaded("{}", {{"STATE_DIRECTORY", "/var/lib/kickoff"}}).state_directory, "/var/lib/kickoff");
  EXPECT_EQ(loaded("{}", {{"STATE_DIRECTORY", "/var/lib/a:/var/lib/b"}}).state_directory, "/var/lib/a");
  EXPECT_EQ(loaded("{}", {{"STATE_DIRECTORY", ""}}).state_directory, directory_ + "/state");
  EXPECT_EQ(loaded("state_directory: /s", {{"STATE_DIRECTORY", "/var/lib/a"}}).state_directory, "/s");
  EXPECT_EQ(good("").state_directory, "state") << "a file of the working directory";
}

TEST_F(RelativePaths, TheWebDirectoryIsTheInstallations) {
  EXPECT_EQ(loaded("{}").web_directory, Installation::of_this_process().web_directory());
}

}  // namespace
}  // namespace config
