#include "control/store.h"

#include <gtest/gtest.h>

#include "unit/control/fakes.h"

namespace control {
namespace {

using Kind = api::DeclarationOutcome::Kind;
using testing::FakeFiles;

class StoreTest : public ::testing::Test {
 protected:
  /// As the loop does: what was made is known to the next order.
  Change carry_out(api::DeclarationOrder order) {
    Change change = store_.carry_out(order, file_, known_);
    if (change.made) {
      known_.erase(order.channel);
      if (change.declaration) known_.emplace(order.channel, change.declaration);
    }
    return change;
  }
  Change put(const std::string& text, const std::string& if_match = "", const std::string& channel = "arena") {
    return carry_out({.channel = channel, .text = text, .if_match = if_match});
  }
  Change remove(const std::string& if_match = "", const std::string& channel = "arena") {
    return carry_out({.channel = channel, .text = {}, .if_match = if_match});
  }

  FakeFiles files_;
  Store store_{files_, "/etc/kickoff.yaml", {}};
  config::Config file_ = testing::config_of("channels: {\"*\": {}, studio: {window: 2m}}");
  Declarations known_;
};

TEST_F(StoreTest, WritesADeclarationAndReadsItBack) {
  const Change change = put(R"({"window":"3m"})");
  EXPECT_EQ(change.outcome.kind, Kind::kCreated);
  EXPECT_TRUE(change.made);
  EXPECT_EQ(change.declaration->channel->options.window, 180 * base::kSecond);
  ASSERT_EQ(change.outcome.changes.size(), 1u);
  EXPECT_EQ(change.outcome.changes[0].key, "window");
  EXPECT_EQ(files_.texts.at("arena"), "{\n  \"window\": \"3m\"\n}\n");
  const auto read = store_.read();
  ASSERT_EQ(read->size(), 1u);
  EXPECT_EQ(read->at("arena")->etag, change.outcome.etag);
  EXPECT_EQ(read->at("arena")->channel->options.window, 180 * base::kSecond);
}

TEST_F(StoreTest, DoesNothingForTheSameContentAgain) {
  const std::string etag = put(R"({"window": "3m", "keys": ["a"]})").outcome.etag;
  // Also with the condition of the first time, as a client has it that got no answer.
  for (const std::string& if_match : {std::string(), etag, std::string("\"old\"")}) {
    const Change change = put(R"({"keys":["a"],"window":"3m"})", if_match);
    EXPECT_EQ(change.outcome.kind, Kind::kUnchanged);
    EXPECT_EQ(change.outcome.etag, etag);
    EXPECT_FALSE(change.made);
  }
  EXPECT_EQ(files_.writes, 1);
}

TEST_F(StoreTest, ChangesOnlyWhatTheWriterHasSeen) {
  const std::string etag = put(R"({"window": "3m"})").outcome.etag;
  const Change blind = put(R"({"window": "4m"})");
  EXPECT_EQ(blind.outcome.kind, Kind::kNeedsCondition);
  EXPECT_EQ(blind.outcome.etag, etag);
  EXPECT_EQ(put(R"({"window": "4m"})", "\"other\"").outcome.kind, Kind::kNoMatch);
  EXPECT_EQ(files_.writes, 1);
  const Change seen = put(R"({"window": "4m"})", etag);
  EXPECT_EQ(seen.outcome.kind, Kind::kChanged);
  EXPECT_NE(seen.outcome.etag, etag);
  EXPECT_EQ(put(R"({"window": "5m"})", "*").outcome.kind, Kind::kChanged);
}

TEST_F(StoreTest, LosesNoChangeOfTwoWritersThatBeganFromTheSame) {
  const std::string etag = put(R"({"window": "3m"})").outcome.etag;
  const Change first = put(R"({"window": "4m"})", etag);
  const Change second = put(R"({"window": "3m", "keys": ["b"]})", etag);
  EXPECT_EQ(first.outcome.kind, Kind::kChanged);
  EXPECT_EQ(second.outcome.kind, Kind::kNoMatch);
  EXPECT_EQ(second.outcome.etag, first.outcome.etag);
  EXPECT_EQ(files_.texts.at("arena"), "{\n  \"window\": \"4m\"\n}\n");
}

TEST_F(StoreTest, LetsOneOfTwoMakeAChannelThatIsNotThereYet) {
  const api::DeclarationOrder order{.channel = "arena", .text = "{}", .if_none_match = "*"};
  EXPECT_EQ(carry_out(order).outcome.kind, Kind::kCreated);
  EXPECT_EQ(carry_out(order).outcome.kind, Kind::kNoMatch);
  EXPECT_EQ(put("{}", "\"any\"", "other").outcome.kind, Kind::kNoMatch);
  EXPECT_EQ(put("{}", "*", "other").outcome.kind, Kind::kNoMatch);
}

TEST_F(StoreTest, ChangesNothingInADryRun) {
  const Change fresh = carry_out({.channel = "arena", .text = R"({"keys": ["a"]})", .dry_run = true});
  EXPECT_EQ(fresh.outcome.kind, Kind::kCreated);
  EXPECT_EQ(fresh.outcome.etag, "");
  EXPECT_FALSE(fresh.made);
  ASSERT_EQ(fresh.outcome.changes.size(), 1u);
  EXPECT_EQ(fresh.outcome.changes[0].when, "at_once");
  EXPECT_EQ(files_.writes, 0);
  const std::string etag = put("{}").outcome.etag;
  const Change next = carry_out({.channel = "arena", .text = R"({"keys": ["a"]})", .dry_run = true});
  EXPECT_EQ(next.outcome.kind, Kind::kChanged);
  EXPECT_EQ(next.outcome.etag, etag);
  const Change gone = carry_out({.channel = "arena", .text = {}, .dry_run = true});
  EXPECT_EQ(gone.outcome.kind, Kind::kRemoved);
  EXPECT_FALSE(gone.made);
  EXPECT_EQ(files_.writes, 1);
}

TEST_F(StoreTest, RefusesABodyWithItsPlaces) {
  const Change change = put("{\n  \"windw\": \"3m\",\n  \"segment\": \"never\"\n}");
  EXPECT_EQ(change.outcome.kind, Kind::kInvalid);
  ASSERT_EQ(change.outcome.problems.size(), 2u);
  EXPECT_EQ(change.outcome.problems[0].rfind("body:3:14: segment has to be", 0), 0u) << change.outcome.problems[0];
  EXPECT_EQ(change.outcome.problems[1], "body:2:3: unknown key \"windw\" in channels.arena; did you mean \"window\"?");
  EXPECT_EQ(put("{").outcome.problems.front().rfind("body:1:2: is no JSON", 0), 0u);
  EXPECT_EQ(put(R"({"window": "3m", "window": "4m"})").outcome.kind, Kind::kInvalid);
  EXPECT_EQ(files_.writes, 0);
}

TEST_F(StoreTest, RefusesNamesThatAreNone) {
  for (const char* name : {"*", "", "a/b", "..", "a.b"}) EXPECT_EQ(put("{}", "", name).outcome.kind, Kind::kInvalid);
  EXPECT_EQ(remove("", "../a").outcome.kind, Kind::kInvalid);
  EXPECT_EQ(put("{}", "", std::string(64, 'a')).outcome.kind, Kind::kCreated);
  EXPECT_EQ(put("{}", "", std::string(65, 'a')).outcome.kind, Kind::kInvalid);
}

TEST_F(StoreTest, LeavesTheFilesEntriesAlone) {
  const Change change = put("{}", "", "studio");
  EXPECT_EQ(change.outcome.kind, Kind::kInFile);
  EXPECT_EQ(change.outcome.file, "/etc/kickoff.yaml");
  EXPECT_EQ(remove("", "studio").outcome.kind, Kind::kInFile);
  // What was declared before the file had it can be taken back.
  files_.texts["studio"] = "{}";
  EXPECT_EQ(put("{}", "", "studio").outcome.kind, Kind::kInFile);
  EXPECT_EQ(remove("", "studio").outcome.kind, Kind::kRemoved);
}

TEST_F(StoreTest, RefusesWhatDoesNotGoWithAnotherChannel) {
  const std::string pull = R"({"feeds": {"primary": {"source": "udp://127.0.0.1:7001"}}})";
  EXPECT_EQ(put(pull, "", "b").outcome.kind, Kind::kCreated);
  const Change second = put(pull, "", "a");
  EXPECT_EQ(second.outcome.kind, Kind::kInvalid);
  EXPECT_FALSE(second.outcome.problems.empty());
  EXPECT_EQ(put(R"({"feeds": {"primary": {"source": "udp://127.0.0.1:7001"}}, "window": "3m"})", "*", "b").outcome.kind,
            Kind::kChanged);
}

TEST_F(StoreTest, RemovesADeclaration) {
  const std::string etag = put(R"({"window": "3m"})").outcome.etag;
  EXPECT_EQ(remove("\"other\"").outcome.kind, Kind::kNoMatch);
  const Change change = remove(etag);
  EXPECT_EQ(change.outcome.kind, Kind::kRemoved);
  EXPECT_TRUE(change.made);
  EXPECT_EQ(change.declaration, nullptr);
  EXPECT_TRUE(files_.texts.empty());
  EXPECT_EQ(remove().outcome.kind, Kind::kNotDeclared);
  EXPECT_EQ(remove(etag).outcome.kind, Kind::kNoMatch);
}

TEST_F(StoreTest, SaysThatTheDiskIsFullAndKeepsWhatWas) {
  const std::string etag = put(R"({"window": "3m"})").outcome.etag;
  files_.full = true;
  const Change change = put(R"({"window": "4m"})", etag);
  EXPECT_EQ(change.outcome.kind, Kind::kDisk);
  EXPECT_FALSE(change.made);
  EXPECT_NE(change.outcome.problems.front().find("No space left on device"), std::string::npos);
  EXPECT_EQ(remove(etag).outcome.kind, Kind::kDisk);
  EXPECT_EQ(files_.texts.at("arena"), "{\n  \"window\": \"3m\"\n}\n");
  files_.broken = true;
  EXPECT_FALSE(store_.read().ok());
}

TEST_F(StoreTest, ReplacesADamagedFileOnlyWhereTheWriterSaysSo) {
  files_.texts["arena"] = "{\"window\": \"3";
  const auto read = store_.read();
  ASSERT_EQ(read->at("arena")->channel, nullptr);
  EXPECT_EQ(read->at("arena")->problems.front().rfind("/channels/arena.json:1:", 0), 0u);
  EXPECT_EQ(put("{}").outcome.kind, Kind::kNeedsCondition);
  EXPECT_EQ(put("{}", read->at("arena")->etag).outcome.kind, Kind::kChanged);
  EXPECT_NE(store_.read()->at("arena")->channel, nullptr);
}

TEST_F(StoreTest, WritesAgainWhatWasRightAndCouldNotBeUsed) {
  files_.texts["arena"] = R"({"window": "never"})";
  EXPECT_EQ(put(R"({"window": "never"})", "*").outcome.kind, Kind::kInvalid);
}

TEST_F(StoreTest, LeavesOutAFileWhoseNameIsNoChannels) {
  files_.texts["a.b"] = "{}";
  EXPECT_EQ(store_.read()->at("a.b")->channel, nullptr);
  EXPECT_NE(store_.read()->at("a.b")->problems.front().find("its name is no channel's"), std::string::npos);
}

TEST_F(StoreTest, HasABound) {
  for (std::size_t i = 0; i + 1 < api::kMostDeclared; ++i) files_.texts["c" + std::to_string(i)] = "{}";
  EXPECT_EQ(put("{}", "", "last").outcome.kind, Kind::kCreated);
  EXPECT_EQ(put("{}", "", "more").outcome.kind, Kind::kTooMany);
  EXPECT_EQ(put(R"({"window": "3m"})", "*", "last").outcome.kind, Kind::kChanged);
}

TEST_F(StoreTest, ReadsTextThatJsonEscapesInHalves) {
  const Change change = put(R"({"slate_text": "\ud83c\udfc1 soon"})");
  ASSERT_EQ(change.outcome.kind, Kind::kCreated) << change.outcome.problems.front();
  EXPECT_NE(store_.read()->at("arena")->channel, nullptr);
}

}  // namespace
}  // namespace control
