#include "teletext/screen.h"

#include <gtest/gtest.h>

#include <string>

#include "maker.h"

namespace teletext {
namespace {

using testing::accent;
using testing::header;
using testing::plain_row;
using testing::row;

std::string text_of(const std::vector<Line>& lines, std::string_view language = "") {
  PageReader reader(0x888);
  auto screen = Screen::make(language);
  const Page* page = reader.feed(lines, 0);
  return page == nullptr ? "nothing" : screen->text(*page);
}

TEST(TeletextScreen, HasTheRowsOfThePageWithoutTheirBlanks) {
  EXPECT_EQ(text_of({header(), row(20, "  Hello"), row(22, "World  ")}), "Hello\nWorld");
}

TEST(TeletextScreen, IsEmptyWhereThePageIs) {
  EXPECT_EQ(text_of({header()}), "");
  EXPECT_EQ(text_of({header({.inhibit = true}), row(20, "Hidden")}), "");
  EXPECT_EQ(text_of({header(), row(20, "   ")}), "");
}

TEST(TeletextScreen, ColoursAreBlanks) { EXPECT_EQ(text_of({header(), row(20, "\x03Yes?\x06No!")}), "Yes? No!"); }

TEST(TeletextScreen, OfASubtitleHasWhatIsInItsBoxes) {
  EXPECT_EQ(text_of({header(), plain_row(20, "out \x0b\x0bin\x0a\x0a out")}), "in");
  EXPECT_EQ(text_of({header({.subtitle = false}), plain_row(20, "out of every box")}), "out of every box");
}

TEST(TeletextScreen, TextOfDoubleHeightIsThereOnce) {
  EXPECT_EQ(text_of({header(), plain_row(20, "\x0d\x0b\x0bTall\x0a\x0a"), row(22, "Low")}), "Tall\nLow");
  EXPECT_EQ(text_of({header(), plain_row(20, "\x0e\x0b\x0bW i d e\x0a\x0a")}), "Wide");
}

TEST(TeletextScreen, NationalCharactersAreThoseOfTheHeader) {
  EXPECT_EQ(text_of({header(), row(20, "#[\\]{|}~")}), "£←½→¼‖¾÷");
  EXPECT_EQ(text_of({header({.national = 1}), row(20, "[\\]{|}~")}), "ÄÖÜäöüß");
  EXPECT_EQ(text_of({header({.national = 4}), row(20, "@[\\]{|}~")}), "àëêùâôûç");
}

TEST(TeletextScreen, AlphabetsThatTheServiceDoesNotNameAreThoseOfTheLanguage) {
  EXPECT_EQ(text_of({header({.national = 4}), row(20, "PRIWET")}, "rus"), "ПРИВЕТ");
  EXPECT_EQ(text_of({header({.national = 7}), row(20, "JAKGLEQA")}, "ell"), "ΚΑΛΗΜΕΡΑ");
  EXPECT_EQ(text_of({header({.national = 0}), row(20, "#@[")}, "pl"), "#ąƵ");
}

TEST(TeletextScreen, HebrewAndArabicAreInTheOrderInWhichTheyAreRead) {
  EXPECT_EQ(text_of({header({.national = 5}), row(20, "2:1 mler ,mely")}, "heb"), "שלום, עולם \u20662:1\u2069");
  EXPECT_EQ(text_of({header({.national = 7}), row(20, "?FBMQe ~")}, "ara"), "لا مرحبا؟");
  EXPECT_EQ(text_of({header({.national = 7}), row(20, "FBMQe"), row(22, "20")}, "per"), "مرحبا\n20");
}

TEST(TeletextScreen, AlphabetsThatTheServiceNamesAreThoseOfThePage) {
  constexpr unsigned kRussian = 36;
  const Line russian = header({.national = 4});
  const Line text = row(20, "PRIWET");
  EXPECT_EQ(text_of({russian, text}), "PRIWET");
  EXPECT_EQ(text_of({russian, testing::alphabets(28, kRussian), text}), "ПРИВЕТ") << "of the page";
  EXPECT_EQ(text_of({testing::alphabets(29, kRussian), russian, text}), "ПРИВЕТ") << "of the magazine";
  EXPECT_EQ(text_of({testing::alphabets(29, kRussian), russian, testing::alphabets(28, 0), text}), "PRIWET")
      << "the page's precedes";
}

TEST(TeletextScreen, AccentsStandOnTheirLetters) {
  EXPECT_EQ(text_of({header(), row(20, "Cafe"), accent(20, 7, 2, 'e')}), "Café");
}

TEST(TeletextScreen, PicturesAndWhatIsConcealedAreLeftOut) {
  EXPECT_EQ(text_of({header(), row(20, "Text\x17\x35\x35\x07more")}), "Text more");
  EXPECT_EQ(text_of({header(), row(20,
                                   "Riddle\x18"
                                   "Answer")}),
            "Riddle");
}

TEST(TeletextScreen, NothingOfAPageIsLeftInTheNext) {
  PageReader reader(0x888);
  auto screen = Screen::make("");
  EXPECT_EQ(screen->text(*reader.feed(std::vector{header(), row(18, "First"), row(20, "page")}, 0)), "First\npage");
  EXPECT_EQ(screen->text(*reader.feed(std::vector{header(), row(20, "Second")}, 1)), "Second");
  EXPECT_EQ(screen->text(*reader.feed(std::vector{header({.erase = false}), row(22, "more")}, 2)), "Second\nmore");
}

TEST(TeletextScreen, AnyPageIsReadable) {
  PageReader reader(0x150);
  auto screen = Screen::make("");
  const std::vector lines{header({.number = 0x150}), row(20, "One fifty", 1)};
  EXPECT_EQ(screen->text(*reader.feed(lines, 0)), "One fifty");
}

}  // namespace
}  // namespace teletext
