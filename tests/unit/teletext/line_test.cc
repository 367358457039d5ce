#include "teletext/line.h"

#include <gtest/gtest.h>

#include "maker.h"

namespace teletext {
namespace {

using testing::header;
using testing::payload;
using testing::row;

std::vector<Line> lines_of(base::View bytes, std::size_t* damaged = nullptr) {
  std::vector<Line> lines;
  const std::size_t bad = read_lines(bytes, lines);
  if (damaged != nullptr) *damaged = bad;
  return lines;
}

TEST(TeletextLine, AreThoseOfTheUnitsOfAPesPacketInTheirOrder) {
  const auto bytes = payload({header(), row(20, "One"), row(22, "Two"), header({.number = 0x1ff})});
  EXPECT_EQ((bytes.size() + 45) % 184, 0U);
  const auto lines = lines_of(bytes);
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0], header());
  EXPECT_EQ(lines[1], row(20, "One"));
  EXPECT_EQ(lines[1].magazine, 8);
  EXPECT_EQ(lines[2].row, 22);
  EXPECT_EQ(lines[3].magazine, 1);
}

TEST(TeletextLine, BytesAreSentWithTheirLowestBitFirst) {
  // Magazine 8 and packet 0 in EN 300 472: two bytes 0x15 the other way round.
  EXPECT_EQ(payload({header()})[5], 0xa8);
}

TEST(TeletextLine, OneWrongBitOfTheAddressIsCorrectedAndTwoAreDamage) {
  for (std::size_t bit = 0; bit < 8; ++bit) {
    auto bytes = payload({row(20, "One")});
    bytes[6] ^= static_cast<std::uint8_t>(1U << bit);
    ASSERT_EQ(lines_of(bytes).size(), 1U);
    EXPECT_EQ(lines_of(bytes)[0].row, 20);
    bytes[6] ^= static_cast<std::uint8_t>(1U << (bit + 1) % 8);
    std::size_t damaged = 0;
    EXPECT_TRUE(lines_of(bytes, &damaged).empty());
    EXPECT_EQ(damaged, 1U);
  }
}

TEST(TeletextLine, EveryNibbleComesBackFromItsHammingByte) {
  for (int bits = 0; bits < 16; ++bits) {
    EXPECT_EQ(hamming_bits(hamming_byte(bits)), bits);
    EXPECT_EQ(hamming_bits(hamming_byte(bits) ^ 0x10), bits);
    EXPECT_EQ(hamming_bits(hamming_byte(bits) ^ 0x11), std::nullopt);
  }
}

TEST(TeletextLine, OtherDataAndOtherUnitsArePassedOver) {
  auto bytes = payload({row(20, "One")});
  bytes[0] = 0x20;  // DVB subtitles
  EXPECT_TRUE(lines_of(bytes).empty());
  bytes[0] = 0x99;  // in the vertical blanking interval
  EXPECT_EQ(lines_of(bytes).size(), 1U);
  bytes[1] = 0xc3;  // VPS
  std::size_t damaged = 0;
  EXPECT_TRUE(lines_of(bytes, &damaged).empty());
  EXPECT_EQ(damaged, 0U);
}

TEST(TeletextLine, AreInEbuDataAndInDataOfTheBlankingInterval) {
  auto bytes = payload({row(20, "One")});
  for (const int identifier : {0x10, 0x1f, 0x99, 0x9b}) {
    bytes[0] = static_cast<std::uint8_t>(identifier);
    EXPECT_EQ(lines_of(bytes).size(), 1U) << identifier;
  }
  for (const int identifier : {0x0f, 0x20, 0x98, 0x9c}) {
    bytes[0] = static_cast<std::uint8_t>(identifier);
    EXPECT_TRUE(lines_of(bytes).empty()) << identifier;
  }
}

TEST(TeletextLine, WhatIsCutShortIsDamage) {
  const auto bytes = payload({row(20, "One"), row(22, "Two")});
  std::size_t damaged = 0;
  EXPECT_EQ(lines_of(base::View(bytes).first(1 + 46 + 30), &damaged).size(), 1U);
  EXPECT_EQ(damaged, 1U);
  EXPECT_TRUE(lines_of({}, &damaged).empty());
  EXPECT_EQ(damaged, 0U);
  auto shorter = payload({row(20, "One")});
  shorter[2] = 40;
  lines_of(shorter, &damaged);
  EXPECT_GE(damaged, 1U);
}

TEST(TeletextLine, ThereAreNoMoreThanAPesPacketHasRoomFor) {
  const auto bytes = payload(std::vector<Line>(kMostLines + 10, row(20, "One")));
  std::size_t damaged = 0;
  EXPECT_EQ(lines_of(bytes, &damaged).size(), kMostLines);
  EXPECT_EQ(damaged, 10U);
}

}  // namespace
}  // namespace teletext
