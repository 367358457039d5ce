#include "text/font.h"

#include <gtest/gtest.h>

#include <string>

#include "unit/text/font_file.h"

namespace text {
namespace {

using testing::font;

TEST(Font, NamesItsFamily) { EXPECT_EQ(*family_of(font()), "DejaVu Sans"); }

// libass looks a font up by its family alone. Many have a copyright in plain ASCII before it, and a typographic family
// without a weight.
TEST(Font, NamesItsFamilyWhateverOtherNamesItHas) {
  using namespace std::string_literals;
  std::string other = testing::font_file();
  const auto replace = [&](const std::string& record) {
    // Of the table of names for Windows in English: where the string lies is behind its number. 5 is the version.
    const std::string windows = "\0\3\0\1\4\11\0"s;
    const std::size_t version = other.find(windows + "\5");
    const std::size_t replaced = other.find(windows + record);
    ASSERT_TRUE(version != std::string::npos && replaced != std::string::npos);
    other.replace(replaced + 8, 4, other, version + 8, 4);
  };
  replace("\0"s);   // the copyright
  replace("\20"s);  // the typographic family
  EXPECT_EQ(*family_of(base::view_of(other)), "DejaVu Sans");
}

TEST(Font, HasWhatLatinAndArabicNeed) {
  EXPECT_EQ(*missing_characters(font(), "We'll be right back — سنعود قريبا, Fußball"), U"");
}

TEST(Font, TellsEachCharacterThatItLacksOnce) {
  EXPECT_EQ(*missing_characters(font(), "\U0001F3C6 試合 \U0001F3C6 試"), U"\U0001F3C6試合");
}

TEST(Font, LacksNothingThatHasNoShape) {
  EXPECT_EQ(*missing_characters(font(), "a\n \t\u200D\uFE0F\u2060\u200F\u00AD"), U"");
}

TEST(Font, LacksNoTagButWhatStandsBesideThem) {
  EXPECT_EQ(*missing_characters(font(), "\U000E0000\U000E0041\U000E0FFF"), U"");
  EXPECT_EQ(*missing_characters(font(), "\U000DFFFD\U000E1000"), U"\U000DFFFD\U000E1000");
}

TEST(Font, RefusesWhatIsNone) {
  EXPECT_EQ(family_of(base::view_of("no font")).error().code, base::Code::kMalformed);
  EXPECT_EQ(missing_characters({}, "a").error().code, base::Code::kMalformed);
}

TEST(Font, SurvivesOneThatIsCutOff) {
  for (std::size_t size = 0; size < font().size(); size += 20'011) {
    const base::View part = font().first(size);
    const auto family = family_of(part);
    EXPECT_TRUE(!family.ok() || !family->empty()) << size;
  }
}

}  // namespace
}  // namespace text
