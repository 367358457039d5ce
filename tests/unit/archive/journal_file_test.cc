#include "archive/journal_file.h"

#include <gtest/gtest.h>

#include "unit/archive/logs.h"

namespace archive {
namespace {

FileHeader some_header() {
  FileHeader header;
  header.continues = true;
  header.began = kJournalStart;
  header.numbering = std::int64_t{1} << 20;
  header.standing = {900'000'007, 3, 6};
  return header;
}

TEST(JournalFile, AHeaderReadsAsItWasWritten) {
  const auto bytes = encode_file_start(some_header(), {one_picture()});
  auto read = parse_file_header(bytes);
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_TRUE(read->continues);
  EXPECT_EQ(read->began, kJournalStart);
  EXPECT_EQ(read->numbering, std::int64_t{1} << 20);
  EXPECT_EQ(read->standing, (origin::Log::Standing{900'000'007, 3, 6}));
  EXPECT_EQ(read->seed_size, bytes.size() - kFileHeaderSize);
}

TEST(JournalFile, AHeaderWithAnyByteChangedIsRefused) {
  const auto good = encode_file_start(some_header(), {});
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto bytes = good;
    bytes[i] ^= 0x40;
    EXPECT_FALSE(parse_file_header(bytes).ok()) << "byte " << i;
  }
  EXPECT_EQ(parse_file_header(base::View(good).first(kFileHeaderSize - 1)).error().code, base::Code::kTruncated);
}

TEST(JournalFile, AnotherVersionIsNotTakenForDamage) {
  auto bytes = encode_file_start(some_header(), {});
  bytes[2] = 2;
  EXPECT_EQ(parse_file_header(bytes).error().code, base::Code::kUnsupported);
}

TEST(JournalFile, ItsNameIsTheTimeOfItsFirstRecord) {
  EXPECT_EQ(file_name(kJournalStart), "20261130T004235.123456Z.journal");
  EXPECT_EQ(parse_file_name("20261130T004235.123456Z.journal"), kJournalStart);
}

TEST(JournalFile, OtherNamesAreNoNamesOfFiles) {
  for (const char* name : {"", ".", "..", "20261130T004235.123456Z.journa", "20261130T004235.12345 Z.journal",
                           "20261330T004235.123456Z.journal", "2026113+T004235.123456Z.journal",
                           "20261130T004235.123456Z.journal.bak", "-0261130T004235.123456Z.journal"}) {
    EXPECT_EQ(parse_file_name(name), std::nullopt) << name;
  }
}

TEST(JournalFile, OnlyChannelsWhoseNamesAreSafeHaveADirectory) {
  EXPECT_EQ(channel_directory("/var/j", "Event-1_a"), "/var/j/Event-1_a");
  for (const char* name : {"", ".", "..", "a/b", "a\\b", "a b", "a.b", "ä", "a\n"}) {
    EXPECT_EQ(channel_directory("/var/j", name), std::nullopt) << name;
  }
  EXPECT_TRUE(channel_directory("/var/j", std::string(64, 'a')));
  EXPECT_FALSE(channel_directory("/var/j", std::string(65, 'a')));
}

TEST(JournalFile, ListsItsFilesInOrderAndNothingElse) {
  const ScratchDirectory scratch;
  append_bytes(scratch.path() + "/" + file_name(kJournalStart + 1), "12345");
  append_bytes(scratch.path() + "/" + file_name(kJournalStart), "123");
  append_bytes(scratch.path() + "/notes.txt", "x");
  std::filesystem::create_directory(scratch.path() + "/" + file_name(kJournalStart + 2));
  const auto files = list_files(scratch.path());
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].began, kJournalStart);
  EXPECT_EQ(files[1].size, 5U);
  EXPECT_TRUE(list_files(scratch.path() + "/missing").empty());
}

TEST(JournalFile, ListsChannelsByTheirDirectories) {
  const ScratchDirectory scratch;
  std::filesystem::create_directory(scratch.path() + "/cam2");
  std::filesystem::create_directory(scratch.path() + "/cam1");
  std::filesystem::create_directory(scratch.path() + "/lost+found");
  append_bytes(scratch.path() + "/file", "x");
  EXPECT_EQ(joined(list_channels(scratch.path())), "cam1, cam2");
}

}  // namespace
}  // namespace archive
