#include "archive/journal_check.h"

#include <gtest/gtest.h>

#include "archive/channel_files.h"
#include "unit/archive/logs.h"

namespace archive {
namespace {

class JournalChecking : public testing::Test {
 protected:
  std::string write(int second, bool continues, const std::vector<record::Record>& records) {
    FileHeader header;
    header.began = kJournalStart + second * base::kSecond;
    header.continues = continues;
    ChannelFiles files(scratch_.path());
    EXPECT_TRUE(files.begin(header, {one_picture()}).ok());
    for (const record::Record& record : records) EXPECT_TRUE(files.append(record).ok());
    return scratch_.path() + "/" + file_name(header.began);
  }
  std::vector<CheckedFile> check() const { return check_channel(scratch_.path()); }
  void repair(std::size_t index, Original original) const {
    const base::Status status = repair_file(check()[index].file, original);
    EXPECT_TRUE(status.ok());
  }
  static void tear(const std::string& path) {
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 2);
  }

  const ScratchDirectory scratch_;
};

TEST_F(JournalChecking, FilesThatContinueHaveNoHole) {
  write(0, false, {a_segment_end(7)});
  write(2, true, {a_segment_end(8)});
  ASSERT_EQ(check().size(), 2U);
  EXPECT_FALSE(check()[0].hole);
  EXPECT_FALSE(check()[1].hole);
}

TEST_F(JournalChecking, AHoleTellsTheTimeThatIsMissing) {
  write(0, false, {a_segment_end(7)});
  write(20, false, {a_segment_end(17)});
  EXPECT_TRUE(check()[1].hole);
  EXPECT_EQ(check()[1].missing, 18 * base::kSecond);
}

TEST_F(JournalChecking, BehindADamagedFileThereIsAHole) {
  tear(write(0, false, {a_segment_end(7), a_segment_end(8)}));
  write(4, true, {a_segment_end(9)});
  EXPECT_FALSE(check()[0].contents.sound());
  EXPECT_TRUE(check()[1].hole);
  EXPECT_EQ(check()[1].missing, 2 * base::kSecond);
}

TEST_F(JournalChecking, AFileOfGarbageIsNotSoundAndSaysWhy) {
  append_bytes(scratch_.path() + "/" + file_name(kJournalStart), std::string(100, 'x'));
  EXPECT_FALSE(check()[0].contents.sound());
  EXPECT_EQ(check()[0].contents.error, "no file of a journal");
}

TEST_F(JournalChecking, ARepairedFileIsReadByTheServerAndTheOldOneStays) {
  const std::string path = write(0, false, {a_part(7, 0), a_part(7, 1)});
  tear(path);
  const auto size = std::filesystem::file_size(path);
  write(4, true, {a_segment_end(7)});
  EXPECT_EQ(read_journal(scratch_.path()), "presentation, end 7");
  repair(0, Original::kKeep);
  EXPECT_TRUE(check()[0].contents.sound());
  EXPECT_EQ(read_journal(scratch_.path()), "presentation, part 7.0 media, end 7");
  EXPECT_EQ(std::filesystem::file_size(path + ".damaged"), size);
  EXPECT_EQ(check().size(), 2U) << "and it is no file of the journal";
}

TEST_F(JournalChecking, ARepairedFileIsAsOldAsItWas) {
  const std::string path = write(0, false, {a_part(7, 0), a_part(7, 1)});
  tear(path);
  const auto then = std::filesystem::last_write_time(path) - std::chrono::hours(3);
  std::filesystem::last_write_time(path, then);
  const base::Micros written = check()[0].file.written;
  repair(0, Original::kKeep);
  EXPECT_EQ(check()[0].file.written, written);
}

TEST_F(JournalChecking, TheOldFileIsDeletedWhereThatIsAskedFor) {
  const std::string path = write(0, false, {a_part(7, 0), a_part(7, 1)});
  tear(path);
  repair(0, Original::kDelete);
  EXPECT_TRUE(check()[0].contents.sound());
  EXPECT_FALSE(std::filesystem::exists(path + ".damaged"));
  EXPECT_FALSE(std::filesystem::exists(path + ".repair"));
}

TEST_F(JournalChecking, AFileWithoutAHeaderIsTakenAway) {
  const std::string path = scratch_.path() + "/" + file_name(kJournalStart);
  append_bytes(path, std::string(100, 'x'));
  repair(0, Original::kKeep);
  EXPECT_TRUE(check().empty());
  EXPECT_EQ(std::filesystem::file_size(path + ".damaged"), 100U);
}

TEST_F(JournalChecking, AnOriginalThatWasKeptBeforeIsNotWrittenOver) {
  const std::string path = write(0, false, {a_part(7, 0), a_part(7, 1)});
  append_bytes(path + ".damaged", "older");
  tear(path);
  const auto size = std::filesystem::file_size(path);
  EXPECT_FALSE(repair_file(check()[0].file, Original::kKeep).ok());
  EXPECT_EQ(std::filesystem::file_size(path), size);
  EXPECT_EQ(std::filesystem::file_size(path + ".damaged"), 5U);
  EXPECT_FALSE(std::filesystem::exists(path + ".repair"));
}

}  // namespace
}  // namespace archive
