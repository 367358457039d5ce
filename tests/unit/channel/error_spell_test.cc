#include "channel/error_spell.h"

#include <gtest/gtest.h>

namespace channel {
namespace {

using base::kSecond;

TEST(ErrorSpell, LastsFromTheLimitOnUntilThereAreFewerThanHalf) {
  ErrorSpell spell;
  EXPECT_EQ(spell.update(4, 5, 10 * kSecond), 0) << "a few";
  EXPECT_EQ(spell.update(5, 5, 11 * kSecond), 0);
  EXPECT_EQ(spell.update(900, 5, 12 * kSecond), kSecond);
  EXPECT_EQ(spell.update(3, 5, 13 * kSecond), 2 * kSecond);
  EXPECT_EQ(spell.lasts(14 * kSecond), 3 * kSecond);
  EXPECT_EQ(spell.update(2, 5, 15 * kSecond), 0);
  EXPECT_EQ(spell.update(3, 5, 16 * kSecond), 0) << "the limit begins it";
  EXPECT_EQ(spell.lasts(17 * kSecond), 0);
}

TEST(ErrorSpell, OneErrorIsEnoughWhereTheLimitIsOne) {
  ErrorSpell spell;
  spell.update(1, 1, kSecond);
  EXPECT_EQ(spell.update(1, 1, 2 * kSecond), kSecond);
  EXPECT_EQ(spell.update(0, 1, 3 * kSecond), 0);
}

}  // namespace
}  // namespace channel
