#include "control/document.h"

#include <gtest/gtest.h>

namespace control {
namespace {

std::string etag_of(const std::string& text) {
  const auto parsed = parse_document(text, "body");
  return std::holds_alternative<Document>(parsed) ? std::get<Document>(parsed).etag : "none";
}

std::string problem_of(const std::string& text) {
  const auto parsed = parse_document(text, "body");
  return std::holds_alternative<std::string>(parsed) ? std::get<std::string>(parsed) : "none";
}

TEST(Document, IsKeptAsItCameAndIndented) {
  const auto parsed = parse_document(R"({"window":"10m","audio":{"bitrate":"96k"}})", "body");
  ASSERT_TRUE(std::holds_alternative<Document>(parsed));
  EXPECT_EQ(std::get<Document>(parsed).text,
            "{\n  \"window\": \"10m\",\n  \"audio\": {\n    \"bitrate\": \"96k\"\n  }\n}\n");
}

TEST(Document, HasOneTagHoweverItIsWritten) {
  EXPECT_EQ(etag_of(R"({"a":1,"b":[1,2]})"), etag_of("{ \"b\": [1, 2],\n\"a\": 1}"));
  EXPECT_NE(etag_of(R"({"a":1,"b":[1,2]})"), etag_of(R"({"a":1,"b":[2,1]})"));
  EXPECT_NE(etag_of(R"({"a":1})"), etag_of(R"({"a":2})"));
  EXPECT_EQ(etag_of("{}").size(), 34u);
  EXPECT_EQ(etag_of("{}").front(), '"');
  EXPECT_EQ(etag_of("{}").back(), '"');
}

TEST(Document, SaysWhereJsonEnds) {
  EXPECT_EQ(problem_of("{\"a\": 1,\n  \"b\": }").rfind("body:2:8: is no JSON: syntax error", 0), 0u)
      << problem_of("{\"a\": 1,\n  \"b\": }");
  EXPECT_EQ(problem_of("").rfind("body:1:1: is no JSON: ", 0), 0u) << problem_of("");
  EXPECT_EQ(problem_of("segment: 2s").rfind("body:1:1: is no JSON: ", 0), 0u);
  EXPECT_EQ(problem_of("{} {}").rfind("body:1:4: is no JSON: ", 0), 0u) << problem_of("{} {}");
}

TEST(Document, IsAnObject) {
  for (const char* text : {"[]", "1", "null", "\"segment\""})
    EXPECT_EQ(problem_of(text).rfind("body:1:1: has to be a JSON object", 0), 0u) << text;
}

TEST(Document, IsText) {
  EXPECT_EQ(problem_of("{\n\"a\": \"\xff\"}"), "body:2:1: is no UTF-8 text: this line has bytes that no text has");
}

TEST(Document, IsNotNestedDeeply) {
  const auto nested = [](std::size_t depth) {
    return "{\"a\": " + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_EQ(problem_of(nested(31)), "none");
  EXPECT_EQ(problem_of(nested(10'000)), "body:1:1: is nested more than 32 deep");
}

TEST(Matches, ComparesStronglyAndKnowsTheStar) {
  EXPECT_TRUE(matches("\"a\"", "\"a\""));
  EXPECT_TRUE(matches("\"b\" ,\t\"a\" ", "\"a\""));
  EXPECT_TRUE(matches("*", "\"a\""));
  EXPECT_FALSE(matches("W/\"a\"", "\"a\""));
  EXPECT_FALSE(matches("\"b\"", "\"a\""));
  EXPECT_FALSE(matches("a", "\"a\""));
  EXPECT_FALSE(matches("", "\"a\""));
  EXPECT_FALSE(matches("*", ""));
}

TEST(AsYaml, WritesOutWhatJsonEscapesInHalves) {
  EXPECT_EQ(as_yaml(R"("\ud83c\udfc1")"), "\"\xF0\x9F\x8F\x81\"");
  EXPECT_EQ(as_yaml(R"("\uD800\uDC00")"), "\"\xF0\x90\x80\x80\"");
  EXPECT_EQ(as_yaml(R"("\udbff\udfff")"), "\"\xF4\x8F\xBF\xBF\"");
}

TEST(AsYaml, LeavesTheRestAlone) {
  for (const char* text :
       {R"("\\ud83c\udfc1")", R"("\u00e9\n\"")", R"("\ud83c")", R"("\ud83cx\udfc1")", "{\n}", "\\", "\\u12"})
    EXPECT_EQ(as_yaml(text), text);
}

std::string changes(const std::string& before, const std::string& after) {
  std::string out;
  for (const api::DeclaredChange& change : changes_between(before, after, config::channel_key_rules()))
    out += (out.empty() ? "" : " ") + change.key + ":" + change.when;
  return out;
}

TEST(ChangesBetween, NamesEachKeyAndWhenItCounts) {
  EXPECT_EQ(changes(R"({"keys": ["a"]})", R"({"keys": ["b"]})"), "keys:at_once");
  EXPECT_EQ(changes(R"({"keys": ["a"]})", R"({"keys": ["a"]})"), "");
  EXPECT_EQ(changes("", R"({"keys": ["a"]})"), "keys:at_once");
  EXPECT_EQ(changes(R"({"keys": ["a"]})", ""), "keys:at_once");
  EXPECT_EQ(changes("{}", R"({"upload": {"url": "s3://a/b"}})"), "upload.url:restart");
}

TEST(ChangesBetween, TakesAListOfMappingsForOneKey) {
  EXPECT_EQ(changes(R"({"subtitles": [{"from": "api", "language": "de"}]})",
                    R"({"subtitles": [{"from": "api", "language": "en"}]})"),
            "subtitles:next_worker");
}

TEST(ChangesBetween, KnowsNothingOfWhatIsNoJson) { EXPECT_EQ(changes("{\"keys\": [", "{}"), ""); }

}  // namespace
}  // namespace control
