#include "base/shared_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>

namespace base {
namespace {

TEST(SharedFile, HoldsWhatItWasMadeOf) {
  const std::string text(100'000, 'x');
  const auto file = SharedFile::make(view_of(text));
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(text_of((*file)->view()), text);
}

TEST(SharedFile, IsReadThroughADescriptorAfterItsMakerIsGone) {
  int theirs = -1;
  {
    const auto file = SharedFile::make(view_of("a picture"));
    ASSERT_TRUE(file.ok());
    theirs = fcntl((*file)->descriptor(), F_DUPFD_CLOEXEC, 0);
  }
  const auto file = SharedFile::open(theirs);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(text_of((*file)->view()), "a picture");
}

TEST(SharedFile, ClosesItsDescriptorAtItsEnd) {
  int number = -1;
  {
    const auto file = SharedFile::make(view_of("a picture"));
    ASSERT_TRUE(file.ok());
    number = (*file)->descriptor();
    EXPECT_EQ(fcntl(number, F_GETFD), FD_CLOEXEC);
  }
  EXPECT_EQ(fcntl(number, F_GETFD), -1);
}

TEST(SharedFile, CannotBeChangedByWhoHasItsDescriptor) {
  const auto file = SharedFile::make(view_of("a picture"));
  ASSERT_TRUE(file.ok());
  const int number = (*file)->descriptor();
  EXPECT_NE(pwrite(number, "b", 1, 0), 1);
  EXPECT_NE(ftruncate(number, 0), 0);
  EXPECT_EQ(mmap(nullptr, 9, PROT_WRITE, MAP_SHARED, number, 0), MAP_FAILED);
}

TEST(SharedFile, RefusesAFileThatCouldStillShrinkUnderItsReader) {
  const int open_file = memfd_create("test", MFD_ALLOW_SEALING);
  ASSERT_EQ(write(open_file, "x", 1), 1);
  const auto file = SharedFile::open(open_file);
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().code, Code::kMalformed);
  EXPECT_EQ(fcntl(open_file, F_GETFD), -1) << "what it refuses it closes";
}

TEST(SharedFile, RefusesNoBytes) {
  EXPECT_EQ(SharedFile::make({}).error().code, Code::kMalformed);
  EXPECT_EQ(SharedFile::open(-1).error().code, Code::kMalformed);
}

}  // namespace
}  // namespace base
