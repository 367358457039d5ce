#include "archive/journal_reader.h"

#include <gtest/gtest.h>

#include "archive/channel_files.h"
#include "base/byte_writer.h"
#include "base/hash.h"
#include "cmaf/part.h"
#include "record/encoding.h"
#include "unit/archive/logs.h"

namespace archive {
namespace {

/// A part as it was written before parts had the hash of their body.
std::string part_without_hash(const record::Part& part) {
  const record::Encoded encoded = record::encode(part);
  base::View head = encoded.head;
  const base::View fields = head.subspan(record::kHeaderSize, head.size() - record::kHeaderSize - 12);
  base::ByteWriter out;
  out.bytes(head.first(4));
  out.u32(fields.size());
  out.u32(encoded.body.size());
  base::ByteWriter covered;
  covered.bytes(out.view());
  covered.bytes(fields);
  covered.u64(base::hash64(encoded.body.view()));
  out.u32(base::hash64(covered.view()) & 0xFFFFFFFF);
  out.bytes(fields);
  out.bytes(encoded.body.view());
  return std::string(base::text_of(out.view()));
}

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

/// What a reader gives that passes over bodies: "part 7.0 at 123, 5 bytes" for one that it did not read.
std::string read_heads(const std::string& directory) {
  auto reader = JournalReader::open(directory, kJournalStart, Bodies::kSkip);
  if (!reader.ok()) return reader.error().message();
  std::vector<std::string> words;
  for (record::Record record; reader->next(record);) {
    words.push_back(word_of(record));
    const auto* part = std::get_if<record::Part>(&record);
    if (part == nullptr || part->stored.place.size == 0) continue;
    const base::Bytes body = read_body(part->stored.place, part->stored.hash);
    words.back() = words.back() + "(" + (body.empty() ? "cannot be read" : std::string(body.text())) + ")";
  }
  return joined(words);
}
void flip_byte(const std::string& path, std::uint64_t offset) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  const int was = file.get();
  file.seekp(static_cast<std::streamoff>(offset)).put(static_cast<char>(was ^ 1));
}

TEST_F(JournalReading, BodiesThatArePassedOverCanBeReadLater) {
  write(0, false, {a_part(7, 0, "abc"), a_part(7, 1, "defgh"), a_segment_end(7)});
  write(10, true, {a_part(8, 0, "ij")}, 7);
  EXPECT_EQ(read_heads(scratch_.path()), "presentation, part 7.0 (abc), part 7.1 (defgh), end 7, part 8.0 (ij)");
}

TEST_F(JournalReading, OfFilesBeforeTheLastTheHeadsAloneAreChecked) {
  const std::string path = write(0, false, {a_part(7, 0, "abc"), a_part(7, 1, "defgh")});
  write(10, true, {a_part(8, 0)}, 7);
  flip_byte(path, std::filesystem::file_size(path) - 1);
  EXPECT_EQ(read_heads(scratch_.path()), "presentation, part 7.0 (abc), part 7.1 (cannot be read), part 8.0 (media)");
  flip_byte(path, std::filesystem::file_size(path) - 5 - 40);  // in a head
  EXPECT_EQ(read_heads(scratch_.path()), "presentation, part 8.0 (media)") << "a hole";
}

TEST_F(JournalReading, TheLastFileIsCutWhereABodyIsDamaged) {
  write(0, false, {a_part(7, 0, "abc")});
  const std::string path = write(10, true, {a_part(8, 0), a_part(8, 1), a_part(8, 2)}, 7);
  const record::Encoded last = record::encode(a_part(8, 2));
  flip_byte(path, std::filesystem::file_size(path) - last.size() - 1);
  EXPECT_EQ(read_heads(scratch_.path()), "presentation, part 7.0 (abc), part 8.0 (media)");
}

TEST_F(JournalReading, FirstPicturesAreFoundWhenAPartIsWritten) {
  const std::vector<cmaf::Sample> samples{{0, 0, 3000, true, base::Bytes::of_static("a picture")}};
  record::Part part = a_part(7, 0);
  part.data = cmaf::write_part(1, samples, true);
  write(0, false, {part});
  auto reader = JournalReader::open(scratch_.path(), kJournalStart, Bodies::kSkip);
  ASSERT_TRUE(reader.ok());
  record::Record record;
  ASSERT_TRUE(reader->next(record) && reader->next(record));
  EXPECT_EQ(std::get<record::Part>(record).stored.key_size, part.data.size());
}

TEST_F(JournalReading, FilesOfWritersThatKnewNoHashesAreReadWhole) {
  const std::string path = write(0, false, {a_part(7, 0, "abc")});
  append_bytes(path, part_without_hash(a_part(7, 1, "defgh")));
  write(10, true, {a_part(8, 0)}, 7);
  EXPECT_EQ(read_heads(scratch_.path()), "presentation, part 7.0 (abc), part 7.1 defgh, part 8.0 (media)");
  flip_byte(path, std::filesystem::file_size(path) - 1);
  EXPECT_EQ(read_heads(scratch_.path()), "presentation, part 8.0 (media)") << "and checked";
}

}  // namespace
}  // namespace archive
