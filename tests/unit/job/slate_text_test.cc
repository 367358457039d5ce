#include "job/slate_text.h"

#include <gtest/gtest.h>

#include <string>

namespace job {
namespace {

TEST(SlateText, IsTextOfAnyLanguageInSeveralLines) {
  for (const char* text : {"We'll be right back", "سنعود قريبا", "すぐに戻ります", "one\ntwo", "{\\an8}", " "}) {
    EXPECT_TRUE(is_slate_text(text)) << text;
  }
}

TEST(SlateText, HasALeastAndAMostLength) {
  EXPECT_FALSE(is_slate_text(""));
  EXPECT_TRUE(is_slate_text(std::string(kLongestSlateText, 'x')));
  EXPECT_FALSE(is_slate_text(std::string(kLongestSlateText + 1, 'x')));
}

TEST(SlateText, HasNoControlsAndNoBrokenBytes) {
  for (const std::string& text :
       {std::string("a\tb"), std::string("a\rb"), std::string("\0", 1), std::string("\x1b[31m"), std::string("\x7f"),
        std::string("\xC2\x9B"), std::string("\xFF"), std::string("a\xC3")}) {
    EXPECT_FALSE(is_slate_text(text)) << text;
  }
}

}  // namespace
}  // namespace job
