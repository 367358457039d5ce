#include "base/printable.h"

#include <gtest/gtest.h>

#include <random>

namespace base {
namespace {

const std::string kMark = "\xEF\xBF\xBD";

TEST(Printable, LeavesTextOfAnyLanguageAsItIs) {
  for (const std::string text : {"", "match-1", "Fußball", "試合", "مباراة", "\xF0\x9F\x8F\x86", "\x7E", "\xC2\xA0"}) {
    EXPECT_EQ(printable(text), text);
  }
}

TEST(Printable, IsOneLine) { EXPECT_EQ(printable("a\nb\r\nc\td"), "a b  c d"); }

TEST(Printable, ShowsNothingThatATerminalObeys) {
  EXPECT_EQ(printable("a\x1b[31mRED\x07"), "a" + kMark + "[31mRED" + kMark);
  EXPECT_EQ(printable(std::string_view("\0", 1)), kMark);
  EXPECT_EQ(printable("\x1f\x7f"), kMark + kMark);
  EXPECT_EQ(printable("\xC2\x80 \xC2\x9B \xC2\x9F"), kMark + " " + kMark + " " + kMark) << "C1 controls";
}

TEST(Printable, ShowsNothingThatHidesOrTurnsWhatIsAroundIt) {
  for (const std::string hidden : {"\xE2\x80\x8B", "\xE2\x80\x8F", "\xE2\x80\xA8", "\xE2\x80\xAE", "\xE2\x81\xA0",
                                   "\xE2\x81\xAF", "\xEF\xBB\xBF", "\xC2\xAD", "\xD8\x9C", "\xEF\xBF\xB9"}) {
    EXPECT_EQ(printable("a" + hidden + "b"), "a" + kMark + "b");
  }
  for (const std::string shown : {"\xE2\x80\x8A", "\xE2\x80\x90", "\xE2\x80\xA7", "\xE2\x80\xAF", "\xE2\x81\xB0"}) {
    EXPECT_EQ(printable(shown), shown) << "the neighbours of these";
  }
}

TEST(Printable, MarksEachByteThatIsNotUtf8) {
  EXPECT_EQ(printable("\xff\xfe!"), kMark + kMark + "!");
  EXPECT_EQ(printable("\x80"), kMark) << "continues with nothing";
  EXPECT_EQ(printable("\xC3"), kMark) << "is not finished";
  EXPECT_EQ(printable("\xC3("), kMark + "(");
  EXPECT_EQ(printable("\xE2\x82("), kMark + kMark + "(");
  EXPECT_EQ(printable("\xC0\xAF"), kMark + kMark) << "longer than need be";
  EXPECT_EQ(printable("\xE0\x9F\xBF"), kMark + kMark + kMark);
  EXPECT_EQ(printable("\xE0\xA0\x80"), "\xE0\xA0\x80");
  EXPECT_EQ(printable("\xF0\x8F\xBF\xBF"), kMark + kMark + kMark + kMark);
  EXPECT_EQ(printable("\xED\x9F\xBF"), "\xED\x9F\xBF");
  EXPECT_EQ(printable("\xED\xA0\x80"), kMark + kMark + kMark) << "half of a surrogate pair";
  EXPECT_EQ(printable("\xF4\x8F\xBF\xBF"), "\xF4\x8F\xBF\xBF") << "the last character that there is";
  EXPECT_EQ(printable("\xF4\x90\x80\x80"), kMark + kMark + kMark + kMark);
  EXPECT_EQ(printable("\xF5\x80\x80\x80"), kMark + kMark + kMark + kMark);
}

TEST(Printable, IsCutBetweenCharactersAndSaysHowLongItWas) {
  EXPECT_EQ(printable("abcd", 4), "abcd");
  EXPECT_EQ(printable("abcde", 4), "abcd… (5 bytes)");
  EXPECT_EQ(printable("abc\xC3\xBC", 4), "abc… (5 bytes)");
  EXPECT_LT(printable(std::string(40'000, '\xff')).size(), 450U);
}

TEST(Printable, IsTheSameWhenItIsMadePrintableAgain) {
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    std::string bytes(random() % 60, 0);
    for (char& byte : bytes) byte = static_cast<char>(random());
    const std::string once = printable(bytes);
    EXPECT_EQ(printable(once), once);
  }
}

}  // namespace
}  // namespace base
