#include "base/media_memory.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <vector>

#include "base/bytes.h"

using base::MediaMemory;

namespace {

std::string read_back(const base::FileBacking& backing, const std::uint8_t* from, std::size_t size) {
  std::string text(size, 0);
  const auto count = pread(backing.descriptor, text.data(), size, backing.offset + (from - backing.begin));
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  return text;
}

}  // namespace

TEST(MediaMemory, WhatIsWrittenStandsInTheFileWhereItsBackingSays) {
  MediaMemory memory;
  std::vector<MediaMemory::Block> blocks;
  const std::size_t sizes[] = {30'000, 100'000, 120'000, 900'001, 24 * 1024, 130'000};
  for (const std::size_t size : sizes) {
    blocks.push_back(memory.allocate(size));
    std::memset(blocks.back().bytes.get(), static_cast<int>('a' + blocks.size()), size);
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    ASSERT_NE(blocks[i].backing, nullptr);
    EXPECT_EQ(read_back(*blocks[i].backing, blocks[i].bytes.get(), sizes[i]),
              std::string(sizes[i], static_cast<char>('b' + i)));
  }
}

TEST(MediaMemory, SmallBlocksAreOnTheHeap) {
  MediaMemory memory;
  EXPECT_EQ(memory.allocate(MediaMemory::kLeast - 1).backing, nullptr);
  EXPECT_NE(memory.allocate(MediaMemory::kLeast).backing, nullptr);
  EXPECT_NE(memory.allocate(0).bytes, nullptr);
}

TEST(MediaMemory, PagesGoBackWithTheLastBlockOfTheirChunkAndTheFileStaysValid) {
  auto memory = std::make_unique<MediaMemory>();
  MediaMemory::Block kept = memory->allocate(600'000);
  const int descriptor = kept.backing->descriptor;
  const std::int64_t offset = kept.backing->offset;
  std::memset(kept.bytes.get(), 'x', 600'000);
  {
    const MediaMemory::Block dropped = memory->allocate(700'000);
    std::memset(dropped.bytes.get(), 'y', 700'000);
  }
  char byte = 0;
  ASSERT_EQ(pread(descriptor, &byte, 1, offset + 4096 * 150), 1);
  EXPECT_EQ(byte, 0) << "a hole where the dropped block was";
  memory.reset();
  ASSERT_EQ(pread(descriptor, &byte, 1, offset), 1);
  EXPECT_EQ(byte, 'x') << "a block outlives what made it";
  kept = {};
  EXPECT_EQ(pread(descriptor, &byte, 1, 0), -1) << "the descriptor goes with the last block";
}

TEST(MediaMemory, NeverGivesTheSamePagesTwice) {
  MediaMemory memory;
  std::int64_t last = -1;
  for (int i = 0; i < 100; ++i) {
    const MediaMemory::Block block = memory.allocate(300'000);
    EXPECT_GT(block.backing->offset, last);
    last = block.backing->offset;
  }
}

TEST(Bytes, ASliceKeepsItsBacking) {
  MediaMemory memory;
  const MediaMemory::Block block = memory.allocate(50'000);
  const base::Bytes bytes = base::Bytes::of_owner(block.bytes, {block.bytes.get(), 50'000}, block.backing);
  EXPECT_EQ(bytes.slice(10, 20).backing(), block.backing);
  EXPECT_EQ(base::Bytes::of_static("x").backing(), nullptr);
}
