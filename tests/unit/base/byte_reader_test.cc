#include "base/byte_reader.h"

#include <gtest/gtest.h>

#include "base/byte_writer.h"

namespace base {
namespace {

TEST(ByteReader, ReadsWhatByteWriterWroteInBigEndian) {
  ByteWriter out;
  out.u8(0x12);
  out.u16(0x3456);
  out.u24(0x789abc);
  out.u32(0xdeadbeef);
  out.u64(0x0123456789abcdef);
  ByteReader in(out.view());
  EXPECT_EQ(*in.u8("a"), 0x12);
  EXPECT_EQ(*in.u16("b"), 0x3456);
  EXPECT_EQ(*in.u24("c"), 0x789abcU);
  EXPECT_EQ(*in.u32("d"), 0xdeadbeefU);
  EXPECT_EQ(*in.u64("e"), 0x0123456789abcdefU);
  EXPECT_TRUE(in.empty());
}

TEST(ByteReader, ReadsLittleEndianWhereAsked) {
  const std::uint8_t bytes[] = {1, 0, 0, 0};
  ByteReader in(bytes);
  EXPECT_EQ(*in.u32_little("stream id"), 1U);
}

TEST(ByteReader, NamesTheFieldAndPlaceOfATruncationAndStaysThere) {
  const std::uint8_t bytes[] = {1, 2, 3};
  ByteReader in(bytes);
  ASSERT_TRUE(in.u16("first").ok());
  const auto value = in.u32("second");
  ASSERT_FALSE(value.ok());
  EXPECT_EQ(value.error().message(), "truncated: second (at byte 2)");
  EXPECT_EQ(in.left(), 1U);
}

}  // namespace
}  // namespace base
