#include "media/h264_slice.h"

#include <gtest/gtest.h>

#include "media/bit_reader.h"

namespace media::h264 {
namespace {

Sps fields_of_eight_bits() {
  Sps sps;
  sps.frame_mbs_only = false;
  sps.frame_num_bits = 8;
  sps.order_bits = 8;
  return sps;
}

TEST(H264Slice, ReadsUpToThePictureOrderCount) {
  BitWriter bits;
  bits.bits(8, 0x65);
  bits.bits(1, 1);     // first_mb 0
  bits.bits(7, 0x08);  // type 7
  bits.bits(3, 0x3);   // pps 2
  bits.bits(8, 200);   // frame_num
  bits.bits(2, 3);     // a bottom field
  bits.bits(3, 0x2);   // idr_pic_id 1
  bits.bits(8, 17);    // pic_order_cnt_lsb
  bits.bits(8, 0x80);
  const auto slice = parse_slice(bits.take(), fields_of_eight_bits());
  ASSERT_TRUE(slice.ok());
  EXPECT_TRUE(slice->idr && slice->reference && slice->field && slice->bottom && slice->intra());
  EXPECT_EQ(slice->pps, 2U);
  EXPECT_EQ(slice->frame_num, 200U);
  EXPECT_EQ(slice->idr_pic_id, 1U);
  EXPECT_EQ(slice->order_lsb, 17U);
}

TEST(H264Slice, RefusesAHeaderThatEndsEarly) {
  const std::vector<std::uint8_t> bytes{0x65, 0x88, 0x80};
  EXPECT_TRUE(parse_slice_start(bytes).ok());
  EXPECT_FALSE(parse_slice(bytes, fields_of_eight_bits()).ok());
  EXPECT_FALSE(parse_slice_start(base::View(bytes).first(1)).ok());
}

TEST(H264Slice, TellsTheSlicesOfAPictureFromTheNextOne) {
  Slice first;
  Slice second = first;
  second.first_mb = 60;
  EXPECT_FALSE(starts_picture(first, second));
  EXPECT_TRUE(starts_picture(second, first)) << "macroblocks begin anew";
  second.frame_num = 1;
  EXPECT_TRUE(starts_picture(first, second));
}

TEST(H264Slice, PairsFieldsOfOneFrameOnly) {
  Slice top;
  top.field = true;
  Slice bottom = top;
  bottom.bottom = true;
  EXPECT_TRUE(starts_picture(top, bottom));
  EXPECT_TRUE(pairs_with(top, bottom));
  EXPECT_TRUE(pairs_with(bottom, top)) << "the bottom field may be first";
  EXPECT_FALSE(pairs_with(top, top));
  bottom.idr = true;
  EXPECT_FALSE(pairs_with(top, bottom)) << "an IDR picture begins a frame";
  bottom.idr = false;
  bottom.frame_num = 1;
  EXPECT_FALSE(pairs_with(top, bottom));
}

}  // namespace
}  // namespace media::h264
