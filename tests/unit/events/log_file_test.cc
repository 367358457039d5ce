#include "events/log_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <utime.h>

#include "directory.h"

namespace events {
namespace {

TEST(LogFile, AppendsToWhatIsThere) {
  const Directory directory;
  directory.write("a", "one\n");
  LogFile file;
  ASSERT_TRUE(file.open(directory.path("a")).ok());
  EXPECT_EQ(file.size(), 4u);
  ASSERT_TRUE(file.append("two\n").ok());
  EXPECT_EQ(file.size(), 8u);
  EXPECT_TRUE(file.sync().ok());
  EXPECT_EQ(directory.read("a"), "one\ntwo\n");
}

TEST(LogFile, CutsOffALineWithoutItsEnd) {
  const Directory directory;
  for (const auto& [before, after] :
       {std::pair<std::string, std::string>{"one\ntw", "one\n"},
        {"tw", ""},
        {"one\n" + std::string(200'000, 'x'), "one\n"},
        {std::string(65'535, 'x') + "\n" + std::string(65'536, 'y'), std::string(65'535, 'x') + "\n"},
        {std::string(3, '\0'), ""}}) {
    directory.write("a", before);
    LogFile file;
    ASSERT_TRUE(file.open(directory.path("a")).ok());
    EXPECT_EQ(file.size(), after.size());
    ASSERT_TRUE(file.append("new\n").ok());
    EXPECT_EQ(directory.read("a"), after + "new\n");
  }
}

TEST(LogFile, SaysWhyItCannotBeOpened) {
  const Directory directory;
  LogFile file;
  const auto status = file.open(directory.path("missing/a"));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().what, directory.path("missing/a") + ": open: No such file or directory");
  EXPECT_FALSE(file.is_open());
}

TEST(LogFile, AnAppendThatFailsClosesIt) {
  LogFile file;
  ASSERT_TRUE(file.open("/dev/full").ok());
  const auto status = file.append("lost\n");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().what, "/dev/full: write: No space left on device");
  EXPECT_FALSE(file.is_open());
  EXPECT_EQ(file.size(), 0u);
}

TEST(LogFiles, AreListedByTheirFirstEventAndNothingElseIs) {
  const Directory directory;
  for (const std::string& name : {log_file_name(10), log_file_name(9), std::string("lock"),
                                  std::string("events-1.jsonl"), log_file_name(7) + "~"}) {
    directory.write(name, "");
  }
  EXPECT_EQ(log_file_name(9), "events-00000000000000000009.jsonl");
  EXPECT_EQ(list_log_files(directory.path()), (std::vector{log_file_name(9), log_file_name(10)}));
  EXPECT_TRUE(list_log_files(directory.path("missing")).empty());
}

class Expiry : public testing::Test {
 protected:
  Expiry() {
    for (std::uint64_t i = 1; i <= 3; ++i) {
      directory_.write(log_file_name(i), std::string(100, 'x'));
      const utimbuf time{static_cast<time_t>(i * 1000), static_cast<time_t>(i * 1000)};
      utime(directory_.path(log_file_name(i)).c_str(), &time);
    }
  }
  int expire(std::uint64_t bytes, std::int64_t oldest) { return expire_log_files(directory_.path(), bytes, oldest); }

  const Directory directory_;
};

TEST_F(Expiry, DeletesTheOldestBeyondTheirSize) {
  EXPECT_EQ(expire(300, 0), 0);
  EXPECT_EQ(expire(299, 0), 1);
  EXPECT_EQ(list_log_files(directory_.path()), (std::vector{log_file_name(2), log_file_name(3)}));
}

TEST_F(Expiry, DeletesWhatIsTooOld) {
  EXPECT_EQ(expire(1000, 1000), 0);
  EXPECT_EQ(expire(1000, 1001), 1);
  EXPECT_EQ(list_log_files(directory_.path()), (std::vector{log_file_name(2), log_file_name(3)}));
}

TEST_F(Expiry, KeepsTheNewestWhateverItIs) {
  EXPECT_EQ(expire(1, 9000), 2);
  EXPECT_EQ(list_log_files(directory_.path()), (std::vector{log_file_name(3)}));
}

}  // namespace
}  // namespace events
