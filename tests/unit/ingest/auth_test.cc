#include "ingest/auth.h"

#include <gtest/gtest.h>

namespace ingest {
namespace {

using Why = Publisher::Refusal::Why;

PublishRequest request(std::string channel, std::string key, bool loopback = false) {
  PublishRequest asked;
  asked.app = "live";
  asked.channel = std::move(channel);
  asked.key = std::move(key);
  asked.loopback = loopback;
  return asked;
}

std::optional<Why> check(const PublishPolicy& policy, const PublishRequest& asked) {
  const auto checked = policy.check(asked);
  const auto* refusal = std::get_if<Publisher::Refusal>(&checked);
  return refusal != nullptr ? std::optional(refusal->why) : std::nullopt;
}

ChannelKeys keys(std::vector<std::string> any, std::vector<std::string> backup) {
  return {std::move(any), std::move(backup)};
}

/// "primary", "backup" or "refused".
std::string feed_of(const PublishPolicy& policy, const std::string& key, const std::string& named,
                    bool loopback = false) {
  PublishRequest asked = request("match", key, loopback);
  asked.feed = named;
  const auto checked = policy.check(asked);
  const auto* feed = std::get_if<feed::Id>(&checked);
  return feed == nullptr ? "refused" : std::string(feed::to_string(*feed));
}

TEST(ChannelName, IsOneToSixtyFourPlainCharacters) {
  for (const char* good : {"a", "match-1_B", "0"}) EXPECT_TRUE(is_channel_name(good)) << good;
  EXPECT_TRUE(is_channel_name(std::string(64, 'x')));
  for (const char* bad : {"", "a b", "a/b", "..", "a.b", "caf\xC3\xA9", "a?key=b", "*"}) {
    EXPECT_FALSE(is_channel_name(bad)) << bad;
  }
  EXPECT_FALSE(is_channel_name(std::string(65, 'x')));
}

TEST(ConstantTime, ComparesTexts) {  // RT-44
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("secret", "secret"));
  EXPECT_FALSE(equal_in_constant_time("secret", "secreT"));
  EXPECT_FALSE(equal_in_constant_time("Secret", "secret"));
  EXPECT_FALSE(equal_in_constant_time("secret", "secrets"));
}

TEST(PublishPolicy, AdmitsAnyOfAChannelsKeys) {
  const PublishPolicy policy(PublishPolicy::Keys{{"match", {"old", "new"}}});
  EXPECT_EQ(check(policy, request("match", "old")), std::nullopt);
  EXPECT_EQ(check(policy, request("match", "new")), std::nullopt);
  EXPECT_EQ(check(policy, request("match", "ol")), Why::kDenied);
  EXPECT_EQ(check(policy, request("match", "")), Why::kDenied);
  EXPECT_EQ(check(policy, request("match", "wrong", true)), Why::kDenied);
}

TEST(PublishPolicy, AdmitsAKeyInAnyReading) {
  const PublishPolicy policy(PublishPolicy::Keys{{"match", {"ab/cd"}}});
  PublishRequest asked = request("match", "ab%2Fcd");
  EXPECT_EQ(check(policy, asked), Why::kDenied);
  asked.other_keys = {"ab/cd", "ab/cd&feed=backup"};
  EXPECT_EQ(check(policy, asked), std::nullopt);
  asked.other_keys = {"ab/c"};
  EXPECT_EQ(check(policy, asked), Why::kDenied);
}

TEST(PublishPolicy, AdmitsAKeyOfTheChannelToTheFeedThatIsNamedAndElseToThePrimary) {
  const PublishPolicy policy(PublishPolicy::Keys{{"match", {"K"}}});
  EXPECT_EQ(feed_of(policy, "K", ""), "primary");
  EXPECT_EQ(feed_of(policy, "K", "primary"), "primary");
  EXPECT_EQ(feed_of(policy, "K", "backup"), "backup");
  EXPECT_EQ(feed_of(policy, "K", "Backup"), "refused");
  EXPECT_EQ(feed_of(policy, "", "backup", true), "backup") << "from loopback, without a key";
  EXPECT_EQ(feed_of(policy, "", "backup"), "refused");
}

TEST(PublishPolicy, AdmitsABackupKeyToTheBackupFeedAlone) {
  const PublishPolicy policy(PublishPolicy::Keys{{"match", keys({"K", "both"}, {"B", "both"})}});
  EXPECT_EQ(feed_of(policy, "B", ""), "backup");
  EXPECT_EQ(feed_of(policy, "B", "backup"), "backup");
  EXPECT_EQ(feed_of(policy, "B", "primary"), "refused");
  EXPECT_EQ(feed_of(policy, "both", ""), "primary");
  EXPECT_EQ(feed_of(policy, "both", "backup"), "backup");
  EXPECT_EQ(feed_of(policy, "any", "", true), "refused") << "a channel that has keys, if only for its backup";
  const PublishPolicy backup_only(PublishPolicy::Keys{{"match", keys({}, {"B"})}, {"*", {"S"}}});
  EXPECT_EQ(check(backup_only, request("B", "x", true)), Why::kBadName) << "a backup key in the name's place";
}

TEST(PublishPolicy, AdmitsWhatTheServerPullsWithoutAKeyToItsOwnFeed) {
  const PublishPolicy policy(PublishPolicy::Keys{{"match", {"K"}}});
  PublishRequest asked = request("match", "");
  asked.feed = "backup";
  EXPECT_EQ(check(policy, asked), Why::kDenied);
  asked.pulled = true;
  EXPECT_EQ(std::get<feed::Id>(policy.check(asked)), feed::Id::kBackup);
  asked.feed = "primary";
  EXPECT_EQ(std::get<feed::Id>(policy.check(asked)), feed::Id::kPrimary);
}

TEST(PublishPolicy, RefusesWhatIsPulledForAChannelThatIsNotDeclared) {
  const PublishPolicy policy(PublishPolicy::Keys{{"*", {}}});
  PublishRequest asked = request("match", "");
  asked.feed = "primary";
  asked.pulled = true;
  EXPECT_EQ(check(policy, asked), Why::kNotFound);
}

TEST(PublishPolicy, TellsTheFeedsNamesOnlyToWhoHasAKey) {
  const PublishPolicy policy(PublishPolicy::Keys{{"match", {"K"}}});
  PublishRequest asked = request("match", "wrong");
  asked.feed = "third";
  EXPECT_EQ(check(policy, asked), Why::kDenied);
  asked.key = "K";
  EXPECT_EQ(check(policy, asked), Why::kBadName);
}

TEST(PublishPolicy, AdmitsWithoutAKeyFromLoopbackOnly) {
  const PublishPolicy keyless(PublishPolicy::Keys{{"match", {}}});
  EXPECT_EQ(check(keyless, request("match", "", true)), std::nullopt);
  EXPECT_EQ(check(keyless, request("match", "any", true)), std::nullopt);
  EXPECT_EQ(check(keyless, request("match", "")), Why::kDenied);
  EXPECT_EQ(check(keyless, request("match", "any")), Why::kDenied);
  const PublishPolicy keyed(PublishPolicy::Keys{{"match", {"K"}}});
  EXPECT_EQ(check(keyed, request("match", "", true)), std::nullopt);
}

TEST(PublishPolicy, NeverTakesAnEmptyConfiguredKeyForAMatch) {
  const PublishPolicy policy(PublishPolicy::Keys{{"match", {""}}});
  EXPECT_EQ(check(policy, request("match", "")), Why::kDenied);
}

TEST(PublishPolicy, KnowsOtherChannelsByTheStarOnly) {
  const PublishPolicy closed(PublishPolicy::Keys{{"match", {"K"}}});
  EXPECT_EQ(check(closed, request("other", "K")), Why::kNotFound);
  const PublishPolicy open(PublishPolicy::Keys{{"match", {"K"}}, {"*", {"S"}}});
  EXPECT_EQ(check(open, request("other", "S")), std::nullopt);
  EXPECT_EQ(check(open, request("match", "S")), Why::kDenied);  // its own entry rules
}

TEST(PublishPolicy, RefusesOtherAppsAndOddNames) {
  const PublishPolicy policy(PublishPolicy::Keys{{"*", {"K"}}});
  PublishRequest other_app = request("match", "K");
  other_app.app = "vod";
  EXPECT_EQ(check(policy, other_app), Why::kNotFound);
  EXPECT_EQ(check(policy, request("*", "K")), Why::kBadName);
  EXPECT_EQ(check(policy, request("../etc", "K")), Why::kBadName);
}

TEST(PublishPolicy, TakesNoKeyForAChannelsName) {  // RT-44
  const PublishPolicy policy(PublishPolicy::Keys{{"match", {"secret"}}, {"same", {"same"}}, {"*", {}}});
  EXPECT_EQ(check(policy, request("secret", "", true)), Why::kBadName);
  EXPECT_EQ(check(policy, request("secre", "", true)), std::nullopt);
  EXPECT_EQ(check(policy, request("same", "same")), std::nullopt) << "named so by the configuration";
}

TEST(PublishPolicy, AnswersAStrangerThatGuessesAKeyByNameAsForAnyOtherName) {  // RT-44
  const auto answer = [](const PublishPolicy& policy, const std::string& name, const std::string& key) {
    const auto checked = policy.check(request(name, key));
    const auto* refusal = std::get_if<Publisher::Refusal>(&checked);
    return refusal != nullptr ? std::to_string(static_cast<int>(refusal->why)) + refusal->text
                              : std::string("admitted");
  };
  const PublishPolicy closed(PublishPolicy::Keys{{"match", {"secret"}}});
  EXPECT_EQ(answer(closed, "secret", ""), answer(closed, "other", ""));
  const PublishPolicy open(PublishPolicy::Keys{{"match", {"secret"}}, {"*", {"star"}}});
  EXPECT_EQ(answer(open, "secret", ""), answer(open, "other", ""));
  EXPECT_EQ(answer(open, "secret", "wrong"), answer(open, "other", "wrong"));
  EXPECT_EQ(answer(open, "other", "star"), "admitted");
  EXPECT_EQ(answer(open, "secret", "star"), answer(open, "other", "wrong")) << "a key never becomes a public name";
}

TEST(PublishPolicy, TellsNoKeys) {  // RT-44
  const PublishPolicy policy(PublishPolicy::Keys{{"match", {"topsecret"}}});
  const auto checked = policy.check(request("match", "guessed"));
  EXPECT_EQ(std::get<Publisher::Refusal>(checked).text.find("secret"), std::string::npos);
  EXPECT_EQ(std::get<Publisher::Refusal>(checked).text.find("guessed"), std::string::npos);
}

}  // namespace
}  // namespace ingest
