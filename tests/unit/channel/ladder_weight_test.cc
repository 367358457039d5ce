#include "channel/ladder_weight.h"

#include <gtest/gtest.h>

#include "ladders.h"

namespace channel {
namespace {

job::Rung rung(int height, media::Rational rate = {30, 1}) {
  job::Rung made;
  made.height = height;
  made.frame_rate = rate;
  return made;
}

TEST(LadderWeight, IsThatOfItsPixelsASecond) {
  EXPECT_DOUBLE_EQ(weight_of(ladder({rung(1080)})), 1);
  EXPECT_DOUBLE_EQ(weight_of(ladder({rung(540)})), 0.25);
  EXPECT_DOUBLE_EQ(weight_of(ladder({rung(1080, {60, 1})})), 2);
  EXPECT_DOUBLE_EQ(weight_of(ladder({rung(1080), rung(540), rung(540)})), 1.5);
}

TEST(LadderWeight, GrowsWithThePresetAndTheCodec) {
  job::Rung slow = rung(1080);
  slow.preset = "medium";
  EXPECT_GT(weight_of(ladder({slow})), 2);
  slow.preset = "ultrafast";
  EXPECT_LT(weight_of(ladder({slow})), 0.5);
  job::Rung hevc = rung(1080);
  hevc.codec = media::Codec::kHevc;
  EXPECT_GT(weight_of(ladder({hevc})), 2);
  job::Rung av1 = rung(1080);
  av1.codec = media::Codec::kAv1;
  av1.preset = "8";
  EXPECT_GT(weight_of(ladder({av1})), weight_of(ladder({hevc})));
}

TEST(LadderWeight, TakesASourceThatIsNotKnownFor1080p30) {
  EXPECT_DOUBLE_EQ(weight_of(ladder({rung(0, {0, 1})})), 1);
  const double whole = weight_of(job::Options{});
  EXPECT_GT(whole, 1);
  EXPECT_LT(whole, 2);
  job::Options below_a_copy;
  below_a_copy.copy_video = true;
  EXPECT_NEAR(weight_of(below_a_copy), whole - 1, 1e-9) << "its top rung is not encoded";
}

TEST(LadderWeight, OfACopyIsNothing) {
  job::Options copy = ladder({});
  copy.copy_video = true;
  EXPECT_EQ(weight_of(copy), 0);
}

}  // namespace
}  // namespace channel
