#include "events/log_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "directory.h"
#include "events/log_file.h"
#include "events/restore.h"

namespace events {
namespace {

class LogWriterTest : public testing::Test {
 protected:
  LogWriter::Options options(std::uint64_t next = 5) const {
    LogWriter::Options options{.directory = directory_.path(), .source = "/kickoff/a"};
    options.next = next;
    return options;
  }
  static void put(LogWriter& writer, std::uint64_t first, std::uint64_t last, State state = State::kMoment,
                  const std::string& text = "") {
    for (std::uint64_t sequence = first; sequence <= last; ++sequence) {
      auto event = std::make_shared<Event>();
      event->sequence = event->id = sequence;
      event->fact = {.type = Type::kOutage, .channel = "match", .state = state, .data = {{"text", text}}};
      writer.put(event);
    }
  }
  /// "5 6 [7 lost] 8"
  std::string trace() const {
    std::string text;
    for (const Kept& kept : restore_log(directory_.path(), 100'000).events) {
      text += text.empty() ? "" : " ";
      if (kept.lost != 0) text += "[" + std::to_string(kept.lost) + " lost] ";
      text += std::to_string(kept.event->sequence);
    }
    return text;
  }
  template <typename Condition>
  static LogWriter::Report wait(const LogWriter& writer, Condition condition) {
    for (;;) {
      const LogWriter::Report report = writer.report();
      if (condition(report)) return report;
      std::this_thread::yield();
    }
  }
  std::string name(std::uint64_t first) const { return directory_.path(log_file_name(first)); }

  const Directory directory_;
};

TEST_F(LogWriterTest, WritesWhatItIsGivenInOrder) {
  LogWriter writer(options());
  put(writer, 5, 7);
  const auto report = wait(writer, [](const auto& now) { return now.written == 3; });
  EXPECT_EQ(trace(), "5 6 7") << "without waiting for its end";
  EXPECT_EQ(report.bytes, directory_.read(log_file_name(5)).size());
  EXPECT_FALSE(report.failing);
  EXPECT_EQ(report.lost + report.errors, 0u);
}

TEST_F(LogWriterTest, WritesAtItsEndWhatIsQueued) {
  {
    LogWriter writer(options());
    put(writer, 5, 2000);
  }
  EXPECT_EQ(restore_log(directory_.path(), 100'000).events.size(), 1996u);
}

TEST_F(LogWriterTest, TheNextRunAppendsToTheFileAndCutsItsTornTail) {
  {
    LogWriter writer(options());
    put(writer, 5, 6);
  }
  directory_.write(log_file_name(5), directory_.read(log_file_name(5)) + "{\"torn");
  {
    LogWriter writer(options(50));
    put(writer, 50, 51);
  }
  EXPECT_EQ(trace(), "5 6 50 51");
  EXPECT_EQ(list_log_files(directory_.path()).size(), 1u);
  EXPECT_EQ(restore_log(directory_.path(), 10).unreadable, 0u);
}

TEST_F(LogWriterTest, NewFilesBeginAtAnEighthOfTheSizeAndTheOldestGo) {
  LogWriter::Options given = options();
  given.bytes = 64 * 1024;
  {
    LogWriter writer(std::move(given));
    for (std::uint64_t sequence = 5; sequence < 205; ++sequence) {
      put(writer, sequence, sequence, State::kMoment, std::string(300, 'x'));
      wait(writer, [&](const auto& now) { return now.written == sequence - 4; });
    }
  }
  const auto names = list_log_files(directory_.path());
  std::uintmax_t total = 0;
  for (const auto& file : names) {
    EXPECT_LE(std::filesystem::file_size(directory_.path(file)), 8u * 1024 + 1024) << "and a head";
    total += std::filesystem::file_size(directory_.path(file));
  }
  EXPECT_GT(names.size(), 5u);
  EXPECT_LE(total, 73u * 1024) << "and one file, since the newest began";
  const auto events = restore_log(directory_.path(), 100'000).events;
  EXPECT_GT(events.front().event->sequence, 5u);
  EXPECT_EQ(events.back().event->sequence, 204u);
}

TEST_F(LogWriterTest, AFileBeginsWithWhatIsRaised) {
  LogWriter::Options given = options();
  given.raised.set({Type::kSlate, "other", ""}, 2);
  {
    LogWriter writer(std::move(given));
    put(writer, 5, 5, State::kRaised);
  }
  const auto raised = restore_log(directory_.path(), 10).raised.all();
  EXPECT_EQ(raised.size(), 2u);
  EXPECT_EQ(raised.at({Type::kSlate, "other", ""}), 2u);
  EXPECT_EQ(raised.at({Type::kOutage, "match", ""}), 5u);
}

TEST_F(LogWriterTest, WaitsForADirectoryThatIsNotThereAndThenWritesAll) {
  std::filesystem::remove_all(directory_.path());
  LogWriter writer(options());
  put(writer, 5, 6);
  const auto failed = wait(writer, [](const auto& now) { return now.errors > 0; });
  EXPECT_TRUE(failed.failing);
  EXPECT_EQ(failed.waiting, 2u);
  std::filesystem::create_directory(directory_.path());
  put(writer, 7, 7);
  const auto works = wait(writer, [](const auto& now) { return now.written == 3; });
  EXPECT_FALSE(works.failing);
  EXPECT_EQ(works.lost, 0u);
  EXPECT_EQ(trace(), "5 6 7");
}

TEST_F(LogWriterTest, DropsTheOldestThatWaitAndTheFileShowsTheHole) {
  {
    LogWriter writer(options());
    put(writer, 5, 5);
  }
  const std::string before = directory_.path() + "-away";
  std::filesystem::rename(directory_.path(), before);
  LogWriter::Options given = options(6);
  given.most_waiting = 3;
  LogWriter writer(std::move(given));
  put(writer, 6, 6);
  wait(writer, [](const auto& now) { return now.errors > 0; });
  put(writer, 7, 10);  // with 6 five wait, two more than may
  EXPECT_EQ(wait(writer, [](const auto& now) { return now.lost == 2; }).waiting, 3u);
  std::filesystem::rename(before, directory_.path());
  wait(writer, [](const auto& now) { return now.written == 3; });
  EXPECT_EQ(trace(), "5 [7 lost] 8 9 10");
}

/// A pipe in the place of the file: what it has no room for waits until somebody reads, and it cannot be synced.
TEST_F(LogWriterTest, ADiskThatHangsHoldsUpNobody) {
  ASSERT_EQ(mkfifo(name(5).c_str(), 0600), 0);
  LogWriter::Options given = options();
  given.most_waiting = 3;
  LogWriter writer(std::move(given));
  std::uint64_t next = 5;
  while (writer.report().lost == 0) {
    put(writer, next, next, State::kMoment, std::string(40'000, 'x'));
    ++next;
  }
  EXPECT_LE(writer.report().waiting, 6u);
  const int reader = open(name(5).c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  std::string bytes(65'536, 0);
  wait(writer, [&](const auto& now) {
    return read(reader, bytes.data(), bytes.size()) <= 0 && now.waiting == 0 && now.errors > 0;
  });
  close(reader);
}

}  // namespace
}  // namespace events
