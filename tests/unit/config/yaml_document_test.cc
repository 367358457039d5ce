#include "config/yaml_document.h"

#include <gtest/gtest.h>

namespace config {
namespace {

/// The document's text as yaml-cpp writes it, and after "!" the problems.
std::string read(const std::string& text) {
  Report report{"t.yaml", {}};
  std::string all = YAML::Dump(read_document(text, report));
  for (const Problem& problem : report.problems) all += "! " + problem.message();
  return all;
}

TEST(ReadDocument, GivesTheOneThatThereIs) {
  EXPECT_EQ(read("a: 1\n"), "a: 1");
  EXPECT_EQ(read("%YAML 1.2\n---\na: 1\n"), "a: 1");
  EXPECT_EQ(read("---\na: 1\n...\n"), "a: 1");
  EXPECT_EQ(read("{}"), "{}");
}

TEST(ReadDocument, GivesNothingWhereThereIsNone) {
  EXPECT_EQ(read(""), "");
  EXPECT_EQ(read("# nothing but words\n"), "");
}

TEST(ReadDocument, RefusesASecondOneAndNamesItsPlace) {
  for (const std::string text : {"a: 1\n---\nb: 2\n", "a: 1\n--- \n"}) {
    EXPECT_NE(read(text).find("! t.yaml:2:1: a second document starts here"), std::string::npos) << read(text);
  }
  EXPECT_NE(read("- a\nb: c\n").find("! t.yaml:2:1: "), std::string::npos) << read("- a\nb: c\n");
}

// Each of these is a document without an end of documents to yaml-cpp.
TEST(ReadDocument, EndsOnTextThatBelongsToNoDocument) {
  for (const std::string text : {",", ", ,\n", "- \n:", ",\na: 1\n"}) {
    EXPECT_NE(read(text).find("! t.yaml:"), std::string::npos) << text;
  }
}

TEST(ReadDocument, ThrowsWhereTheTextIsNoYaml) {
  Report report{"t.yaml", {}};
  EXPECT_THROW(read_document("a: [1\n", report), YAML::Exception);
  EXPECT_THROW(read_document("a: 1\n---\nb: [2\n", report), YAML::Exception);
}

}  // namespace
}  // namespace config
