#include "cmaf/box_reader.h"

#include <gtest/gtest.h>

#include "unit/media/hex.h"

namespace cmaf {
namespace {

using media::hex;

TEST(SplitBoxes, ReadsAllThreeKindsOfSize) {
  const auto bytes =
      hex("0000000a 66726565 aabb  00000001 6d646174 "
          "0000000000000011 cc  00000000 736b6970 dddd");
  const auto boxes = split_boxes(bytes);
  ASSERT_TRUE(boxes.ok());
  ASSERT_EQ(boxes->size(), 3u);
  EXPECT_EQ((*boxes)[0].type, "free");
  EXPECT_EQ((*boxes)[0].payload.size(), 2u);
  EXPECT_EQ((*boxes)[1].payload.size(), 1u);
  EXPECT_EQ((*boxes)[2].type, "skip");
  EXPECT_EQ((*boxes)[2].payload.size(), 2u);
}

TEST(SplitBoxes, RefusesSizesThatCannotBe) {
  EXPECT_FALSE(split_boxes(hex("00000007 66726565")).ok());
  EXPECT_FALSE(split_boxes(hex("00000009 66726565")).ok());
  EXPECT_FALSE(split_boxes(hex("000000")).ok());
  EXPECT_FALSE(split_boxes(hex("00000001 66726565 000000000000000f")).ok());
  EXPECT_FALSE(split_boxes(hex("00000001 66726565 ffffffffffffffff")).ok());
}

TEST(FindBox, GoesDownThePath) {
  const auto bytes = hex("00000008 66726565  00000012 6d6f6f76 0000000a 6d766864 aabb");
  const auto found = find_box(bytes, {"moov", "mvhd"});
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->size(), 2u);
  EXPECT_EQ(find_box(bytes, {"moov", "trak"}).error().code, base::Code::kNotFound);
}

}  // namespace
}  // namespace cmaf
