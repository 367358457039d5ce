#include "archive/channel_files.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <utime.h>

#include <csignal>

#include "unit/archive/logs.h"

namespace archive {
namespace {

FileHeader at(base::Micros began) {
  FileHeader header;
  header.began = began;
  return header;
}

/// An empty file of that size whose last change was `age` ago.
void file_of(const std::string& directory, base::Micros began, std::size_t size, base::Micros age, base::Micros utc) {
  const std::string path = directory + "/" + file_name(began);
  append_bytes(path, std::string(size, 'x'));
  const utimbuf times{(utc - age) / base::kSecond, (utc - age) / base::kSecond};
  utime(path.c_str(), &times);
}

TEST(ChannelFiles, WritesASeedAndRecordsAsTheyCome) {
  const ScratchDirectory scratch;
  ChannelFiles files(scratch.path() + "/cam1");
  ASSERT_TRUE(files.begin(at(kJournalStart), {one_picture()}).ok());
  ASSERT_TRUE(files.append(a_part(7, 0, "abc")).ok());
  ASSERT_TRUE(files.append(a_segment_end(7)).ok());
  ASSERT_TRUE(files.sync().ok());
  const auto listed = list_files(files.directory());
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].size, files.written());
  EXPECT_EQ(read_file_words(listed[0].path), "[presentation, part 7.0 abc, end 7");
}

TEST(ChannelFiles, TellsWhereABodyLies) {
  const ScratchDirectory scratch;
  ChannelFiles files(scratch.path());
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(files.begin(at(kJournalStart), {one_picture()}).ok());
    for (const char* data : {"abc", "defgh"}) {
      ASSERT_TRUE(files.append(a_part(7, 0, data)).ok());
      const base::FilePlace& body = files.body();
      EXPECT_EQ(*body.path, list_files(scratch.path()).back().path);
      std::ifstream file(*body.path);
      std::string read(body.size, '?');
      file.seekg(static_cast<std::streamoff>(body.offset)).read(read.data(), static_cast<std::streamsize>(read.size()));
      EXPECT_EQ(read, data);
    }
  }
}

TEST(ChannelFiles, ASecondFileFollowsTheFirstAlsoWhereTheClockWasSetBack) {
  const ScratchDirectory scratch;
  ChannelFiles files(scratch.path());
  ASSERT_TRUE(files.begin(at(kJournalStart), {}).ok());
  ASSERT_TRUE(files.begin(at(kJournalStart - base::kSecond), {}).ok());
  const auto listed = list_files(scratch.path());
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[1].began, kJournalStart + 1);
}

TEST(ChannelFiles, AFileInTheDirectorysPlaceIsAnError) {
  const ScratchDirectory scratch;
  append_bytes(scratch.path() + "/cam1", "x");
  ChannelFiles files(scratch.path() + "/cam1");
  const auto status = files.begin(at(kJournalStart), {});
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().what.find("Not a directory"), std::string::npos) << status.error().what;
  EXPECT_EQ(files.error(), ENOTDIR);
  EXPECT_FALSE(files.open());
}

TEST(ChannelFiles, AWriteThatFailsEndsTheFile) {
  const ScratchDirectory scratch;
  ChannelFiles files(scratch.path());
  ASSERT_TRUE(files.begin(at(kJournalStart), {}).ok());
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{1000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const auto status = files.append(a_part(7, 0, std::string(5000, 'x')));
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(files.error(), EFBIG);
  EXPECT_FALSE(files.open());
  EXPECT_TRUE(files.begin(at(kJournalStart + base::kSecond), {}).ok()) << "and another can be begun";
}

TEST(ExpireFiles, DeletesWhatIsOldButNotTheFileThatIsWritten) {
  const ScratchDirectory scratch;
  const base::Micros now = kJournalStart;
  file_of(scratch.path(), now - 300 * base::kSecond, 10, 200 * base::kSecond, now);
  file_of(scratch.path(), now - 200 * base::kSecond, 10, 120 * base::kSecond, now);
  file_of(scratch.path(), now - 120 * base::kSecond, 10, 110 * base::kSecond, now);
  EXPECT_EQ(expire_files(scratch.path(), now, {.age = 150 * base::kSecond}, true), 1);
  EXPECT_EQ(expire_files(scratch.path(), now, {.age = 100 * base::kSecond}, true), 1);
  EXPECT_EQ(list_files(scratch.path()).size(), 1U);
}

TEST(ExpireFiles, DeletesTheOldestBeyondTheBytes) {
  const ScratchDirectory scratch;
  const base::Micros now = kJournalStart;
  for (int i = 0; i < 4; ++i) file_of(scratch.path(), now + i, 100, 0, now);
  EXPECT_EQ(expire_files(scratch.path(), now, {.age = base::kSecond, .bytes = 250}, true), 2);
  EXPECT_EQ(list_files(scratch.path())[0].began, now + 2);
}

TEST(ExpireFiles, BytesDeleteNothingThatIsYoungerThanTheLeastAge) {
  const ScratchDirectory scratch;
  const base::Micros now = kJournalStart + 1000 * base::kSecond;
  for (int i = 0; i < 4; ++i) file_of(scratch.path(), kJournalStart + i, 100, (400 - i * 100) * base::kSecond, now);
  Keep keep{.age = 5000 * base::kSecond, .bytes = 150};
  keep.least = 250 * base::kSecond;
  EXPECT_EQ(expire_files(scratch.path(), now, keep, true), 2) << "400 s and 300 s old";
}

TEST(ExpireFiles, WhatSomebodyStillReadsStaysWhateverItsAge) {
  const ScratchDirectory scratch;
  const base::Micros now = kJournalStart;
  for (int i = 0; i < 4; ++i) file_of(scratch.path(), now + i, 100, 200 * base::kSecond, now);
  EXPECT_EQ(expire_files(scratch.path(), now, {.age = base::kSecond, .read_from = now + 1}, true), 1);
  EXPECT_EQ(expire_files(scratch.path(), now, {.age = base::kSecond, .read_from = 0}, true), 0);
  EXPECT_EQ(expire_files(scratch.path(), now, {.age = base::kSecond, .bytes = 250, .read_from = 0}, true), 1);
}

TEST(ExpireFiles, TheDirectoryGoesWithTheLastFileOfAChannelThatIsNoMore) {
  const ScratchDirectory scratch;
  const std::string directory = scratch.path() + "/cam1";
  std::filesystem::create_directory(directory);
  file_of(directory, kJournalStart, 10, 200 * base::kSecond, kJournalStart);
  EXPECT_EQ(expire_files(directory, kJournalStart, {.age = 100 * base::kSecond}, false), 1);
  EXPECT_FALSE(std::filesystem::exists(directory));
}

}  // namespace
}  // namespace archive
