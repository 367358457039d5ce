#include "base/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace base {
namespace {

TEST(Utf8, GivesTheFirstCharacterAndItsLength) {
  const auto is = [](std::string_view text, std::uint32_t value, std::size_t length) {
    const Utf8Character first = first_character(text);
    return first.value == value && first.length == length;
  };
  EXPECT_TRUE(is("A", 0x41, 1));
  EXPECT_TRUE(is("éa", 0xE9, 2));
  EXPECT_TRUE(is("試合", 0x8A66, 3));
  EXPECT_TRUE(is("\xF0\x9F\x8F\x86 cup", 0x1F3C6, 4));
  EXPECT_TRUE(is(std::string_view("\0x", 2), 0, 1));
}

TEST(Utf8, FindsNoneInWhatIsNotUtf8) {
  for (const std::string_view broken : {"", "\x80", "\xC3", "\xC3(", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80"}) {
    EXPECT_EQ(first_character(broken).length, 0U);
  }
}

TEST(Utf8, WritesTheCharactersThatItReads) {
  for (const std::uint32_t value : {0U, 0x41U, 0x7FU, 0x80U, 0xE9U, 0x7FFU, 0x800U, 0x8A66U, 0xD7FFU, 0xE000U, 0xFFFFU,
                                    0x10000U, 0x1F3C6U, 0x10FFFFU}) {
    std::string text = "x";
    append_character(text, value);
    const Utf8Character read = first_character(std::string_view(text).substr(1));
    EXPECT_EQ(read.value, value);
    EXPECT_EQ(read.length, text.size() - 1) << value;
  }
}

TEST(Utf8, IsOneBrokenByteAnywhereAway) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("Fußball, 試合"));
  EXPECT_FALSE(
      is_utf8("Fu\xDF"
              "ball"))
      << "Latin-1";
  EXPECT_FALSE(is_utf8("cut off \xE8\xA9"));
}

}  // namespace
}  // namespace base
