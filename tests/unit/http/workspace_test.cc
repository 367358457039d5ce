#include "http/workspace.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

using http::Workspace;

std::uint8_t* take(Workspace::Client& client, std::size_t size) {
  return static_cast<std::uint8_t*>(client.allocate(size));
}

bool all_zero(const std::uint8_t* bytes, std::size_t size) {
  return std::all_of(bytes, bytes + size, [](std::uint8_t byte) { return byte == 0; });
}

TEST(Workspace, GivesEveryTenantItsOwnBytesBackAtTheSamePlace) {
  constexpr std::size_t kBlock = 20'000;
  Workspace workspace;
  std::vector<std::unique_ptr<Workspace::Client>> clients;
  std::vector<std::uint8_t*> blocks;
  for (std::size_t i = 0; i < 5; ++i) {
    clients.push_back(std::make_unique<Workspace::Client>(workspace));
    const Workspace::Access visit(*clients.back());
    blocks.push_back(take(*clients.back(), kBlock));
    blocks.back()[0] = static_cast<std::uint8_t>(i + 1);
    blocks.back()[i * 4'001] = static_cast<std::uint8_t>(i + 1);
    blocks.back()[kBlock - 1] = static_cast<std::uint8_t>(i + 1);
  }
  EXPECT_EQ(blocks.front(), blocks.back()) << "they share the place";
  for (const std::size_t i : {3u, 0u, 4u, 1u, 2u, 2u, 0u}) {
    const Workspace::Access visit(*clients[i]);
    std::vector<std::uint8_t> expected(kBlock, 0);
    expected[0] = expected[i * 4'001] = expected[kBlock - 1] = static_cast<std::uint8_t>(i + 1);
    EXPECT_EQ(std::vector<std::uint8_t>(blocks[i], blocks[i] + kBlock), expected) << i;
  }
}

TEST(Workspace, BringsBackWhatWasChangedOnALaterVisit) {
  Workspace workspace;
  Workspace::Client one(workspace);
  Workspace::Client other(workspace);
  std::uint8_t* block = nullptr;
  {
    const Workspace::Access visit(one);
    block = take(one, 12'000);
    std::memset(block, 0x5a, 12'000);
  }
  {
    const Workspace::Access visit(other);
  }
  {
    const Workspace::Access visit(one);
    std::memset(block, 0, 6'000);
  }
  {
    const Workspace::Access visit(other);
  }
  const Workspace::Access visit(one);
  EXPECT_TRUE(all_zero(block, 6'000));
  EXPECT_EQ(block[6'000], 0x5a);
  EXPECT_EQ(block[11'999], 0x5a);
}

TEST(Workspace, ShowsNobodyTheBytesOfOneWhoIsGone) {
  Workspace workspace;
  {
    Workspace::Client gone(workspace);
    const Workspace::Access visit(gone);
    std::memset(take(gone, 5'000), 0xff, 5'000);
  }
  Workspace::Client next(workspace);
  const Workspace::Access visit(next);
  EXPECT_TRUE(all_zero(take(next, 5'000), 5'000));
}

TEST(Workspace, KeepsOfATenantThatIsAwayOnlyWhatIsNotZero) {
  Workspace workspace;
  Workspace::Client one(workspace);
  Workspace::Client other(workspace);
  {
    const Workspace::Access visit(one);
    take(one, 28'000)[14'000] = 1;
    EXPECT_EQ(one.packed(), 0u);
  }
  const Workspace::Access visit(other);
  EXPECT_GT(one.packed(), 0u);
  EXPECT_LT(one.packed(), 300u);
}

TEST(Workspace, HasTheOuterVisitorBackAfterANestedVisit) {
  Workspace workspace;
  Workspace::Client outer(workspace);
  Workspace::Client inner(workspace);
  const Workspace::Access visit(outer);
  std::uint8_t* block = take(outer, 1'000);
  block[7] = 7;
  {
    const Workspace::Access nested(inner);
    std::uint8_t* mine = take(inner, 1'000);
    EXPECT_EQ(mine[7], 0);
    mine[7] = 8;
  }
  EXPECT_EQ(block[7], 7);
  {
    const Workspace::Access again(outer);
    EXPECT_EQ(block[7], 7);
  }
  EXPECT_EQ(block[7], 7);
}

TEST(Workspace, LeavesToTheHeapWhatComesAfterSettlingOrDoesNotFit) {
  Workspace workspace;
  Workspace::Client one(workspace);
  Workspace::Client other(workspace);
  std::uint8_t* large = nullptr;
  std::uint8_t* late = nullptr;
  {
    const Workspace::Access visit(one);
    large = take(one, Workspace::kSize);
    take(one, 100);
    one.settle();
    late = take(one, 100);
    EXPECT_TRUE(all_zero(large, Workspace::kSize));
    large[0] = late[0] = 3;
  }
  const Workspace::Access visit(other);
  std::memset(take(other, Workspace::kSize - 64), 0xff, Workspace::kSize - 64);
  EXPECT_EQ(large[0], 3) << "the heap's stays, whoever is present";
  EXPECT_EQ(late[0], 3);
  const Workspace::Access back(one);
  one.release(large);
  one.release(late);
}

TEST(Workspace, MovesABlockThatGrowsAndForgetsItsOldBytes) {
  Workspace workspace;
  Workspace::Client one(workspace);
  Workspace::Client other(workspace);
  std::uint8_t* grown = nullptr;
  {
    const Workspace::Access visit(one);
    std::uint8_t* block = take(one, 8'000);
    std::memset(block, 0x77, 8'000);
    one.settle();
    EXPECT_EQ(one.resize(block, 4'000), block);
    grown = static_cast<std::uint8_t*>(one.resize(block, 16'000));
    grown = static_cast<std::uint8_t*>(one.resize(grown, 40'000));
  }
  const Workspace::Access visit(other);
  EXPECT_EQ(grown[7'999], 0x77);
  EXPECT_LT(one.packed(), 300u) << "the old place is zero again";
  const Workspace::Access back(one);
  one.release(grown);
  one.release(nullptr);
}

TEST(Workspace, AlignsEveryBlockAsMallocDoes) {
  Workspace workspace;
  Workspace::Client one(workspace);
  const Workspace::Access visit(one);
  for (const std::size_t size : {1u, 17u, 0u, 16'394u, 3u})
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(one.allocate(size)) % alignof(std::max_align_t), 0u) << size;
}

}  // namespace
