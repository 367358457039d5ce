#include "captions/line21_reader.h"

#include <gtest/gtest.h>

#include <bit>
#include <string>

namespace captions {
namespace {

using PairKind = Line21Reader::Kind;

std::uint8_t odd_parity(int code) {
  return static_cast<std::uint8_t>(std::popcount(static_cast<unsigned>(code)) % 2 == 1 ? code : code | 0x80);
}

struct ReadPairs {
  Line21Reader::Pair read(int first, int second) { return reader.read(odd_parity(first), odd_parity(second)); }
  Line21Reader reader;
};

TEST(Line21Reader, SaysWhoseAControlCodeIs) {
  ReadPairs field;
  for (const auto& [first, channel] : {std::pair{0x14, 0}, {0x1c, 1}, {0x15, 0}, {0x1d, 1}}) {
    const Line21Reader::Pair pair = field.read(first, 0x25);
    EXPECT_EQ(pair.kind, PairKind::kControl);
    EXPECT_EQ(pair.channel, channel) << first;
    EXPECT_EQ(pair.first, 0x14) << "as the first channel of field 1 has it";
    EXPECT_EQ(pair.second, 0x25);
    EXPECT_TRUE(pair.caption);
    EXPECT_TRUE(pair.is_miscellaneous());
  }
}

TEST(Line21Reader, RowsOfOtherCodesAreThemselves) {
  ReadPairs field;
  const Line21Reader::Pair row = field.read(0x1d, 0x40);
  EXPECT_EQ(row.first, 0x15);
  EXPECT_FALSE(row.is_miscellaneous());
  EXPECT_FALSE(field.read(0x14, 0x30).is_miscellaneous());
  EXPECT_TRUE(field.read(0x14, 0x2f).is_miscellaneous());
  EXPECT_EQ(field.read(0x15, 0x30).first, 0x15);
  EXPECT_EQ(field.read(0x15, 0x2f).first, 0x14);
}

TEST(Line21Reader, EachChannelHasItsOwnMode) {
  ReadPairs field;
  EXPECT_FALSE(field.read('a', 'b').caption) << "no mode yet";
  EXPECT_TRUE(field.read(0x14, 0x20).caption);
  EXPECT_FALSE(field.read(0x1c, 0x2a).caption) << "text mode";
  EXPECT_FALSE(field.read('a', 'b').caption);
  EXPECT_TRUE(field.read(0x14, 0x2d).caption) << "no other code changes it";
  const Line21Reader::Pair typed = field.read('a', 'b');
  EXPECT_EQ(typed.kind, PairKind::kCharacters);
  EXPECT_EQ(typed.channel, 0);
  EXPECT_TRUE(typed.caption);
  EXPECT_EQ(typed.first, 'a');
  EXPECT_EQ(typed.second, 'b');
  EXPECT_FALSE(field.read(0x14, 0x2b).caption);
}

TEST(Line21Reader, CodesOfOtherGroupsChangeNoMode) {
  ReadPairs field;
  EXPECT_FALSE(field.read(0x11, 0x25).caption);
  EXPECT_FALSE(field.read(0x14, 0x28).caption);
  EXPECT_FALSE(field.read(0x16, 0x20).caption);
}

TEST(Line21Reader, XdsIsNothingUntilItsEndOrAControlCode) {
  ReadPairs field;
  field.read(0x15, 0x25);
  EXPECT_EQ(field.read(0x01, 0x03).kind, PairKind::kNone);
  EXPECT_EQ(field.read('S', 't').kind, PairKind::kNone);
  EXPECT_EQ(field.read(0, 0).kind, PairKind::kPadding);
  EXPECT_EQ(field.read(0x0f, 0x1d).kind, PairKind::kNone);
  EXPECT_EQ(field.read('S', 't').kind, PairKind::kCharacters);
  field.read(0x0e, 0x03);
  field.read(0x15, 0x2d);
  EXPECT_EQ(field.read('S', 't').kind, PairKind::kCharacters);
}

TEST(Line21Reader, BytesOfWrongParityAreNothingAndChangeNothing) {
  ReadPairs field;
  EXPECT_EQ(field.reader.read(static_cast<std::uint8_t>(odd_parity(0x14) ^ 0x80), odd_parity(0x25)).kind,
            PairKind::kNone);
  EXPECT_EQ(field.reader.read(odd_parity(0x14), static_cast<std::uint8_t>(odd_parity(0x25) ^ 0x80)).kind,
            PairKind::kNone);
  EXPECT_FALSE(field.read('a', 'b').caption);
}

TEST(Line21Reader, CharactersOfTwoBytesAreSpecialOrExtended) {
  ReadPairs field;
  for (const auto& [first, second] : {std::pair{0x11, 0x30}, {0x11, 0x3f}, {0x12, 0x20}, {0x13, 0x3f}, {0x1b, 0x20}})
    EXPECT_TRUE(field.read(first, second).is_character()) << first << " " << second;
  for (const auto& [first, second] :
       {std::pair{0x11, 0x2f}, {0x11, 0x40}, {0x12, 0x1f}, {0x13, 0x40}, {0x10, 0x30}, {0x14, 0x20}, {'a', 0x30}})
    EXPECT_FALSE(field.read(first, second).is_character()) << first << " " << second;
}

}  // namespace
}  // namespace captions
