#include "app/yaml_section.h"

#include <gtest/gtest.h>

#include <limits>

namespace app {
namespace {

using base::kMillisecond;
using base::kSecond;

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

base::Micros duration_of(const std::string& text) {
  base::Micros value = -1;
  EXPECT_EQ(problems("d: " + text, [&](Section& in) { in.duration("d", 0, 3600 * kSecond, value); }), "") << text;
  return value;
}

std::string duration_problem(const std::string& text, base::Micros least, base::Micros most) {
  base::Micros value = -1;
  const std::string found = problems("d: " + text, [&](Section& in) { in.duration("d", least, most, value); });
  EXPECT_EQ(value, found.empty() ? value : -1) << "left alone where it is wrong";
  return found;
}

TEST(Section, ReadsDurationsWithTheirUnit) {
  EXPECT_EQ(duration_of("500ms"), 500 * kMillisecond);
  EXPECT_EQ(duration_of("2s"), 2 * kSecond);
  EXPECT_EQ(duration_of("1.5s"), 1500 * kMillisecond);
  EXPECT_EQ(duration_of("10m"), 600 * kSecond);
  EXPECT_EQ(duration_of("0s"), 0);
  EXPECT_EQ(duration_of("0.0015s"), 1500);
}

TEST(Section, RefusesDurationsThatAreNone) {
  for (const char* wrong : {"5", "s", "5h", "5 s", "-1s", "nan s", "inf", "1e30s", "[1s]", "''"}) {
    EXPECT_NE(duration_problem(wrong, 0, 10 * kSecond), "") << wrong;
  }
}

TEST(Section, TheBoundsOfADurationBelongToIt) {
  EXPECT_EQ(duration_problem("200ms", 200 * kMillisecond, 2 * kSecond), "");
  EXPECT_EQ(duration_problem("2s", 200 * kMillisecond, 2 * kSecond), "");
  EXPECT_EQ(duration_problem("199ms", 200 * kMillisecond, 2 * kSecond),
            "f:1:4: d has to be a duration from 200ms to 2s with its unit (ms, s or m), not \"199ms\"\n");
  EXPECT_NE(duration_problem("2.001s", 200 * kMillisecond, 2 * kSecond), "");
}

TEST(Section, RefusesDurationsBeyondEveryUse) {
  constexpr base::Micros kAny = std::numeric_limits<base::Micros>::max();
  EXPECT_EQ(duration_problem("1000000000s", 0, kAny), "");
  EXPECT_NE(duration_problem("1000000001s", 0, kAny), "");
}

TEST(Section, ReadsBitRates) {
  const auto rate = [](const std::string& text) {
    int value = -1;
    EXPECT_EQ(problems("b: " + text, [&](Section& in) { in.bitrate("b", value); }), "") << text;
    return value;
  };
  EXPECT_EQ(rate("64000"), 64'000);
  EXPECT_EQ(rate("800k"), 800'000);
  EXPECT_EQ(rate("2.5M"), 2'500'000);
  EXPECT_EQ(rate("1000M"), 1'000'000'000);
  for (const char* wrong : {"-1", "2G", "k", "1001M", "2 M", "[1]"}) {
    int value = 7;
    EXPECT_NE(problems(std::string("b: ") + wrong, [&](Section& in) { in.bitrate("b", value); }), "") << wrong;
    EXPECT_EQ(value, 7);
  }
}

TEST(Section, ReadsWholeNumbersWithinTheirBounds) {
  const auto number = [](const std::string& text, int& value) {
    return problems("n: " + text, [&](Section& in) { in.number("n", -5, 5, value); });
  };
  int value = 0;
  EXPECT_EQ(number("-5", value), "");
  EXPECT_EQ(value, -5);
  EXPECT_EQ(number("5", value), "");
  EXPECT_EQ(value, 5);
  for (const char* wrong : {"-6", "6", "1.0", "0x1", "one", "1 2", "99999999999999999999", "{}"}) {
    EXPECT_NE(number(wrong, value), "") << wrong;
    EXPECT_EQ(value, 5);
  }
}

TEST(Section, APortHasSixteenBits) {
  std::uint16_t port = 1;
  EXPECT_EQ(problems("p: 65535", [&](Section& in) { in.port("p", port); }), "");
  EXPECT_EQ(port, 65535);
  EXPECT_EQ(problems("p: 0", [&](Section& in) { in.port("p", port); }), "");
  EXPECT_EQ(port, 0);
  EXPECT_NE(problems("p: 65536", [&](Section& in) { in.port("p", port); }), "");
  EXPECT_NE(problems("p: -1", [&](Section& in) { in.port("p", port); }), "");
}

TEST(Section, AFlagIsTrueOrFalseAndNoOtherWord) {
  bool flag = false;
  const auto read = [&](Section& in) { in.flag("x", flag); };
  EXPECT_EQ(problems("x: true", read), "");
  EXPECT_TRUE(flag);
  EXPECT_EQ(problems("x: false", read), "");
  EXPECT_FALSE(flag);
  EXPECT_EQ(problems("x: yes", read), "f:1:4: x has to be true or false, not \"yes\"\n");
  EXPECT_EQ(problems("x: [true]", read), "f:1:4: x has to be true or false\n");
}

TEST(Section, AChoiceCallsTheOneThatIsNamed) {
  std::string chosen;
  const auto read = [&](Section& in) {
    in.choice("c", {{"a", [&] { chosen += "a"; }}, {"b", [&] { chosen += "b"; }}});
  };
  EXPECT_EQ(problems("c: b", read), "");
  EXPECT_EQ(problems("{}", read), "");
  EXPECT_EQ(chosen, "b");
  EXPECT_EQ(problems("c: d", read), "f:1:4: c has to be one of a, b, not \"d\"\n");
  EXPECT_EQ(problems("c: {}", read), "f:1:4: c has to be a word\n");
  EXPECT_EQ(chosen, "b");
}

TEST(Section, AListReplacesWhatWasThere) {
  std::vector<std::string> list{"old"};
  const auto read = [&](Section& in) { in.texts("l", list); };
  EXPECT_EQ(problems("{}", read), "");
  EXPECT_EQ(list, std::vector<std::string>{"old"});
  EXPECT_EQ(problems("l: [a, b]", read), "");
  EXPECT_EQ(list, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(problems("l: []", read), "");
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(problems("l: a", read), "f:1:4: l has to be a list\n");
  EXPECT_EQ(problems("l: [a, [b]]", read), "f:1:8: an item of l has to be a text\n");
}

TEST(Section, AnInnerSectionNamesItsPath) {
  std::string text;
  const auto read = [&](Section& in) {
    in.section("outer",
               [&](Section& outer) { outer.section("inner", [&](Section& inner) { inner.text("name", text); }); });
  };
  EXPECT_EQ(problems("outer: {inner: {name: x}}", read), "");
  EXPECT_EQ(text, "x");
  EXPECT_EQ(problems("outer: {inner: {nam: x}}", read),
            "f:1:17: unknown key \"nam\" in outer.inner; did you mean \"name\"?\n");
  EXPECT_EQ(problems("outer: 5", read), "f:1:8: outer has to be a mapping of keys to values\n");
  EXPECT_EQ(problems("outer:", read), "");  // nothing in it is nothing wrong
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
  EXPECT_EQ(problems("something: 1",
                     [](Section& in) {
                       std::string text;
                       in.text("port", text);
                     }),
            "f:1:1: unknown key \"something\"\n");
}

TEST(Nearest, IsTheWordWithTheFewestChanges) {
  EXPECT_EQ(nearest("prot", {"path", "port"}), "port");
  EXPECT_EQ(nearest("kyes", {"keys", "keys_env"}), "keys");
  EXPECT_EQ(nearest("ab", {"cd"}), "cd");            // two changes are near for a short word
  EXPECT_EQ(nearest("ab", {"cde"}), "");             // three are not
  EXPECT_EQ(nearest("abcdefgh", {"abcd"}), "abcd");  // half of a longer one is
  EXPECT_EQ(nearest("abcdefgh", {"abc"}), "");
  EXPECT_EQ(nearest("", {}), "");
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
}  // namespace app
