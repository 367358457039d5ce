#include "channel/slate_order.h"

#include <gtest/gtest.h>

namespace channel {
namespace {

using base::kSecond;

TEST(SlateOrder, HoldsUntilItIsTakenBack) {
  SlateOrder order;
  EXPECT_FALSE(order.on());
  order.take({.on = true, .reason = "pause", .text = "back at once"}, 100 * kSecond);
  EXPECT_TRUE(order.on());
  EXPECT_EQ(order.reason(), "pause");
  EXPECT_EQ(order.text(), "back at once");
  EXPECT_EQ(order.left(500 * kSecond), std::nullopt);
  EXPECT_FALSE(order.over(100'000 * kSecond));
  order.clear();
  EXPECT_FALSE(order.on());
  EXPECT_EQ(order.reason(), "");
  EXPECT_EQ(order.text(), "");
}

TEST(SlateOrder, IsOverWhenItsTimeIs) {
  SlateOrder order;
  order.take({.on = true, .duration = 30 * kSecond}, 100 * kSecond);
  EXPECT_EQ(order.left(110 * kSecond), 20 * kSecond);
  EXPECT_FALSE(order.over(130 * kSecond - 1));
  EXPECT_TRUE(order.over(130 * kSecond));
  order.clear();
  EXPECT_FALSE(order.over(130 * kSecond)) << "there is none";
  EXPECT_EQ(order.left(110 * kSecond), std::nullopt);
}

TEST(SlateOrder, ASecondOneBeginsAnew) {
  SlateOrder order;
  order.take({.on = true, .duration = 30 * kSecond}, 100 * kSecond);
  order.take({.on = true, .duration = 30 * kSecond}, 120 * kSecond);
  EXPECT_FALSE(order.over(149 * kSecond));
  order.take({.on = true}, 140 * kSecond);
  EXPECT_FALSE(order.over(1000 * kSecond));
}

}  // namespace
}  // namespace channel
