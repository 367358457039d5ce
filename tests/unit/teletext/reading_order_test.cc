#include "teletext/reading_order.h"

#include <gtest/gtest.h>

#include <string>

#include "base/utf8.h"

namespace teletext {
namespace {

/// What is read of a row, whose characters are given from the left to the right; RLM, LRI and PDI as "R", "<" and ">".
std::string read_of(std::initializer_list<std::u32string_view> seen) {
  std::u32string row;
  for (const std::u32string_view piece : seen) row += piece;
  std::string text;
  for (const char32_t c : in_reading_order(row))
    base::append_character(text, c == 0x200f ? U'R' : c == 0x2066 ? U'<' : c == 0x2069 ? U'>' : c);
  return text;
}
// As they are seen: the first letter is the rightmost.
constexpr std::u32string_view kShalom = U"\u05dd\u05d5\u05dc\u05e9";
constexpr std::u32string_view kOlam = U"\u05dd\u05dc\u05d5\u05e2";

// Each of these was shown as it is seen by FriBidi 1.0.8, and so were 250,000 random rows of such characters.
TEST(ReadingOrder, RowsOfOtherLettersStayAsTheyAre) {
  EXPECT_EQ(read_of({U"Hello (2:1) 50%"}), "Hello (2:1) 50%");
  EXPECT_EQ(read_of({U""}), "");
  EXPECT_EQ(read_of({U"\u043f\u0440\u0438 \u00bdx"}), "при ½x");
}

TEST(ReadingOrder, HebrewIsReadFromTheRight) {
  EXPECT_EQ(read_of({kShalom}), "שלום");
  EXPECT_EQ(read_of({U"!", kOlam, U" ,", kShalom}), "שלום, עולם!");
}

TEST(ReadingOrder, ArabicIsReadFromTheRight) {
  EXPECT_EQ(read_of({U"\u061f\u0645\u0639\u0646 \u060c\u0644\u0627"}), "ال، نعم؟");
}

TEST(ReadingOrder, NumbersStayAsTheyAre) {
  EXPECT_EQ(read_of({U"2026 ", kShalom}), "שלום 2026");
  EXPECT_EQ(read_of({kOlam, U" 20 10 ", kShalom}), "שלום 10 20 עולם") << "the right one is read first";
  EXPECT_EQ(read_of({kOlam, U" 3-1 ", kShalom}), "שלום <3-1> עולם");
  EXPECT_EQ(read_of({kOlam, U" 10:45 ", kShalom}), "שלום <10:45> עולם");
  EXPECT_EQ(read_of({U"50% ", kShalom}), "שלום <50%>");
  EXPECT_EQ(read_of({U"$50 ", kShalom}), "שלום <$50>");
  EXPECT_EQ(read_of({U".50 ", kShalom}), "שלום 50.") << "the end of a sentence";
  EXPECT_EQ(read_of({U"50- ", kShalom}), "שלום -50") << "a minus before it";
}

TEST(ReadingOrder, WordsOfOtherLettersStayAsTheyAre) {
  EXPECT_EQ(read_of({U"John Smith 20 ", kShalom}), "שלום John Smith 20");
  EXPECT_EQ(read_of({U"!John Smith ", kShalom}), "שלום John Smith!");
  EXPECT_EQ(read_of({U"20 John ", kShalom}), "שלום <20 John>");
  EXPECT_EQ(read_of({U"%John ", kShalom}), "שלום <John>%");
}

TEST(ReadingOrder, AMarkSaysWhereOtherLettersBeginTheRow) {
  EXPECT_EQ(read_of({kShalom, U" John"}), "RJohn שלום");
  EXPECT_EQ(read_of({kShalom, U" 20"}), "20 שלום") << "numbers have no direction";
  EXPECT_EQ(read_of({kShalom, U" 3 Cups"}), "<3 Cups> שלום") << "nor has what is held together";
}

TEST(ReadingOrder, BracketsAreThoseThatAreSeen) {
  EXPECT_EQ(read_of({U"(", kOlam, U") ", kShalom}), "שלום (עולם)");
  EXPECT_EQ(read_of({U"[DVD] ", kShalom}), "שלום [<DVD>]");
  EXPECT_EQ(read_of({U"<", kOlam, U"> \u00ab", kShalom, U"\u00bb"}), "«שלום» <עולם>");
}

}  // namespace
}  // namespace teletext
