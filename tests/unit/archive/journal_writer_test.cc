#include "archive/journal_writer.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "unit/archive/logs.h"

namespace archive {
namespace {

JournalWriter::Begin beginning(std::uint32_t number, bool continues = false) {
  JournalWriter::Begin begin;
  begin.number = number;
  begin.header.began = kJournalStart;
  begin.header.continues = continues;
  begin.seed = {one_picture()};
  return begin;
}

class Writing : public testing::Test {
 protected:
  Writing() {
    options_.directory = scratch_.path() + "/journal";
    options_.keep.age = base::Micros{1000} * 365 * 86'400 * base::kSecond;
  }
  void open() { writer_ = std::make_unique<JournalWriter>(options_); }
  /// The destructor waits for what is queued.
  void finish() { writer_.reset(); }

  const ScratchDirectory scratch_;
  JournalWriter::Options options_;
  std::unique_ptr<JournalWriter> writer_;
};

TEST_F(Writing, WhatIsTakenIsWrittenInOrderByTheTimeItEnds) {
  open();
  const auto one = writer_->line("cam1");
  const auto two = writer_->line("cam2");
  std::vector<JournalWriter::Entry> batch{{one, beginning(1)}, {one, a_part(7, 0, "a")}};
  ASSERT_TRUE(writer_->put(batch));
  EXPECT_TRUE(batch.empty());
  batch = {{two, beginning(1)}, {one, a_part(7, 1, "b")}, {two, a_part(9, 0)}, {one, a_segment_end(7)}};
  ASSERT_TRUE(writer_->put(batch));
  finish();
  EXPECT_EQ(read_journal(options_.directory + "/cam1"), "presentation, part 7.0 a, part 7.1 b, end 7");
  EXPECT_EQ(read_journal(options_.directory + "/cam2"), "presentation, part 9.0 media");
  EXPECT_EQ(one->error_since(1), 0);
}

TEST_F(Writing, ABatchThatTheQueueHasNoRoomForIsRefusedWhole) {
  options_.queue_bytes = 10'000;
  open();
  const auto line = writer_->line("cam1");
  std::vector<JournalWriter::Entry> batch{{line, beginning(1)}, {line, a_part(7, 0, std::string(20'000, 'x'))}};
  EXPECT_FALSE(writer_->put(batch));
  EXPECT_EQ(batch.size(), 2U);
  batch.pop_back();
  EXPECT_TRUE(writer_->put(batch));
  finish();
  EXPECT_EQ(read_journal(options_.directory + "/cam1"), "presentation");
}

TEST_F(Writing, ALineIsClosedAlsoWhereTheQueueIsFull) {
  options_.queue_records = 0;
  open();
  std::vector<JournalWriter::Entry> batch{{writer_->line("cam1"), JournalWriter::Close{}}};
  EXPECT_TRUE(writer_->put(batch));
}

TEST_F(Writing, AnErrorIsToldAndTheRecordsBehindItAreLost) {
  append_bytes(options_.directory, "a file in its place");
  open();
  const auto line = writer_->line("cam1");
  std::vector<JournalWriter::Entry> batch{{line, beginning(1)}, {line, a_part(7, 0)}, {line, a_part(7, 1)}};
  ASSERT_TRUE(writer_->put(batch));
  while (writer_->counters().lost < 2) std::this_thread::yield();
  EXPECT_EQ(writer_->counters().errors, 1U);
  EXPECT_EQ(line->error_since(1), ENOTDIR);
  EXPECT_EQ(line->error_since(2), 0) << "the next file is another attempt";
}

TEST_F(Writing, ASegmentsEndIsSyncedOnceForAllRenditions) {
  open();
  const auto line = writer_->line("cam1");
  record::SegmentEnd other = a_segment_end(7);
  other.rendition = 1;
  std::vector<JournalWriter::Entry> batch{{line, beginning(1)}, {line, a_segment_end(7)}, {line, other}};
  ASSERT_TRUE(writer_->put(batch));
  std::uint64_t syncs = 0;
  while (syncs == 0) {
    std::this_thread::yield();
    for (const auto& count : writer_->counters().syncs) syncs += count;
  }
  EXPECT_EQ(syncs, 1U);
}

TEST_F(Writing, AnOldChannelsFilesAreDeletedAtTheStart) {
  std::filesystem::create_directories(options_.directory + "/gone");
  const std::string path = options_.directory + "/gone/" + file_name(kJournalStart);
  append_bytes(path, "x");
  std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));
  options_.keep.age = 3600 * base::kSecond;
  open();
  while (writer_->counters().files_deleted == 0) std::this_thread::yield();
  finish();
  EXPECT_FALSE(std::filesystem::exists(options_.directory + "/gone"));
}

TEST_F(Writing, ADiskThatHangsKeepsNobodyFromEnding) {
  std::filesystem::create_directories(options_.directory + "/gone");
  // What the thread asks at its start stands for the disk.
  struct Disk {
    std::mutex mutex;
    std::condition_variable wake;
    bool asked = false;
    bool answers = false;
  };
  const auto disk = std::make_shared<Disk>();
  options_.read_from = [disk](const std::string&) {
    std::unique_lock lock(disk->mutex);
    disk->asked = true;
    disk->wake.notify_all();
    disk->wake.wait(lock, [&] { return disk->answers; });
    return base::Micros{0};
  };
  open();
  {
    std::unique_lock lock(disk->mutex);
    disk->wake.wait(lock, [&] { return disk->asked; });
  }
  finish();
  EXPECT_EQ(base::DiskThread::left_behind(), 1);
  {
    const std::lock_guard lock(disk->mutex);
    disk->answers = true;
    disk->wake.notify_all();
  }
  while (base::DiskThread::left_behind() > 0) std::this_thread::yield();
}

TEST(JournalWriter, MediaTextAndPicturesCountForTheQueue) {
  EXPECT_EQ(JournalWriter::media_of(a_part(7, 0, "media")), 5U);
  record::SegmentEnd text = a_segment_end(7);
  text.data = base::Bytes::of_static("WEBVTT");
  EXPECT_EQ(JournalWriter::media_of(text), 6U);
  EXPECT_EQ(JournalWriter::media_of(record::Thumbnail{"", 0, base::Bytes::of_static("jpeg")}), 4U);
  EXPECT_EQ(JournalWriter::media_of(record::End{}), 0U);
}

TEST_F(Writing, AChannelWithANameThatIsNotSafeHasNoLine) {
  open();
  EXPECT_EQ(writer_->line("../etc"), nullptr);
}

TEST_F(Writing, AFileIsEndedWithItsIndexBeforeTheNextOneAndWhenTheLineCloses) {
  open();
  const auto line = writer_->line("cam1");
  std::vector<JournalWriter::Entry> batch{
      {line, beginning(1)}, {line, a_part(7, 0)}, {line, beginning(2, true)}, {line, a_part(7, 1)}};
  batch.push_back({line, JournalWriter::Close{}});
  ASSERT_TRUE(writer_->put(batch));
  finish();
  const auto files = list_files(options_.directory + "/cam1");
  ASSERT_EQ(files.size(), 2U);
  for (const ListedFile& file : files) {
    std::ifstream stream(file.path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    EXPECT_NE(bytes.find("KR\x02\x0c"), bytes.npos) << file.path;
  }
  EXPECT_EQ(read_journal(options_.directory + "/cam1"), "presentation, part 7.0 media, part 7.1 media");
}

TEST_F(Writing, EachChannelHasLimitsOfItsOwn) {
  const auto old_files = [this](const std::string& channel) {
    std::filesystem::create_directories(options_.directory + "/" + channel);
    for (int i = 0; i < 3; ++i) {
      const std::string path = options_.directory + "/" + channel + "/" + file_name(kJournalStart + i);
      append_bytes(path, std::string(100, 'x'));
      std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));
    }
  };
  for (const char* channel : {"long", "short", "other"}) old_files(channel);
  options_.keep.bytes = 150;
  options_.keep_of["long"] = {options_.keep.age, 150, 4 * 3600 * base::kSecond};
  options_.keep_of["*"] = {options_.keep.age, 250, 0};
  options_.keep_of["short"] = {3600 * base::kSecond, 0, 0};
  open();
  while (writer_->counters().files_deleted < 4) std::this_thread::yield();
  finish();
  EXPECT_EQ(list_files(options_.directory + "/long").size(), 3U) << "its window is longer";
  EXPECT_EQ(list_files(options_.directory + "/other").size(), 2U) << "as many bytes as channels may have";
  EXPECT_EQ(list_files(options_.directory + "/short").size(), 0U) << "too old";
}

}  // namespace
}  // namespace archive
