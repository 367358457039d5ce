#include "archive/file_check.h"

#include <gtest/gtest.h>

#include "base/byte_writer.h"
#include "base/hash.h"
#include "record/encoding.h"
#include "unit/archive/logs.h"

namespace archive {
namespace {

using Raw = std::vector<std::uint8_t>;

/// A file that is put together in memory.
class FileOf {
 public:
  explicit FileOf(const std::vector<record::Record>& seed = {one_picture()}) {
    FileHeader header;
    header.began = kJournalStart;
    bytes_ = encode_file_start(header, seed);
  }
  FileOf& add(const record::Record& record) {
    const record::Encoded encoded = record::encode(record);
    last_ = bytes_.size();
    bytes_.insert(bytes_.end(), encoded.head.begin(), encoded.head.end());
    bytes_.insert(bytes_.end(), encoded.body.begin(), encoded.body.end());
    return *this;
  }
  FileOf& garbage(std::string_view text) {
    bytes_.insert(bytes_.end(), text.begin(), text.end());
    return *this;
  }
  /// Changes a byte of the record that was added last.
  FileOf& flip(std::size_t offset) {
    bytes_[last_ + offset] ^= 0x40;
    return *this;
  }
  FileOf& cut(std::size_t count) {
    bytes_.resize(bytes_.size() - count);
    return *this;
  }
  Raw& bytes() { return bytes_; }

