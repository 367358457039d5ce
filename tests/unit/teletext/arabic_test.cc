#include "teletext/arabic.h"

#include <gtest/gtest.h>

#include <string>

#include "base/utf8.h"

namespace teletext {
namespace {

std::string letters(unsigned first, unsigned last) {
  std::string text;
  for (unsigned character = first; character <= last; ++character) {
    for (const char32_t letter : arabic_letters(character)) base::append_character(text, letter);
  }
  return text;
}

// As EN 300 706 has them: its shapes are left out.
TEST(TeletextArabic, HasTheLettersOfTheFirstSet) {
  EXPECT_EQ(letters(0xe606, 0xe607), "ىي");
  EXPECT_EQ(letters(0xe620, 0xe62f), "ةءببتتااب\u0629تثجحخد");
  EXPECT_EQ(letters(0xe630, 0xe63e), "ذرزسشصضطظعغثجحخ");
  EXPECT_EQ(letters(0xe640, 0xe64f), "ـفقكلمنهوىيثجحخي");
  EXPECT_EQ(letters(0xe650, 0xe65d), "ىعغففققكللممنن");
  EXPECT_EQ(letters(0xe65e, 0xe65e), "لا");
}

TEST(TeletextArabic, HasTheLettersOfTheSecondSet) {
  EXPECT_EQ(letters(0xe701, 0xe70f), "عآأؤإئئچچچپپپژگ");
  EXPECT_EQ(letters(0xe710, 0xe719), "٠١٢٣٤٥٦٧٨٩");
  EXPECT_EQ(letters(0xe71a, 0xe71f), "غغلاههه");
  EXPECT_EQ(letters(0xe73f, 0xe73f), "ع");
}

TEST(TeletextArabic, HasNoOtherCharacters) {
  EXPECT_EQ(letters(0xe5ff, 0xe605), "");
  EXPECT_EQ(letters(0xe608, 0xe61f), "");
  EXPECT_EQ(letters(0xe65f, 0xe700), "");
  EXPECT_EQ(letters(0xe720, 0xe73e), "");
  EXPECT_EQ(letters(0xe740, 0xe800), "");
  EXPECT_EQ(letters(0, 0x6ff), "");
}

}  // namespace
}  // namespace teletext
