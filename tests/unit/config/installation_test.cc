#include "config/installation.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace config {
namespace {

class InstallationTest : public ::testing::Test {
 protected:
  ~InstallationTest() override { std::filesystem::remove_all(prefix_); }

  void make(const std::string& directory) const { std::filesystem::create_directories(prefix_ + directory); }

  const std::string prefix_ = ::testing::TempDir() + "kickoff-prefix-" + std::to_string(getpid());
  const Installation installation_{prefix_ + "/bin/kickoff"};
};

TEST_F(InstallationTest, HasItsWorkerBesideTheProgram) {
  EXPECT_EQ(installation_.worker_program(), prefix_ + "/bin/kickoff-worker");
}

TEST_F(InstallationTest, HasItsPagesBelowShare) {
  make("/share/kickoff/web");
  make("/web");
  EXPECT_EQ(installation_.web_directory(), prefix_ + "/share/kickoff/web");
}

TEST_F(InstallationTest, HasThePagesOfTheSourceTreeWhereItIsABuildTree) {
  make("/web");
  EXPECT_EQ(installation_.web_directory(), prefix_ + "/web");
}

TEST_F(InstallationTest, NamesTheSourceTreesPagesWhereThereAreNone) {
  EXPECT_EQ(installation_.web_directory(), prefix_ + "/web");
}

TEST(Installation, AtTheRootOfAFileSystemNeedsNoPrefix) {
  EXPECT_EQ(Installation("/kickoff-no-such/kickoff").web_directory(), "/web");
}

TEST(Installation, OfAProgramWithoutADirectoryIsTheWorkingDirectorys) {
  EXPECT_EQ(Installation("kickoff").worker_program(), "./kickoff-worker");
  EXPECT_EQ(Installation("kickoff").web_directory(), "./../web");
}

TEST(Installation, OfThisProcessIsThatOfItsOwnFile) {
  const std::string worker = Installation::of_this_process().worker_program();
  EXPECT_EQ(worker.substr(0, worker.rfind('/')), std::filesystem::read_symlink("/proc/self/exe").parent_path());
}

}  // namespace
}  // namespace config
