#include "base/media_file.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <string>
#include <vector>

using base::Bytes;
using base::MediaFile;
using base::MediaWriter;

namespace {

std::string read_back(const Bytes& bytes) {
  const base::FileBacking& backing = *bytes.backing();
  std::string text(bytes.size(), 0);
  const auto count =
      pread(backing.descriptor, text.data(), text.size(), backing.offset + (bytes.data() - backing.begin));
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  return text;
}

/// A file and its writer.
struct Pair {
  std::unique_ptr<MediaFile> file;
  MediaWriter writer{file->descriptor()};

  explicit Pair(std::int64_t most_mappings = MediaFile::kMostMappings) : file(MediaFile::make(most_mappings).take()) {}

  /// Of memory that the file takes.
  std::int64_t pages() const {
    struct stat status{};
    EXPECT_EQ(fstat(file->descriptor(), &status), 0);
    return status.st_blocks * 512 / 4096;
  }

  Bytes put(std::size_t size, char letter) {
    const auto place = writer.write(base::view_of(std::string(size, letter)));
    EXPECT_TRUE(place);
    auto bytes = file->at(*place, size);
    EXPECT_TRUE(bytes.ok());
    return bytes.take();
  }
};

char byte_at(int descriptor, std::uint64_t offset) {
  char byte = '?';
  EXPECT_EQ(pread(descriptor, &byte, 1, static_cast<off_t>(offset)), 1);
  return byte;
}

/// Stretches of media files in the memory of this process.
std::size_t mapped_here() {
  std::ifstream maps("/proc/self/maps");
  std::size_t count = 0;
  for (std::string line; std::getline(maps, line);) count += line.find("memfd:kickoff-media") != line.npos ? 1 : 0;
  return count;
}

}  // namespace

TEST(MediaFile, WhatIsWrittenIsReadInMemoryAndStandsInTheFileWhereItsBackingSays) {
  Pair pair;
  std::vector<Bytes> blocks;
  const std::size_t sizes[] = {30'000, 100'000, 131'072, 131'073, 900'001, 1, 24 * 1024, 130'000, 262'144, 262'145, 5};
  for (const std::size_t size : sizes) blocks.push_back(pair.put(size, static_cast<char>('b' + blocks.size())));
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const std::string expected(sizes[i], static_cast<char>('b' + i));
    EXPECT_EQ(blocks[i].text(), expected);
    ASSERT_NE(blocks[i].backing(), nullptr);
    EXPECT_EQ(read_back(blocks[i]), expected);
    EXPECT_EQ(blocks[i].slice(0, 1).backing(), blocks[i].backing());
  }
}

