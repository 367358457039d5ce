#include "media/bit_reader.h"

#include <gtest/gtest.h>

#include "hex.h"

namespace media {
namespace {

TEST(BitReader, ReadsAcrossBytes) {
  const auto bytes = hex("a5 0f 80 01 ff");
  BitReader reader{bytes};
  EXPECT_EQ(reader.bits(3), 5u);
  EXPECT_EQ(reader.bits(9), 0x50u);
  EXPECT_EQ(reader.bits(28), 0xf8001ffu);
  EXPECT_EQ(reader.left(), 0u);
  EXPECT_FALSE(reader.failed());
}

TEST(BitReader, StaysFailedPastTheEnd) {
  const auto bytes = hex("ff");
  BitReader reader{bytes};
  reader.skip(4);
  EXPECT_EQ(reader.bits(5), 0u);
  EXPECT_TRUE(reader.failed());
  EXPECT_EQ(reader.bits(1), 0u);
}

TEST(BitReader, ReadsExpGolomb) {
  // 1 | 010 | 011 | 00100 | 00101 : 0 1 2 3 4
  const auto bytes = hex("a6 42 80");
  BitReader reader{bytes};
  for (std::uint32_t expected = 0; expected < 5; ++expected) EXPECT_EQ(reader.ue(), expected);
  BitReader same{bytes};
  for (const std::int32_t expected : {0, 1, -1, 2, -2}) EXPECT_EQ(same.se(), expected);
}

TEST(BitReader, ReadsTheLargestExpGolombAndRefusesLongerOnes) {
  const auto largest = hex("00000001 ffffffff");  // 31 zeros, 1, 31 ones
  BitReader reader{largest};
  EXPECT_EQ(reader.ue(), 0xfffffffeu);
  EXPECT_FALSE(reader.failed());
  const auto longer = hex("00000000 ffffffff ffff");
  BitReader refuses{longer};
  EXPECT_EQ(refuses.ue(), 0u);
  EXPECT_TRUE(refuses.failed());
}

TEST(BitReader, AlignsRelativeToAnOrigin) {
  const auto bytes = hex("00 ff 00");
  BitReader reader{bytes};
  reader.skip(3);
  reader.align();
  EXPECT_EQ(reader.position(), 8u);
  reader.skip(1);
  reader.align(3);
  EXPECT_EQ(reader.position(), 11u);
}

TEST(BitWriter, WritesWhatTheReaderReads) {
  BitWriter writer;
  writer.bits(3, 5);
  writer.bits(32, 0xdeadbeef);
  writer.flag(true);
  const auto bytes = writer.take();
  ASSERT_EQ(bytes.size(), 5u);
  BitReader reader{bytes};
  EXPECT_EQ(reader.bits(3), 5u);
  EXPECT_EQ(reader.bits(32), 0xdeadbeefu);
  EXPECT_TRUE(reader.flag());
}

}  // namespace
}  // namespace media
