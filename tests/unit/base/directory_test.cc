#include "base/directory.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace base {
namespace {

using Names = std::vector<std::string>;

class DirectoryTest : public ::testing::Test {
 protected:
  DirectoryTest() {
    const std::string pattern = ::testing::TempDir() + "kickoff-directory-XXXXXX";
    path_ = pattern;
    EXPECT_NE(mkdtemp(path_.data()), nullptr);
  }
  ~DirectoryTest() override {
    for (const std::string& name : made_) remove((path_ + "/" + name).c_str());
    rmdir(path_.c_str());
  }

  void make_file(const std::string& name) {
    std::ofstream(path_ + "/" + name) << "x";
    made_.push_back(name);
  }
  void make_directory(const std::string& name) {
    EXPECT_EQ(mkdir((path_ + "/" + name).c_str(), 0700), 0);
    made_.push_back(name);
  }

  std::string path_;
  Names made_;
};

TEST_F(DirectoryTest, AnEmptyDirectoryHoldsNothing) {
  auto names = list_directory(path_);
  ASSERT_TRUE(names.ok());
  EXPECT_EQ(*names, Names{});
}

TEST_F(DirectoryTest, NamesAreSortedAndFilesDirectoriesAndHiddenOnesAreAllThere) {
  make_file("b");
  make_file(".hidden");
  make_directory("c");
  make_file("a");
  make_file("...");
  auto names = list_directory(path_);
  ASSERT_TRUE(names.ok());
  EXPECT_EQ(*names, (Names{"...", ".hidden", "a", "b", "c"}));
}

TEST_F(DirectoryTest, WhatItHoldsIsCountedAsItIsListed) {
  EXPECT_EQ(count_directory(path_).take(), 0U);
  make_file(".hidden");
  make_directory("c");
  make_file("...");
  EXPECT_EQ(count_directory(path_).take(), 3U);
  const auto missing = count_directory(path_ + "/none");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, Code::kNotFound);
}

TEST_F(DirectoryTest, WhatIsNotThereIsNotFound) {
  const auto names = list_directory(path_ + "/none");
  ASSERT_FALSE(names.ok());
  EXPECT_EQ(names.error().code, Code::kNotFound);
  EXPECT_EQ(names.error().what, path_ + "/none: No such file or directory");
}

TEST_F(DirectoryTest, AFileIsNoDirectory) {
  make_file("file");
  const auto names = list_directory(path_ + "/file");
  ASSERT_FALSE(names.ok());
  EXPECT_EQ(names.error().code, Code::kSystem);
  EXPECT_EQ(names.error().what, path_ + "/file: Not a directory");
}

TEST_F(DirectoryTest, NoDescriptorStaysOpen) {
  const auto before = list_directory("/proc/self/fd").take().size();
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(list_directory(path_).ok());
    EXPECT_FALSE(list_directory(path_ + "/none").ok());
  }
  EXPECT_EQ(list_directory("/proc/self/fd").take().size(), before);
}

// What ThreadSanitizer reported of opendir(): the number of a descriptor that another thread closed comes back.
TEST_F(DirectoryTest, ADescriptorThatAnotherThreadClosedIsTakenOverWithoutARace) {
  make_file("file");
  for (int i = 0; i < 50; ++i) {
    std::thread other([&] { EXPECT_TRUE(list_directory(path_).ok()); });
    EXPECT_TRUE(list_directory(path_).ok());
    other.join();
  }
}

}  // namespace
}  // namespace base
