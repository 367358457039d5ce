#include "ts/picture_cutter.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <vector>

#include "media/bit_reader.h"
#include "media/nal.h"
#include "unit/media/exp_golomb.h"

namespace ts {
namespace {

constexpr unsigned kBaseline = 66;
constexpr unsigned kMain = 77;

/// The reordering of a stream whose SPS (320x192, without VUI) does not tell it.
int reorder_of(unsigned profile, std::uint32_t order_type, std::uint32_t reference_frames) {
  media::BitWriter sps;
  sps.bits(8, 0x67);
  sps.bits(24, profile << 16 | 30);
  ue(sps, 0);
  ue(sps, 4);
  ue(sps, order_type);
  if (order_type == 0) ue(sps, 4);
  ue(sps, reference_frames);
  sps.flag(false);
  ue(sps, 19);
  ue(sps, 11);
  sps.bits(4, 0xc);  // frames, direct_8x8_inference; no cropping, no VUI
  sps.flag(true);
  H264Cutter cutter;
  EXPECT_EQ(cutter.look(media::escape(sps.take())), Role::kLeads);
  return cutter.reorder();
}

TEST(H264Cutter, ReordersByOneUnlessTheStreamCannot) {
  EXPECT_EQ(reorder_of(kMain, 0, 4), 1);
  EXPECT_EQ(reorder_of(kMain, 0, 2), 1);
  EXPECT_EQ(reorder_of(kMain, 0, 1), 0) << "a B picture refers to two";
  EXPECT_EQ(reorder_of(kMain, 2, 4), 0) << "shown as decoded";
  EXPECT_EQ(reorder_of(kBaseline, 0, 4), 0) << "has no B pictures";
}

TEST(HevcCutter, KnowsUnitsThatFollowAPictureFromThoseThatLeadTheNext) {
  HevcCutter cutter;
  const auto role_of = [&](std::uint8_t type, std::uint8_t first = 0x80, std::uint8_t layer = 1) {
    const std::vector<std::uint8_t> nal = {static_cast<std::uint8_t>(type << 1), layer, first, 0};
    return cutter.look(nal);
  };
  EXPECT_EQ(role_of(19), Role::kFirst);
  EXPECT_EQ(role_of(1, 0x40), Role::kContinues);
  EXPECT_EQ(role_of(1, 0x80, 1 | 1 << 3), Role::kContinues) << "of another layer";
  for (const std::uint8_t type : std::initializer_list<std::uint8_t>{36, 37, 38, 40})
    EXPECT_EQ(role_of(type), Role::kFollows) << int{type};
  for (const std::uint8_t type : std::initializer_list<std::uint8_t>{32, 33, 34, 35, 39, 41})
    EXPECT_EQ(role_of(type), Role::kLeads) << int{type};
}

}  // namespace
}  // namespace ts
