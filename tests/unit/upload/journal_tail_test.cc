#include "upload/journal_tail.h"

#include <gtest/gtest.h>

#include "unit/upload/journals.h"

namespace upload {
namespace {

using namespace testing;

class Tailing : public ::testing::Test {
 protected:
  /// What it finds until there is nothing, as words.
  std::string found() {
    std::string words;
    for (record::Record record;;) {
      const auto next = tail_.next(record);
      if (next == JournalTail::Found::kNothing) return words;
      if (!words.empty()) words += ", ";
      if (next == JournalTail::Found::kFile) {
        words += tail_.whole_before() ? "file" : "FILE";
      } else {
        words += (tail_.in_seed() ? "[" : "") + archive::word_of(record);
      }
    }
  }
  std::string path(int second) const {
    return scratch_.path() + "/" + archive::file_name(kJournalStart + second * base::kSecond);
  }

  ScratchDirectory scratch_;
  Journal journal_{scratch_.path()};
  JournalTail tail_{scratch_.path(), 0};
};

TEST_F(Tailing, FindsWhatIsWrittenLater) {
  EXPECT_EQ(found(), "");
  journal_.begin(0, false, -1);
  EXPECT_EQ(found(), "FILE, [presentation");
  journal_.end(7);
  EXPECT_EQ(found(), "end 7");
  EXPECT_EQ(found(), "");
  journal_.end(8);
  EXPECT_EQ(found(), "end 8");
  EXPECT_EQ(tail_.file(), kJournalStart);
}

TEST_F(Tailing, ReadsAFileToItsEndBeforeTheNext) {
  journal_.begin(0, false, -1);
  EXPECT_EQ(found(), "FILE, [presentation");
  journal_.end(7);
  journal_.begin(1, true, 7);
  journal_.end(8);
  EXPECT_EQ(found(), "end 7, file, [presentation, end 8");
  EXPECT_EQ(tail_.file(), kJournalStart + base::kSecond);
}

TEST_F(Tailing, WaitsForTheRestOfARecord) {
  journal_.begin(0, false, -1);
  journal_.part(kFirst, 0);
  const auto size = std::filesystem::file_size(path(0));
  std::ifstream in(path(0), std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  std::filesystem::resize_file(path(0), size - 3);
  EXPECT_EQ(found(), "FILE, [presentation");
  archive::append_bytes(path(0), std::string_view(bytes).substr(size - 3));
  EXPECT_EQ(found(), "part " + std::to_string(kFirst) + ".0 v0.0 ");
}

TEST_F(Tailing, AFileThatEndsWithinARecordIsNotWhole) {
  journal_.begin(0, false, -1);
  journal_.part(kFirst, 0);
  std::filesystem::resize_file(path(0), std::filesystem::file_size(path(0)) - 3);
  journal_.begin(1, true, kFirst);
  EXPECT_EQ(found(), "FILE, [presentation, FILE, [presentation");
}

TEST_F(Tailing, WhatWasWrittenInPartAndCutOffIsNoHole) {
  journal_.begin(0, false, -1);
  journal_.part(kFirst, 0);
  archive::append_bytes(path(0), "KR");
  EXPECT_EQ(found(), "FILE, [presentation, part " + std::to_string(kFirst) + ".0 v0.0 ");
  std::filesystem::resize_file(path(0), std::filesystem::file_size(path(0)) - 2);
  journal_.begin(1, true, kFirst);
  EXPECT_EQ(found(), "file, [presentation");
}

TEST_F(Tailing, BeginsWithTheFileThatIsNamed) {
  journal_.begin(0, false, -1);
  journal_.begin(1, true, -1);
  journal_.begin(2, true, -1);
  tail_ = JournalTail(scratch_.path(), kJournalStart + base::kSecond);
  EXPECT_EQ(found(), "FILE, [presentation, file, [presentation");
}

TEST_F(Tailing, ReadsOnInAFileThatWasDeleted) {
  journal_.begin(0, false, -1);
  EXPECT_EQ(found(), "FILE, [presentation");
  std::filesystem::remove(path(0));
  journal_.end(7);
  EXPECT_EQ(found(), "end 7");
}

TEST_F(Tailing, AFileWithoutAHeaderIsPassedOverOnceThereIsALaterOne) {
  archive::append_bytes(path(0), "KJ");
  EXPECT_EQ(found(), "");
  journal_.begin(1, true, -1);
  EXPECT_EQ(found(), "FILE, [presentation");
}

}  // namespace
}  // namespace upload
