#include "viewers/buffer_model.h"

#include <gtest/gtest.h>

namespace viewers {
namespace {

using State = BufferModel::State;
constexpr base::Micros kHold = 1500;

TEST(BufferModel, BeginsWhenTheHoldBackOfBothRenditionsIsThere) {
  BufferModel buffer(2, 10'000, kHold);
  buffer.fill(0, 11'500, 0);
  EXPECT_EQ(buffer.state(), State::kFilling);
  buffer.fill(1, 11'400, 100);
  EXPECT_EQ(buffer.state(), State::kFilling);
  buffer.fill(1, 11'900, 200);
  EXPECT_EQ(buffer.state(), State::kPlaying);
  EXPECT_EQ(buffer.playhead(700), 10'500);
}

TEST(BufferModel, StallsWhenEitherRunsDryAndGoesOnWithTheNextMedia) {
  BufferModel buffer(2, 0, kHold);
  buffer.fill(0, 1500, 0);
  buffer.fill(1, 2000, 0);
  EXPECT_FALSE(buffer.advance(1500));
  EXPECT_TRUE(buffer.advance(1501));
  EXPECT_EQ(buffer.standing(1800), 300);
  EXPECT_EQ(buffer.fill(1, 2500, 1900), 0) << "the other one is there, this one still is not";
  EXPECT_EQ(buffer.fill(0, 2000, 2000), 500);
  EXPECT_EQ(buffer.state(), State::kPlaying);
  EXPECT_EQ(buffer.stalls(), 1u);
  EXPECT_EQ(buffer.playhead(2100), 1600) << "what was lost is not caught up with";
}

TEST(BufferModel, FindsAStallOnlyWhenMediaComesTooLate) {
  BufferModel buffer(1, 0, kHold);
  buffer.fill(0, 1500, 0);
  EXPECT_EQ(buffer.fill(0, 2000, 1499), 0);
  EXPECT_EQ(buffer.stalls(), 0u);
  EXPECT_EQ(buffer.fill(0, 2500, 2250), 250);
  EXPECT_EQ(buffer.stalls(), 1u);
}

}  // namespace
}  // namespace viewers