TEST(MediaFile, PagesGoBackWithTheLastBlockOfTheirChunkAndTheFileStaysValid) {
  Pair pair;
  Bytes kept = pair.put(600'000, 'x');
  const int descriptor = pair.file->descriptor();
  Bytes dropped = pair.put(700'000, 'y');
  const auto at = static_cast<std::uint64_t>(dropped.backing()->offset);
  dropped = {};
  EXPECT_EQ(byte_at(descriptor, at), 'y') << "the newest chunk may still be written to";
  Bytes first = pair.put(40'000, 'z');
  EXPECT_EQ(byte_at(descriptor, at), 0) << "a hole where the dropped block was";
  const Bytes second = pair.put(40'000, 'z');
  first = {};
  EXPECT_EQ(second.text().front(), 'z') << "a chunk stays as long as one of its blocks";
  pair.file.reset();
  EXPECT_EQ(kept.text().front(), 'x') << "a block outlives the file";
  EXPECT_EQ(byte_at(descriptor, 0), 'x');
}

TEST(MediaFile, TheDescriptorGoesWithTheLastBlock) {
  auto file = MediaFile::make().take();
  const int descriptor = file->descriptor();
  MediaWriter writer(descriptor);
  auto kept = file->at(*writer.write(base::view_of(std::string(600'000, 'x'))), 600'000);
  ASSERT_TRUE(kept.ok());
  file.reset();
  EXPECT_EQ(byte_at(descriptor, 0), 'x');
  kept = Bytes();
  char byte = 0;
  EXPECT_EQ(pread(descriptor, &byte, 1, 0), -1);
}

TEST(MediaFile, NoMappingIsLeftOnceTheLastBlockHasGone) {
  const std::size_t before = mapped_here();
  Pair pair;
  Bytes kept = pair.put(600'000, 'x');
  Bytes small = pair.put(40'000, 'y');
  EXPECT_EQ(mapped_here(), before + 2);
  pair.file.reset();
  small = {};
  EXPECT_EQ(mapped_here(), before + 1);
  kept = {};
  EXPECT_EQ(mapped_here(), before);
}

TEST(MediaFile, NeverHasTheSamePagesTwice) {
  Pair pair;
  std::int64_t last = -1;
  for (int i = 0; i < 100; ++i) {
    const Bytes block = pair.put(300'000, 'x');
    EXPECT_GT(block.backing()->offset, last);
    last = block.backing()->offset;
  }
}

TEST(MediaFile, RefusesPlacesThatNoWriterGives) {
  Pair pair;
  pair.put(30'000, 'x');
  EXPECT_FALSE(pair.file->at(29'999, 10).ok()) << "what was given before";
  EXPECT_FALSE(pair.file->at(30'000, 0).ok());
  EXPECT_FALSE(pair.file->at(200'000, 62'145).ok()) << "across the end of a chunk";
  EXPECT_FALSE(pair.file->at(262'145, 200'000).ok()) << "a large one amid a chunk";
  EXPECT_FALSE(pair.file->at(std::uint64_t{1} << 50, 1).ok());
  EXPECT_FALSE(pair.file->at((std::uint64_t{1} << 50) - 4096, 262'144).ok());
  EXPECT_FALSE(pair.file->at(UINT64_MAX, 2).ok());
  EXPECT_FALSE(pair.file->at(0, SIZE_MAX).ok());
  EXPECT_TRUE(pair.file->at(200'000, 62'144).ok());
  EXPECT_TRUE(pair.file->at(262'144, 200'000).ok());
}

TEST(MediaFile, WithoutAMappingLeftBlocksAreCopiesAndTheFileKeepsNoPages) {
  Pair pair(0);
  std::vector<Bytes> blocks;
  for (const std::size_t size : std::initializer_list<std::size_t>{30'000, 30'001, 100'000, 600'001, 30'000, 200'000}) {
    blocks.push_back(pair.put(size, static_cast<char>('b' + blocks.size())));
    EXPECT_EQ(blocks.back().backing(), nullptr);
    EXPECT_LE(pair.pages(), 4) << "one a chunk at most, after " << size;
  }
  EXPECT_EQ(blocks[0].text(), std::string(30'000, 'b'));
  EXPECT_EQ(blocks[1].text(), std::string(30'001, 'c'));
  EXPECT_EQ(blocks[3].text(), std::string(600'001, 'e'));
}

TEST(MediaFile, MappingsAreCountedForAllFilesAndComeBackWithTheirChunks) {
  Pair first(1);
  Pair second(1);
  Bytes mapped = first.put(300'000, 'x');
  EXPECT_NE(mapped.backing(), nullptr);
  EXPECT_EQ(second.put(300'000, 'y').backing(), nullptr);
  first.file.reset();
  mapped = {};
  EXPECT_NE(second.put(300'000, 'z').backing(), nullptr);
}

TEST(MediaFile, NoWriterCanMakeItShorter) {
  Pair pair;
  const Bytes block = pair.put(300'000, 'x');
  EXPECT_NE(ftruncate(pair.file->descriptor(), 0), 0);
  EXPECT_EQ(block.text().back(), 'x');
}

TEST(MediaFile, UnderALimitOnFileSizesNothingIsWrittenAndNobodyDies) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit low{100'000, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &low), 0);
  auto file = MediaFile::make().take();
  const auto place = MediaWriter(file->descriptor()).write(base::view_of(std::string(50'000, 'x')));
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_FALSE(place);
  EXPECT_FALSE(file->at(0, 50'000).ok());
}
