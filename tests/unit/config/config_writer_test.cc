#include "config/config_writer.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "config/config_listing.h"
#include "unit/config/parsed.h"

namespace config {
namespace {

TEST(CommentedDefaults, AreTheConfigurationFileOfTheTree) {
  std::ifstream file(KICKOFF_SAMPLE);
  std::istringstream made(commented_defaults());
  int number = 0;
  for (std::string line, other; std::getline(made, line); ++number) {
    ASSERT_TRUE(std::getline(file, other)) << "line " << number + 1 << " is missing: " << line;
    ASSERT_EQ(other, line) << "line " << number + 1 << "; make it anew: build/kickoff config >conf/kickoff.yaml";
  }
  EXPECT_GT(number, 100);
  EXPECT_EQ(file.get(), std::char_traits<char>::eof()) << "lines that the program does not print";
}

TEST(CommentedDefaults, HaveALineForEveryKey) {
  const std::string text = commented_defaults();
  for (const ListedKey& key : list_keys(good("")))
    EXPECT_NE(text.find(key.path.substr(key.path.rfind('.') + 1) + ": "), std::string::npos) << key.path;
}

TEST(CommentedDefaults, HaveLinesOfAtMostAHundredAndTwentyCharacters) {
  std::istringstream text(commented_defaults());
  for (std::string line; std::getline(text, line);) EXPECT_LE(line.size(), 120U) << line;
}

/// The list that stands in comments under `name`, with its first "# " taken away.
std::string commented_list(const std::string& name) {
  std::istringstream text(commented_defaults());
  std::string list;
  for (std::string line; std::getline(text, line);) {
    const std::size_t mark = line.find("# ");
    if (list.empty() && line.find("# " + name + ":") == std::string::npos) continue;
    if (mark == std::string::npos || line.find_first_not_of(' ') != mark) break;
    list += line.substr(0, mark) + line.substr(mark + 2) + "\n";
  }
  return list;
}

TEST(CommentedDefaults, ShowCaptionsThatTheProgramTakes) {
  const auto captions = good("channels:\n  a:\n" + commented_list("captions")).channels.at("a").options.media.captions;
  EXPECT_EQ(captions, (media::Captions{{{"CC1", "en", "English"}}, false})) << commented_list("captions");
}

TEST(CommentedDefaults, ShowATextRenditionThatTheProgramTakes) {
  const auto subtitles =
      good("channels:\n  a:\n" + commented_list("subtitles")).channels.at("a").options.media.subtitles;
  EXPECT_EQ(subtitles, (std::vector<job::Subtitle>{{1, "en", "English", false, false, true}}))
      << commented_list("subtitles");
}

TEST(CommentedDefaults, ShowARungThatTheProgramTakes) {
  const auto ladder = good("channels:\n  a:\n" + commented_list("ladder")).channels.at("a").options.media.ladder;
  ASSERT_EQ(ladder.size(), 1U) << commented_list("ladder");
  EXPECT_EQ(ladder[0].name, "v720");
  EXPECT_EQ(ladder[0].width, 1280);
  EXPECT_EQ(ladder[0].frame_rate.num, 50);
  EXPECT_EQ(ladder[0].bitrate, 2'800'000);
  EXPECT_EQ(ladder[0].max_bitrate, 3'100'000);
  EXPECT_EQ(ladder[0].buffer_bits, 1'500'000);
}

TEST(CommentedDefaults, ShowATokenThatTheProgramTakesOnceItsHashIsThere) {
  std::string list = commented_list("tokens");
  for (const char* key : {"# sha256", "# expires"}) {
    const std::size_t at = list.find(key);
    ASSERT_NE(at, std::string::npos) << list;
    list.replace(at, 2, "");
  }
  const auto tokens = good("admin:\n" + list).admin.tokens;
  ASSERT_EQ(tokens.size(), 1U) << list;
  EXPECT_EQ(tokens[0].name, "operations");
  EXPECT_GT(tokens[0].expires, 0);
}

class Written : public ::testing::Test {
 protected:
  std::string of(const Key& key, const std::string& value) {
    std::string variable = value;
    ConfigWriter writer;
    writer.key(key, Value::text(variable));
    return writer.text();
  }
};

TEST_F(Written, AKeySaysWhenAReloadAppliesIt) {
  EXPECT_EQ(of({"k", Reload::kAtOnce, "help"}, "v"), "k: v                           # help [at once]\n");
  EXPECT_EQ(of({"k", Reload::kNextPublisher, ""}, "v"), "k: v                           # [next publisher]\n");
  EXPECT_NE(of({"k", Reload::kNextWorker, ""}, "v").find("[next worker]"), std::string::npos);
  EXPECT_NE(of({"k", Reload::kNextChannel, ""}, "v").find("[channel starts anew]"), std::string::npos);
  EXPECT_NE(of({"k", Reload::kRestart, ""}, "v").find("[restart]"), std::string::npos);
}

TEST_F(Written, AKeyHasItsBoundsBesideItsRule) {
  int number = 3;
  ConfigWriter writer;
  writer.key({"n", Reload::kRestart, ""}, Value::number(number, 1, 9));
  EXPECT_EQ(writer.text(), "n: 3                           # [1 to 9; restart]\n");
}

TEST_F(Written, AKeyWithASampleIsCommentedOut) {
  EXPECT_EQ(of({"k", Reload::kAtOnce, "", "s"}, ""), "# k: s                         # [at once]\n");
}

TEST_F(Written, ValuesThatYamlWouldTakeForSomethingElseAreQuoted) {
  for (const char* value : {"", "::", "*", "a b", "#", "https://x"})
    EXPECT_EQ(of({"k", Reload::kAtOnce, ""}, value).substr(0, 5 + std::string(value).size()),
              std::string("k: \"") + value + "\"");
}

TEST_F(Written, LongHelpGoesOnBelowAndLongerHelpStandsAbove) {
  const std::string two_rows(60, 'a');
  EXPECT_EQ(
      of({"k", Reload::kAtOnce, (two_rows + " " + two_rows).c_str()}, "v"),
      "k: v                           # " + two_rows + "\n" + std::string(31, ' ') + "# " + two_rows + " [at once]\n");
  const std::string words = two_rows + " " + two_rows + " " + two_rows;
  EXPECT_EQ(of({"k", Reload::kAtOnce, words.c_str()}, "v"),
            "# " + two_rows + "\n# " + two_rows + "\n# " + two_rows + " [at once]\nk: v\n");
}

TEST_F(Written, SectionsAreIndentedAndSetApart) {
  std::string variable = "v";
  ConfigWriter writer;
  const auto one = [&](Keys& keys) { keys.key({"k", Reload::kAtOnce, "", "s"}, Value::text(variable)); };
  writer.section("a", "about a", one);
  writer.section("b", "", [&](Keys& keys) { keys.section("c", "", one); });
  one(writer);
  EXPECT_EQ(writer.text(),
            "# about a\na:\n  # k: s                       # [at once]\n\nb:\n  c:\n"
            "    # k: s                     # [at once]\n\n# k: s                         # [at once]\n");
}

}  // namespace
}  // namespace config
