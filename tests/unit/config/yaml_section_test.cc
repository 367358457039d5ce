#include "config/yaml_section.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace config {
namespace {

/// A section of `text`, read by `read` and finished; problems one a line.
std::string problems(const std::string& text, const std::function<void(Section&)>& read) {
  Report report{"f", {}};
  const YAML::Node node = YAML::Load(text);
  Section section(node, "", report);
  read(section);
  section.finish();
  std::string all;
  for (const Problem& problem : report.problems) all += problem.message() + "\n";
  return all;
}

TEST(Section, GivesTheNodesOfItsKeysAndNothingForOthers) {
  EXPECT_EQ(problems("a: 1",
                     [](Section& in) {
                       EXPECT_EQ(in.take("a")->Scalar(), "1");
                       EXPECT_FALSE(in.take("b"));
                     }),
            "");
}

TEST(Section, WithNothingInItHasNoKeysAndNoPlace) {
  EXPECT_EQ(problems("", [](Section& in) { EXPECT_FALSE(in.take("a")); }), "");
  Report report{"f", {}};
  EXPECT_LT(Section(YAML::Node(), "x", report).mark().line, 0);
}

TEST(Section, AKeyGivenTwiceIsRefusedWithBothPlaces) {
  EXPECT_EQ(problems("a: 1\na: 2", [](Section& in) { in.take("a"); }),
            "f:2:1: key \"a\" stands here a second time (first at line 1)\n");
}

TEST(Section, ReadsEveryKeyOfAMappingOfNames) {
  std::string names;
  EXPECT_EQ(problems("{a: 1, b: 2}",
                     [&](Section& in) {
                       in.each([&](const std::string& name, const YAML::Node&, const YAML::Node& value) {
                         names += name + value.Scalar();
                       });
                     }),
            "");
  EXPECT_EQ(names, "a1b2");
}

TEST(Section, AKeyThatIsNoWordAndAFileThatIsNoMappingAreTold) {
  EXPECT_EQ(problems("{[a]: 1}", [](Section&) {}), "f:1:2: a key has to be a plain word\n");
  EXPECT_EQ(problems("just text", [](Section&) {}), "f:1:1: the file has to be a mapping of keys to values\n");
}

TEST(Section, AnUnknownKeyThatIsNearNoneIsOnlyNamed) {
  EXPECT_EQ(problems("something: 1", [](Section& in) { in.take("port"); }), "f:1:1: unknown key \"something\"\n");
}

TEST(Report, PlacesCountFromOneAndAreLeftOutWhereThereAreNone) {
  Report report{"file.yaml", {}};
  YAML::Mark mark;
  mark.line = 0;
  mark.column = 4;
  report.add(mark, "here");
  report.add(YAML::Mark::null_mark(), "nowhere");
  EXPECT_EQ(report.problems[0].message(), "file.yaml:1:5: here");
  EXPECT_EQ(report.problems[1].message(), "file.yaml: nowhere");
}

}  // namespace
}  // namespace config
