#include "archive/journal_reader.h"

#include <gtest/gtest.h>

#include "archive/channel_files.h"
#include "record/encoding.h"
#include "unit/archive/logs.h"

namespace archive {
namespace {

class JournalReading : public testing::Test {
 protected:
  /// A file `second` s after the first, with these records.
  std::string write(int second, bool continues, const std::vector<record::Record>& records, std::int64_t begun = -1) {
    FileHeader header;
    header.began = kJournalStart + second * base::kSecond;
    header.continues = continues;
    header.standing.begun = begun;
    ChannelFiles files(scratch_.path());
    EXPECT_TRUE(files.begin(header, {one_picture()}).ok());
    for (const record::Record& record : records) EXPECT_TRUE(files.append(record).ok());
    return scratch_.path() + "/" + file_name(header.began);
  }
  std::string read(int since = 0) { return read_journal(scratch_.path(), kJournalStart + since * base::kSecond); }

  const ScratchDirectory scratch_;
};

TEST_F(JournalReading, FilesThatContinueAreReadAsOneWithOneSeed) {
  write(0, false, {a_part(7, 0), a_segment_end(7)});
  write(10, true, {a_part(8, 0)}, 7);
  write(20, true, {a_part(8, 1)}, 8);
  EXPECT_EQ(read(), "presentation, part 7.0 media, end 7, part 8.0 media, part 8.1 media");
}

TEST_F(JournalReading, ReadsOnlyTheFilesThatTheTimeNeeds) {
  write(0, false, {a_part(7, 0)});
  write(10, true, {a_part(8, 0)}, 7);
  write(20, true, {a_part(9, 0)}, 8);
  EXPECT_EQ(read(15), "presentation, part 8.0 media, part 9.0 media");
  auto reader = JournalReader::open(scratch_.path(), kJournalStart + 25 * base::kSecond);
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ(reader->first().standing.begun, 8);
}

TEST_F(JournalReading, OfASegmentThatHadBegunBeforeNothingIsGiven) {
  write(0, false, {record::Discontinuity{7}, a_part(7, 2), a_segment_end(7), a_part(8, 0)}, 7);
  EXPECT_EQ(read(), "presentation, part 8.0 media");
}

TEST_F(JournalReading, WhatLiesBeforeAHoleIsNotRead) {
  write(0, false, {a_part(7, 0)});
  write(10, false, {a_part(9, 3), a_part(10, 0)}, 9);
  write(20, true, {a_part(10, 1)}, 10);
  EXPECT_EQ(read(), "presentation, part 10.0 media, part 10.1 media");
}

TEST_F(JournalReading, ATornTailIsCutAndAFileBehindItContinues) {
  write(0, false, {a_part(7, 0)});
  const std::string path = write(10, true, {a_part(8, 0), a_part(8, 1, std::string(1000, 'x'))}, 7);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
  auto reader = JournalReader::open(scratch_.path(), kJournalStart);
  ASSERT_TRUE(reader.ok());
  EXPECT_NE(reader->damage().find(path + " at byte "), std::string::npos) << reader->damage();
  EXPECT_NE(reader->damage().find("ends within a record"), std::string::npos);
  EXPECT_EQ(read(), "presentation, part 7.0 media, part 8.0 media");
  write(20, true, {a_part(8, 1)}, 8);
  EXPECT_EQ(read(), "presentation, part 7.0 media, part 8.0 media, part 8.1 media");
  EXPECT_EQ(JournalReader::open(scratch_.path(), kJournalStart)->damage(), "");
}

TEST_F(JournalReading, EachLengthOfATornTailGivesTheWholeRecordsBeforeIt) {
  const std::string path = write(0, false, {a_part(7, 0)});
  const auto whole = std::filesystem::file_size(path);
  const record::Encoded encoded = record::encode(a_part(7, 1));
  std::string tail(encoded.head.begin(), encoded.head.end());
  tail += encoded.body.text();
  for (std::size_t cut = 1; cut < tail.size(); ++cut) {
    append_bytes(path, tail.substr(0, cut));
    ASSERT_EQ(read(), "presentation, part 7.0 media") << cut;
    ASSERT_EQ(std::filesystem::file_size(path), whole) << cut;
  }
}

TEST_F(JournalReading, GarbageBehindWholeRecordsIsCut) {
  const std::string path = write(0, false, {a_part(7, 0)});
  append_bytes(path, std::string(5000, '\xff'));
  EXPECT_EQ(read(), "presentation, part 7.0 media");
}

TEST_F(JournalReading, ADamagedFileBeforeTheLastIsAHole) {
  const std::string path = write(0, false, {a_part(7, 0), a_part(7, 1)});
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
  const auto size = std::filesystem::file_size(path);
  write(10, true, {a_part(7, 2), a_part(8, 0)}, 7);
  EXPECT_EQ(read(), "presentation, part 8.0 media");
  EXPECT_EQ(std::filesystem::file_size(path), size) << "and it stays as it is, for who wants to see";
}

TEST_F(JournalReading, AFileThatWasBegunAndNotWrittenIsPassedOver) {
  write(0, false, {a_part(7, 0)});
  append_bytes(scratch_.path() + "/" + file_name(kJournalStart + base::kSecond), "KJ");
  EXPECT_EQ(read(), "presentation, part 7.0 media");
}

TEST_F(JournalReading, AFileTornWithinItsSeedIsPassedOver) {
  write(0, false, {a_part(7, 0)});
  const std::string path = write(10, true, {}, 7);
  std::filesystem::resize_file(path, kFileHeaderSize + 20);
  EXPECT_EQ(read(), "presentation, part 7.0 media");
}

TEST_F(JournalReading, WithoutAFileThereIsNothing) {
  EXPECT_EQ(JournalReader::open(scratch_.path(), 0).error().code, base::Code::kNotFound);
  EXPECT_EQ(JournalReader::open(scratch_.path() + "/missing", 0).error().code, base::Code::kNotFound);
}

}  // namespace
}  // namespace archive
