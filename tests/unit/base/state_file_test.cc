#include "base/state_file.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

namespace base {
namespace {

class StateFileTest : public testing::Test {
 protected:
  StateFileTest() {
    std::string name = testing::TempDir() + "state-XXXXXX";
    directory_ = mkdtemp(name.data());
  }
  ~StateFileTest() override { std::filesystem::remove_all(directory_); }
  std::string path() const { return directory_ + "/webhooks"; }
  std::string content() const {
    std::ifstream in(path());
    return {std::istreambuf_iterator<char>(in), {}};
  }
  template <typename Until>
  static void wait(Until until) {
    while (!until()) std::this_thread::yield();
  }

  std::string directory_;
};

TEST_F(StateFileTest, HasTheNewestTextAtItsEnd) {
  {
    StateFile file({path(), "test", "nothing"});
    for (int i = 0; i < 1000; ++i) file.put(std::to_string(i));
  }
  EXPECT_EQ(content(), "999");
  EXPECT_FALSE(std::filesystem::exists(path() + ".new"));
}

TEST_F(StateFileTest, WritesWithoutBeingWaitedFor) {
  StateFile file({path(), "test", "nothing"});
  file.put("text");
  wait([&] { return content() == "text"; });
  EXPECT_FALSE(file.failing());
}

TEST_F(StateFileTest, IsWrittenAgainWhenTheDiskTakesIt) {
  std::filesystem::rename(directory_, directory_ + "-away");
  StateFile file({path(), "test", "nothing"});
  file.put("one");
  wait([&] { return file.failing(); });
  std::filesystem::rename(directory_ + "-away", directory_);
  file.put("two");
  wait([&] { return content() == "two"; });
  wait([&] { return !file.failing(); });
}

TEST_F(StateFileTest, WhatCannotBeWrittenLeavesTheTextBefore) {
  std::ofstream(path()) << "before";
  std::filesystem::create_directory(path() + ".new");
  {
    StateFile file({path(), "test", "nothing"});
    file.put("after");
  }
  EXPECT_EQ(content(), "before");
}

TEST_F(StateFileTest, AWaiterIsToldWhenItsTextIsOnTheDisk) {
  StateFile file({path(), "test", "nothing"});
  const std::uint64_t first = file.put("one");
  const std::uint64_t second = file.put("two");
  EXPECT_EQ(second, first + 1);
  EXPECT_TRUE(file.wait(second, 60 * kSecond));
  EXPECT_EQ(content(), "two");
  EXPECT_TRUE(file.wait(first, 0)) << "a newer one is there";
  EXPECT_FALSE(file.wait(second + 1, 1)) << "nobody has put it";
}

TEST_F(StateFileTest, AWaiterIsToldWhenItsTextCannotBeWritten) {
  std::filesystem::create_directory(path() + ".new");
  StateFile file({path(), "test", "nothing"});
  EXPECT_FALSE(file.wait(file.put("text"), 60 * kSecond));
}

TEST_F(StateFileTest, WhatIsPutBehindItsEndIsNotWritten) {
  StateFile file({path(), "test", "nothing"});
  file.put("one");
  file.finish();
  EXPECT_EQ(content(), "one");
  file.put("two");
  file.finish();
  EXPECT_EQ(content(), "one");
}

}  // namespace
}  // namespace base
