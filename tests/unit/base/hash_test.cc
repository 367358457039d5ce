#include "base/hash.h"

#include <gtest/gtest.h>

namespace base {
namespace {

// Values of `xxhsum -H3` (xxHash 0.8.1): names of init sections must not change between releases.
TEST(Hash, IsXxh3With64Bits) {
  EXPECT_EQ(hash64({}), 0x2d06800538d394c2u);
  EXPECT_EQ(hash64(view_of("a")), 0xe6c632b61e964e1fu);
  EXPECT_EQ(hash64(view_of("abc")), 0x78af5f94892f3950u);
}

}  // namespace
}  // namespace base
