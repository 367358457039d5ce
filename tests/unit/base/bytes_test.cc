#include "base/bytes.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Bytes, ASliceKeepsTheBlockAliveAfterTheWholeIsGone) {
  Bytes slice;
  {
    const Bytes whole = Bytes::copy_of("kick off");
    slice = whole.slice(5);
  }
  EXPECT_EQ(slice.text(), "off");
}

TEST(Bytes, SlicesShareMemoryInsteadOfCopying) {
  const Bytes whole = Bytes::copy_of("abcdef");
  EXPECT_EQ(whole.slice(2, 2).data(), whole.data() + 2);
}

TEST(Bytes, ASliceBeyondTheEndIsClamped) {
  const Bytes whole = Bytes::copy_of("abc");
  EXPECT_EQ(whole.slice(2, 9).text(), "c");
  EXPECT_TRUE(whole.slice(7, 1).empty());
}

TEST(Bytes, AdoptingAVectorDoesNotMoveItsBytes) {
  std::vector<std::uint8_t> storage(64, 7);
  const std::uint8_t* before = storage.data();
  EXPECT_EQ(Bytes::adopt(std::move(storage)).data(), before);
}

}  // namespace
}  // namespace base
