#include "text/font.h"

#include <gtest/gtest.h>

#include "unit/text/font_file.h"

namespace text {
namespace {

using testing::font;

TEST(Font, NamesItsFamily) { EXPECT_EQ(*family_of(font()), "DejaVu Sans"); }

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
