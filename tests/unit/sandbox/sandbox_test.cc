#include "sandbox/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

// The sanitizers' own functions: there in their builds only.
extern "C" {
__attribute__((weak)) void __asan_init();
__attribute__((weak)) void __tsan_init();
}

namespace sandbox {
namespace {

/// What became of a process that was confined and then ran `body`.
struct Outcome {
  std::string text;    ///< that it wrote
  std::string status;  ///< its /proc/PID/status, after `body`
  std::string oom_score;
  std::vector<std::string> missing;
};

std::string contents(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// `body` runs confined, in a process of its own; what it returns comes back.
Outcome confined(const std::function<std::string()>& body, const Options& options = {}) {
  int answer[2];
  int leave[2];
  EXPECT_EQ(pipe(answer), 0);
  EXPECT_EQ(pipe(leave), 0);
  const pid_t pid = fork();
  if (pid == 0) {
    close(leave[1]);
    std::string text;
    for (const std::string& step : confine(options)) text += step + "\n";
    text += '\0';
    text += body();
    if (write(answer[1], text.data(), text.size()) < 0) _exit(1);
    close(answer[1]);
    char byte = 0;
    _exit(read(leave[0], &byte, 1) == 0 ? 0 : 1);
  }
  close(answer[1]);
  close(leave[0]);
  Outcome outcome;
  std::string all;
  char buffer[4096];
  for (ssize_t count = 0; (count = read(answer[0], buffer, sizeof buffer)) > 0;)
    all.append(buffer, static_cast<std::size_t>(count));
  outcome.status = contents("/proc/" + std::to_string(pid) + "/status");
  outcome.oom_score = contents("/proc/" + std::to_string(pid) + "/oom_score_adj");
  close(leave[1]);
  close(answer[0]);
  int status = 0;
  waitpid(pid, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "it died of what it tried: " << status;
  const std::size_t end = all.find('\0');
  std::istringstream lines(all.substr(0, end));
  for (std::string line; std::getline(lines, line);) outcome.missing.push_back(line);
  outcome.text = end == std::string::npos ? "" : all.substr(end + 1);
  return outcome;
}

std::string refused(long result) { return result == -1 && errno == EPERM ? "refused " : "done "; }

std::string field(const std::string& status, const std::string& name) {
  std::istringstream lines(status);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(name + ":\t")) return line.substr(name.size() + 2);
  }
  return "";
}

#define SKIP_WITHOUT_FILTER() \
  if (kSanitized) GTEST_SKIP() << "sanitizers need the system calls that the filter refuses"

// Otherwise a release could be built unconfined, and the tests below would be skipped.
TEST(Confine, SparesOnlyTheBuildsOfSanitizers) {
  EXPECT_EQ(kSanitized, __asan_init != nullptr || __tsan_init != nullptr);
}

TEST(Confine, TakesEveryStepHere) {
  const Outcome outcome = confined([] { return std::string("lives"); });
  EXPECT_EQ(outcome.missing, std::vector<std::string>{});
  EXPECT_EQ(outcome.text, "lives");
}

TEST(Confine, LeavesNoPrivilegeAndNoneToBeHad) {
  const Outcome outcome = confined([] { return std::string(); });
  EXPECT_EQ(field(outcome.status, "NoNewPrivs"), "1");
  EXPECT_EQ(field(outcome.status, "CapEff"), "0000000000000000");
  EXPECT_EQ(field(outcome.status, "CapPrm"), "0000000000000000");
  EXPECT_EQ(field(outcome.status, "CapInh"), "0000000000000000");
  EXPECT_EQ(outcome.oom_score, "500\n");
  if (geteuid() != 0) return;
  EXPECT_EQ(field(outcome.status, "CapBnd"), "0000000000000000");
  EXPECT_EQ(field(outcome.status, "Uid"), "65534\t65534\t65534\t65534");
  EXPECT_EQ(field(outcome.status, "Gid"), "65534\t65534\t65534\t65534");
  EXPECT_EQ(field(outcome.status, "Groups"), " ") << field(outcome.status, "Groups");
}

TEST(Confine, LeavesNothingOfTheEnvironment) {
  setenv("KICKOFF_KEYS", "secret", 1);
  EXPECT_EQ(confined([] { return std::string(std::getenv("KICKOFF_KEYS") == nullptr ? "nothing" : "all"); }).text,
            "nothing");
  unsetenv("KICKOFF_KEYS");
}

TEST(Confine, OpensNoFile) {
  SKIP_WITHOUT_FILTER();
  const Outcome outcome = confined([] {
    std::string text = refused(open("/etc/hostname", O_RDONLY));
    text += refused(syscall(SYS_open, "/etc/hostname", O_RDONLY));
    text += refused(openat(AT_FDCWD, "/tmp/x", O_WRONLY | O_CREAT, 0600));
    text += refused(unlink("/tmp/x"));
    text += refused(syscall(SYS_openat2, AT_FDCWD, "/etc/hostname", nullptr, 0));
    text += refused(memfd_create("x", 0));
    return text;
  });
  EXPECT_EQ(outcome.text, "refused refused refused refused refused refused ");
  EXPECT_EQ(field(outcome.status, "Seccomp"), "2");
}

TEST(Confine, OpensNoSocket) {
  SKIP_WITHOUT_FILTER();
  const Outcome outcome = confined([] {
    int pair[2];
    return refused(socket(AF_INET, SOCK_STREAM, 0)) + refused(socket(AF_UNIX, SOCK_DGRAM, 0)) +
           refused(socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) + refused(syscall(SYS_io_uring_setup, 8, nullptr));
  });
  EXPECT_EQ(outcome.text, "refused refused refused refused ");
}

TEST(Confine, StartsNoProgramAndNoProcess) {
  SKIP_WITHOUT_FILTER();
  const Outcome outcome = confined([] {
    char program[] = "/bin/true";
    char* const arguments[] = {program, nullptr};
    std::string text = refused(execv(program, arguments));
    const pid_t child = fork();
    if (child == 0) _exit(0);
    text += refused(child);
    text += refused(syscall(SYS_vfork));
    return text;
  });
  EXPECT_EQ(outcome.text, "refused refused refused ");
}

TEST(Confine, TouchesNoOtherProcess) {
  SKIP_WITHOUT_FILTER();
  const pid_t parent = getpid();
  const Outcome outcome = confined([parent] {
    return refused(kill(parent, 0)) + refused(syscall(SYS_tgkill, parent, parent, 0)) +
           refused(syscall(SYS_ptrace, 16, parent, 0, 0)) +
           refused(syscall(SYS_process_vm_readv, parent, 0, 0, 0, 0, 0)) +
           refused(syscall(SYS_prlimit64, parent, RLIMIT_NOFILE, nullptr, nullptr));
  });
  EXPECT_EQ(outcome.text, "refused refused refused refused refused ");
}

TEST(Confine, LeavesWhatAWorkerNeeds) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const int memory = memfd_create("media", MFD_CLOEXEC);
  ASSERT_EQ(ftruncate(memory, 1 << 20), 0);
  const Outcome outcome = confined([&] {
    std::string text;
    int value = 0;
    std::thread([&value] { value = 7; }).join();
    text += value == 7 ? "thread " : "";
    const std::string large(64 << 20, 'x');
    text += large.back() == 'x' ? "memory " : "";
    text += pwrite(memory, "media", 5, 4096) == 5 ? "file " : "";
    void* const page = mmap(nullptr, 4096, PROT_READ, MAP_SHARED, memory, 4096);
    text += page != MAP_FAILED && static_cast<const char*>(page)[0] == 'm' ? "mapping " : "";
    text += write(pipe_ends[1], "x", 1) == 1 ? "pipe " : "";
    timespec now{};
    text += clock_gettime(CLOCK_REALTIME, &now) == 0 && now.tv_sec > 0 ? "time " : "";
    text += std::thread::hardware_concurrency() > 0 ? "cores " : "";
    std::signal(SIGUSR1, [](int) {});
    text += raise(SIGUSR1) == 0 ? "signal" : "";
    return text;
  });
  EXPECT_EQ(outcome.text, "thread memory file mapping pipe time cores signal");
  close(pipe_ends[0]);
  close(pipe_ends[1]);
  close(memory);
}

TEST(Confine, HasALimitOnAddressSpace) {
  if (kSanitized) GTEST_SKIP() << "sanitizers reserve more than any limit";
  const Outcome outcome = confined([] {
    void* const huge =
        mmap(nullptr, std::size_t{40} << 30, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return std::string(huge == MAP_FAILED && errno == ENOMEM ? "no room" : "room");
  });
  EXPECT_EQ(outcome.text, "no room");
}

TEST(Confine, LimitsWhatIsAllocatedWhereItIsTold) {
  if (kSanitized) GTEST_SKIP() << "sanitizers allocate as they like";
  const auto allocate = [] {
    std::string text;
    for (const std::size_t mebibytes : {std::size_t{1}, std::size_t{1024}}) {
      void* const block = mmap(nullptr, mebibytes << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      text += block == MAP_FAILED && errno == ENOMEM ? "no room " : "room ";
    }
    return text;
  };
  const Outcome limited = confined(allocate, {.data = std::uint64_t{512} << 20});
  EXPECT_EQ(limited.text, "room no room ");
  EXPECT_EQ(limited.missing, std::vector<std::string>{});
  EXPECT_EQ(confined(allocate).text, "room room ") << "no limit";
}

}  // namespace
}  // namespace sandbox
