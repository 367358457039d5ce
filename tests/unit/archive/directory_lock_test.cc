#include "archive/directory_lock.h"

#include <gtest/gtest.h>

#include "unit/archive/logs.h"

namespace archive {
namespace {

TEST(DirectoryLock, ASecondProcessDoesNotGetTheDirectoryUntilTheFirstHasGone) {
  const ScratchDirectory scratch;
  const std::string directory = scratch.path() + "/journal";
  auto first = DirectoryLock::take(directory);
  ASSERT_TRUE(first.ok()) << first.error().message();
  const auto second = DirectoryLock::take(directory);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, base::Code::kBusy);
  first.value().reset();
  EXPECT_TRUE(DirectoryLock::take(directory).ok());
}

TEST(DirectoryLock, AFileInTheDirectorysPlaceIsAnError) {
  const ScratchDirectory scratch;
  append_bytes(scratch.path() + "/journal", "x");
  EXPECT_EQ(DirectoryLock::take(scratch.path() + "/journal").error().code, base::Code::kSystem);
  EXPECT_EQ(DirectoryLock::take(scratch.path() + "/a/b").error().code, base::Code::kSystem);
}

}  // namespace
}  // namespace archive