 private:
  Raw bytes_;
  std::size_t last_ = 0;
};

std::string sound_words(const Raw& bytes) {
  std::vector<std::string> words;
  check_contents(bytes, [&](const record::Record* record, base::View, bool seed) {
    words.push_back((seed ? "[" : "") + (record == nullptr ? "unknown" : word_of(*record)));
  });
  return joined(words);
}

/// "12 bytes: why, 10 bytes: why"
std::string damage_of(const Raw& bytes) {
  std::vector<std::string> words;
  for (const Damage& at : check_contents(bytes).damage)
    words.push_back(std::to_string(at.size()) + " bytes: " + at.why);
  return joined(words);
}

TEST(FileChecking, CountsRecordsAndTellsTheTimeOfTheirMedia) {
  FileOf file;
  file.add(a_part(7, 1)).add(a_part(7, 0)).add(a_segment_end(7));
  const FileContents contents = check_contents(file.bytes());
  EXPECT_TRUE(contents.sound());
  EXPECT_FALSE(contents.torn());
  EXPECT_EQ(contents.size, file.bytes().size());
  EXPECT_EQ(contents.seed_records, 1U);
  EXPECT_EQ(contents.records, 3U);
  EXPECT_EQ(contents.first, 14 * base::kSecond);
  EXPECT_EQ(contents.last, 16 * base::kSecond);
}

TEST(FileChecking, TimesBeforeAChangeOfFormatAreInTheTicksOfTheOldOne) {
  record::Presentation other = one_picture(8);
  other.renditions[0].track.timescale = 45'000;
  record::Part late = a_part(8, 0);
  late.start = 16 * 45'000;
  late.duration = 45'000;
  FileOf file;
  file.add(a_part(7, 0)).add(other).add(a_part(7, 1)).add(late);
  const FileContents contents = check_contents(file.bytes());
  EXPECT_EQ(contents.first, 14 * base::kSecond);
  EXPECT_EQ(contents.last, 17 * base::kSecond);
}

TEST(FileChecking, ATimeThatNoRecordCanHaveIsLeftOut) {
  record::Part wrong = a_part(7, 0);
  wrong.start = INT64_MAX;
  record::Part unknown = a_part(7, 0);
  unknown.rendition = 9;
  FileOf file;
  file.add(wrong).add(unknown);
  EXPECT_EQ(check_contents(file.bytes()).last, 0);
}

TEST(FileChecking, AFileWithoutAHeaderIsNotRead) {
  const Raw garbage(1000, 0x4B);
  EXPECT_FALSE(check_contents(garbage).header);
  EXPECT_EQ(check_contents(garbage).error, "no file of a journal");
  EXPECT_FALSE(check_contents(Raw{}).sound());
}

TEST(FileChecking, ATornTailIsDamageUpToTheEnd) {
  FileOf file;
  file.add(a_part(7, 0)).add(a_part(7, 1)).cut(3);
  EXPECT_EQ(sound_words(file.bytes()), "[presentation, part 7.0 media");
  EXPECT_TRUE(check_contents(file.bytes()).torn());
  EXPECT_NE(damage_of(file.bytes()).find("it ends within a record"), std::string::npos);
}

TEST(FileChecking, GarbageBetweenRecordsIsPassedOver) {
  constexpr std::string_view kGarbage = "KR\x02 this is KR no record";
  FileOf file;
  file.add(a_part(7, 0)).garbage(kGarbage).add(a_part(7, 1));
  EXPECT_EQ(sound_words(file.bytes()), "[presentation, part 7.0 media, part 7.1 media");
  EXPECT_EQ(damage_of(file.bytes()), std::to_string(kGarbage.size()) + " bytes: no record stands there");
  EXPECT_FALSE(check_contents(file.bytes()).torn());
}

TEST(FileChecking, EachFlippedByteCostsThatRecordAlone) {
  const std::size_t size = record::encode(a_part(7, 1)).size();
  for (std::size_t at = 0; at < size; ++at) {
    FileOf file;
    file.add(a_part(7, 0)).add(a_part(7, 1)).flip(at).add(a_part(7, 2));
    ASSERT_EQ(sound_words(file.bytes()), "[presentation, part 7.0 media, part 7.2 media") << at;
    ASSERT_EQ(check_contents(file.bytes()).damage.size(), 1U) << at;
    ASSERT_EQ(check_contents(file.bytes()).damage[0].size(), size) << at;
  }
}

/// Without fields or a body.
std::string record_of_type(std::uint8_t type) {
  base::ByteWriter out;
  out.text("KR\x02");
  out.u8(type);
  out.zeros(8);
  base::ByteWriter covered;
  covered.bytes(out.view());
  covered.u64(base::hash64({}));
  out.u32(static_cast<std::uint32_t>(base::hash64(covered.view())));
  return std::string(base::text_of(out.view()));
}

TEST(FileChecking, ARecordOfALaterTypeIsSoundAndIsKept) {
  FileOf file;
  file.add(a_part(7, 0)).garbage(record_of_type(200)).add(a_part(7, 1)).garbage("x");
  EXPECT_EQ(sound_words(file.bytes()), "[presentation, part 7.0 media, unknown, part 7.1 media");
  EXPECT_EQ(check_contents(file.bytes()).records, 3U);
  Raw whole = file.bytes();
  whole.pop_back();
  EXPECT_EQ(without_damage(file.bytes()), whole);
}

TEST(FileChecking, AFileThatEndsWithinItsSeedIsNotSound) {
  FileOf file;
  const std::size_t seed = file.bytes().size() - kFileHeaderSize;
  file.cut(seed);
  EXPECT_FALSE(check_contents(file.bytes()).sound());
  EXPECT_TRUE(check_contents(file.bytes()).torn());
}

TEST(FileChecking, BytesThatLookLikeRecordsDoNotMakeItSlow) {
  FileOf file;
  file.add(a_part(7, 0));
  // Each is a header of a record as long as half of the file: hashing all of them would be 100 GB.
  constexpr std::size_t kCount = 64 * 1024;
  for (std::size_t i = 0; i < kCount; ++i) file.garbage(std::string_view("KR\x02\x02\0\0\0\0\0\x08\0\0\0\0\0\0", 16));
  file.add(a_part(7, 1));
  const FileContents contents = check_contents(file.bytes());
  EXPECT_EQ(contents.records, 1U) << "the search was given up";
  EXPECT_TRUE(contents.torn());
}

TEST(FileRepairing, WhatIsSoundStaysAsItIs) {
  FileOf file;
  file.add(a_part(7, 0)).add(a_segment_end(7));
  EXPECT_EQ(without_damage(file.bytes()), file.bytes());
}

TEST(FileRepairing, DamageIsLeftOutAndTheRestIsTheSame) {
  FileOf whole;
  whole.add(a_part(7, 0)).add(a_part(7, 2));
  FileOf damaged;
  damaged.add(a_part(7, 0)).add(a_part(7, 1)).flip(20).garbage("x").add(a_part(7, 2)).garbage("KR\x02");
  EXPECT_EQ(without_damage(damaged.bytes()), whole.bytes());
}

TEST(FileRepairing, ADamagedSeedIsShorterInTheHeader) {
  record::Marker marker;
  marker.id = "ad";
  FileOf whole({one_picture()});
  whole.add(a_part(7, 0));
  FileOf damaged({one_picture(), marker});
  damaged.bytes().back() ^= 1;
  damaged.add(a_part(7, 0));
  EXPECT_EQ(sound_words(without_damage(damaged.bytes())), "[presentation, part 7.0 media");
  EXPECT_EQ(without_damage(damaged.bytes()), whole.bytes());
}

}  // namespace
}  // namespace archive
