#include "base/hex.h"

#include <gtest/gtest.h>

#include <string_view>

TEST(HexDigit, HasAValueInBothCases) {
  for (const std::string_view digits : {"0123456789abcdef", "0123456789ABCDEF"}) {
    for (int i = 0; i < 16; ++i) EXPECT_EQ(base::hex_digit(digits[static_cast<std::size_t>(i)]), i);
  }
}

TEST(HexDigit, IsNothingElse) {
  for (const char c : std::string_view("/:@G`g \0\xff", 9)) EXPECT_EQ(base::hex_digit(c), -1) << int{c};
}
