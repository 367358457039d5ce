#include "control/folder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace control {
namespace {

namespace fs = std::filesystem;

class FolderTest : public ::testing::Test {
 protected:
  FolderTest() {
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  ~FolderTest() override { fs::remove_all(root_); }

  const std::string root_ = ::testing::TempDir() + "kickoff-folder-" + std::to_string(getpid());
  Folder folder_{root_ + "/channels"};
};

TEST_F(FolderTest, IsEmptyBeforeTheFirstFile) {
  EXPECT_TRUE(folder_.read_all()->empty());
  EXPECT_EQ(folder_.read("a").error().code, base::Code::kNotFound);
  EXPECT_FALSE(fs::exists(root_ + "/channels"));
  EXPECT_TRUE(folder_.remove("a").ok());
}

TEST_F(FolderTest, KeepsWhatIsWritten) {
  ASSERT_TRUE(folder_.write("a", "one").ok());
  ASSERT_TRUE(folder_.write("b", "").ok());
  ASSERT_TRUE(folder_.write("a", "two").ok());
  const auto all = folder_.read_all();
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ(*all->at("a"), "two");
  EXPECT_EQ(*all->at("b"), "");
  EXPECT_EQ(*folder_.read("a"), "two");
  EXPECT_EQ(folder_.path("a"), root_ + "/channels/a.json");
  ASSERT_TRUE(folder_.remove("a").ok());
  EXPECT_EQ(folder_.read_all()->size(), 1u);
}

TEST_F(FolderTest, IsForItsOwnerAlone) {
  ASSERT_TRUE(folder_.write("a", "one").ok());
  EXPECT_EQ(fs::status(root_ + "/channels").permissions(), fs::perms::owner_all);
  EXPECT_EQ(fs::status(folder_.path("a")).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(FolderTest, LeavesOutWhatAPowerCutHasLeftBehind) {
  ASSERT_TRUE(folder_.write("a", "one").ok());
  std::ofstream(root_ + "/channels/a.json.new") << "tw";
  std::ofstream(root_ + "/channels/README") << "by hand";
  ASSERT_EQ(folder_.read_all()->size(), 1u);
  EXPECT_EQ(*folder_.read("a"), "one");
  ASSERT_TRUE(folder_.write("a", "three").ok());
  EXPECT_EQ(*folder_.read("a"), "three");
}

TEST_F(FolderTest, TellsOfAFileThatCannotBeReadAndReadsTheOthers) {
  ASSERT_TRUE(folder_.write("a", "one").ok());
  fs::create_directories(root_ + "/channels/b.json");
  const auto all = folder_.read_all();
  EXPECT_TRUE(all->at("a").ok());
  EXPECT_FALSE(all->at("b").ok());
}

TEST_F(FolderTest, KeepsTheOldTextWhereTheNewOneCannotBeWritten) {
  ASSERT_TRUE(folder_.write("a", "one").ok());
  fs::create_directories(root_ + "/channels/a.json.new");
  const base::Status status = folder_.write("a", "two");
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().what.find("channels/a.json.new: "), std::string::npos) << status.error().what;
  EXPECT_EQ(*folder_.read("a"), "one");
}

TEST_F(FolderTest, NeedsTheDirectoryAbove) {
  Folder lost(root_ + "/nowhere/channels");
  EXPECT_EQ(lost.write("a", "one").error().code, base::Code::kSystem);
  std::ofstream(root_ + "/file") << "";
  Folder file(root_ + "/file");
  EXPECT_FALSE(file.read_all().ok());
  EXPECT_FALSE(file.write("a", "one").ok());
}

}  // namespace
}  // namespace control
