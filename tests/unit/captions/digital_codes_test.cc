#include "captions/digital_codes.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace captions::digital {
namespace {

using Bytes = std::vector<std::uint8_t>;

TEST(DigitalCodes, HaveTheSizesOfTheirSets) {
  const std::vector<std::pair<Bytes, std::size_t>> sizes{
      {{0x00}, 1},       {{0x0f}, 1},       {{0x11}, 2},       {{0x17}, 2},       {{0x18}, 3},       {{0x1f}, 3},
      {{0x80}, 1},       {{0x87}, 1},       {{0x88}, 2},       {{0x8d}, 2},       {{0x8e}, 1},       {{0x8f}, 1},
      {{0x90}, 3},       {{0x91}, 4},       {{0x92}, 3},       {{0x93}, 1},       {{0x96}, 1},       {{0x97}, 5},
      {{0x98}, 7},       {{0x9f}, 7},       {{0xa0}, 1},       {{0xff}, 1},       {{0x10}, 2},       {{0x10, 0x07}, 2},
      {{0x10, 0x08}, 3}, {{0x10, 0x10}, 4}, {{0x10, 0x18}, 5}, {{0x10, 0x20}, 2}, {{0x10, 0x7f}, 2}, {{0x10, 0x80}, 6},
      {{0x10, 0x88}, 7}, {{0x10, 0xa0}, 2}};
  for (const auto& [code, size] : sizes) EXPECT_EQ(code_at(code).size, size) << int{code[0]} << " " << int{code.back()};
  EXPECT_EQ(code_at(Bytes{0x10, 0x90}).size, SIZE_MAX) << "of variable length";
}

TEST(DigitalCodes, AreCharactersInTheSetsG0ToG3AndOfTwoBytes) {
  for (const Bytes& code :
       {Bytes{0x20}, {0x7f}, {0xa0}, {0xff}, {0x10, 0x20}, {0x10, 0x7f}, {0x10, 0xa0}, {0x10, 0xff}, {0x18, 1, 2}})
    EXPECT_TRUE(code_at(code).character) << int{code[0]} << " " << int{code.back()};
  for (const Bytes& code :
       {Bytes{0x1f}, {0x80}, {0x9f}, {0x10}, {0x10, 0x1f}, {0x10, 0x80}, {0x10, 0x9f}, {0x19}, {0x17}})
    EXPECT_FALSE(code_at(code).character) << int{code[0]} << " " << int{code.back()};
}

TEST(DigitalCodes, StandForTheCharactersOfTheStandard) {
  const std::vector<std::pair<Bytes, char32_t>> characters{
      {{'A'}, U'A'},
      {{'~'}, U'~'},
      {{0x7f}, U'\u266a'},
      {{0xe9}, U'\u00e9'},
      {{0xff}, U'\u00ff'},
      {{0xa0}, kSpace},
      {{0xa1}, U'\u00a1'},
      {{0x10, 0x20}, kSpace},
      {{0x10, 0x21}, kSpace},
      {{0x10, 0x25}, U'\u2026'},
      {{0x10, 0x33}, U'\u201c'},
      {{0x10, 0x39}, U'\u2122'},
      {{0x10, 0x79}, U'\u215e'},
      {{0x10, 0x7f}, U'\u250c'},
      {{0x10, 0x22}, U'_'},
      {{0x10, 0xa0}, kCaptionSign},
      {{0x10, 0xa1}, U'_'},
      {{0x18, 0xd5, 0x5c}, U'\ud55c'},
      {{0x18, 0x00, 'A'}, U'A'},
  };
  for (const auto& [code, character] : characters) EXPECT_EQ(character_of(code), character) << int{code.back()};
}

TEST(DigitalCodes, OfTwoBytesThatAreNoCharacterAreUnderscores) {
  const std::vector<std::pair<Bytes, char32_t>> characters{
      {{0x18, 0x00, 0x1f}, U'_'},   {{0x18, 0x00, 0x20}, U' '},      {{0x18, 0x00, 0x7e}, U'~'},
      {{0x18, 0x00, 0x7f}, U'_'},   {{0x18, 0x00, 0x9f}, U'_'},      {{0x18, 0x00, 0xa0}, U'\u00a0'},
      {{0x18, 0xd7, 0xff}, 0xd7ff}, {{0x18, 0xd8, 0x00}, U'_'},      {{0x18, 0xdf, 0xff}, U'_'},
      {{0x18, 0xe0, 0x00}, 0xe000}, {{0x18, 0xff, 0xfd}, U'\ufffd'}, {{0x18, 0xff, 0xfe}, U'_'},
      {{0x18, 0xff, 0xff}, U'_'}};
  for (const auto& [code, character] : characters)
    EXPECT_EQ(character_of(code), character) << int{code[1]} << " " << int{code[2]};
}

}  // namespace
}  // namespace captions::digital
