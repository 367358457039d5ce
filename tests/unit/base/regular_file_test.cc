#include "base/regular_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace base {
namespace {

class RegularFile : public testing::Test {
 protected:
  RegularFile() { std::filesystem::create_directories(directory_); }
  ~RegularFile() override { std::filesystem::remove_all(directory_); }

  std::string written(const std::string& name, const std::string& text) const {
    const std::string path = directory_ + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  static void expect_refused(const std::string& path, Code code, const std::string& why) {
    const auto read = read_regular_file(path);
    ASSERT_FALSE(read.ok()) << path;
    EXPECT_EQ(read.error().code, code);
    EXPECT_EQ(read.error().what, path + why);
  }

  const std::string directory_ = testing::TempDir() + "kickoff-regular-file-" + std::to_string(getpid());
};

TEST_F(RegularFile, IsReadWhole) {
  for (const std::size_t size : {0U, 1U, 65536U, 65537U, 200000U}) {
    const std::string text(size, 'x');
    EXPECT_EQ(read_regular_file(written("a", text)).take(), text) << size;
  }
  const std::string bytes("a\0\xff\n", 4);
  EXPECT_EQ(read_regular_file(written("b", bytes)).take(), bytes);
}

TEST_F(RegularFile, IsReadThroughASymbolicLink) {
  const std::string link = directory_ + "/link";
  std::filesystem::create_symlink(written("a", "text"), link);
  EXPECT_EQ(read_regular_file(link).take(), "text");
}

TEST_F(RegularFile, MayHoldAsMuchAsIsAllowed) {
  const std::string path = written("a", std::string(1000, 'x'));
  EXPECT_TRUE(read_regular_file(path, 1000).ok());
  const auto read = read_regular_file(path, 999);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, Code::kTooLarge);
  EXPECT_EQ(read.error().what, path + " is longer than 999 bytes");
}

TEST_F(RegularFile, MayTellNoSizeAsTheKernelsDo) { EXPECT_FALSE(read_regular_file("/proc/self/stat").take().empty()); }

TEST_F(RegularFile, IsMissing) {
  expect_refused(directory_ + "/none", Code::kNotFound, " cannot be read: No such file or directory");
  expect_refused(written("a", "") + "/b", Code::kNotFound, " cannot be read: Not a directory");
}

// Nobody writes into the pipe: reading it, or only opening it, would wait for ever.
TEST_F(RegularFile, IsNoPipe) {
  const std::string path = directory_ + "/pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  expect_refused(path, Code::kUnsupported, " is a pipe; it has to be a regular file");
}

TEST_F(RegularFile, IsNoDirectoryAndNoDevice) {
  expect_refused(directory_, Code::kUnsupported, " is a directory; it has to be a regular file");
  expect_refused("/dev/zero", Code::kUnsupported, " is a device; it has to be a regular file");
}

TEST_F(RegularFile, LeavesNoDescriptorOpen) {
  const auto open_now = [] {
    const auto all = std::filesystem::directory_iterator("/proc/self/fd");
    return std::distance(begin(all), end(all));
  };
  const auto before = open_now();
  static_cast<void>(read_regular_file(written("a", "text")));
  static_cast<void>(read_regular_file(directory_));
  static_cast<void>(read_regular_file(directory_ + "/none"));
  EXPECT_EQ(open_now(), before);
}

}  // namespace
}  // namespace base
