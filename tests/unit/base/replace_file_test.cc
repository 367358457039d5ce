#include "base/replace_file.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace base {
namespace {

class ReplaceFileTest : public testing::Test {
 protected:
  ReplaceFileTest() {
    std::string name = testing::TempDir() + "replace-XXXXXX";
    directory_ = mkdtemp(name.data());
  }
  ~ReplaceFileTest() override { std::filesystem::remove_all(directory_); }
  std::string path() const { return directory_ + "/list"; }
  std::string content() const {
    std::ifstream in(path());
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(directory_), {}));
  }

  std::string directory_;
};

TEST_F(ReplaceFileTest, MakesAFileForItsOwnerAlone) {
  ASSERT_TRUE(replace_file(path(), "one").ok());
  EXPECT_EQ(content(), "one");
  struct stat found{};
  ASSERT_EQ(stat(path().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600U);
}

TEST_F(ReplaceFileTest, ALongTextMakesWayForAShortOneAndNothingIsLeftBeside) {
  const std::string text(1'000'000, 'x');
  ASSERT_TRUE(replace_file(path(), text).ok());
  EXPECT_EQ(content(), text);
  ASSERT_TRUE(replace_file(path(), "").ok());
  EXPECT_EQ(content(), "");
  EXPECT_EQ(files(), 1U);
}

TEST_F(ReplaceFileTest, HalfAFileOfAnEarlierAttemptIsOverwritten) {
  std::ofstream(path() + ".new") << "what a crash has left behind";
  ASSERT_TRUE(replace_file(path(), "two").ok());
  EXPECT_EQ(content(), "two");
  EXPECT_EQ(files(), 1U);
}

TEST_F(ReplaceFileTest, WhatCannotBeWrittenLeavesTheOldTextAndSaysWhy) {
  ASSERT_TRUE(replace_file(path(), "one").ok());
  std::filesystem::create_directory(path() + ".new");
  const Status status = replace_file(path(), "two");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, Code::kSystem);
  EXPECT_EQ(status.error().what, path() + ".new: Is a directory");
  EXPECT_EQ(content(), "one");
}

TEST_F(ReplaceFileTest, ALinkInThePlaceOfTheNewFileIsNotFollowed) {
  std::ofstream(directory_ + "/other") << "untouched";
  ASSERT_EQ(symlink((directory_ + "/other").c_str(), (path() + ".new").c_str()), 0);
  EXPECT_FALSE(replace_file(path(), "two").ok());
  std::ifstream in(directory_ + "/other");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), "untouched");
}

TEST_F(ReplaceFileTest, OfADirectoryThatIsNoneIsSaid) {
  EXPECT_TRUE(sync_directory(directory_).ok());
  const Status status = sync_directory(directory_ + "/none");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().what, directory_ + "/none: No such file or directory");
}

TEST_F(ReplaceFileTest, AMissingDirectoryIsSaid) {
  const Status status = replace_file(directory_ + "/none/list", "one");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().what, directory_ + "/none/list.new: No such file or directory");
}

}  // namespace
}  // namespace base
