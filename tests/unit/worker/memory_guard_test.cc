#include "worker/memory_guard.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <functional>
#include <new>
#include <vector>

#include "sandbox/sandbox.h"

namespace worker {
namespace {

constexpr std::uint64_t kLimit = std::uint64_t{512} << 20;

class MemoryGuardTest : public testing::Test {
 protected:
  void SetUp() override {
    if (sandbox::kSanitized) GTEST_SKIP() << "sanitizers allocate as they like";
    void* page = mmap(nullptr, sizeof(job::Stats), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(page, MAP_FAILED);
    stats_ = new (page) job::Stats{};
  }
  void TearDown() override {
    if (stats_ != nullptr) munmap(stats_, sizeof(job::Stats));
  }
  /// How a worker ends that does this.
  int status_of(const std::function<void()>& work) {
    const pid_t pid = fork();
    if (pid == 0) {
      sandbox::confine({.data = kLimit});
      end_without_memory(*stats_);
      work();
      _exit(0);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return status;
  }

  job::Stats* stats_ = nullptr;  ///< shared with the worker, as the server's
};

TEST_F(MemoryGuardTest, AWorkerThatAllocatesBeyondItsLimitEndsAndSaysWhy) {
  const int status = status_of([] {
    std::vector<std::vector<char>> kept;
    for (;;) kept.emplace_back(std::size_t{1} << 20, 'x');
  });
  ASSERT_TRUE(WIFEXITED(status)) << status;
  EXPECT_EQ(WEXITSTATUS(status), kOutOfMemory);
  EXPECT_EQ(stats_->out_of_memory, 1U);
}

// As x264 does, which goes on without what malloc refused.
TEST_F(MemoryGuardTest, ACrashWithoutMemoryIsToldFromAnother) {
  const int without = status_of([] {
    while (malloc(std::size_t{4} << 20) != nullptr) {
    }
    raise(SIGSEGV);
  });
  EXPECT_TRUE(WIFSIGNALED(without) && WTERMSIG(without) == SIGSEGV) << without;
  EXPECT_EQ(stats_->out_of_memory, 1U);
  stats_->out_of_memory = 0;
  const int other = status_of([] { abort(); });
  EXPECT_TRUE(WIFSIGNALED(other) && WTERMSIG(other) == SIGABRT) << other;
  EXPECT_EQ(stats_->out_of_memory, 0U);
}

TEST_F(MemoryGuardTest, AWorkerThatStaysBelowItsLimitLives) {
  const int status = status_of([] { const std::vector<char> kept(kLimit / 4, 'x'); });
  ASSERT_TRUE(WIFEXITED(status)) << status;
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(stats_->out_of_memory, 0U);
}

}  // namespace
}  // namespace worker
