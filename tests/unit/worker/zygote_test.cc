#include "worker/zygote.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "sandbox/sandbox.h"

namespace worker {
namespace {

/// A parent of workers in a process of its own; `run` is what each of its workers does.
class ZygoteTest : public testing::Test {
 protected:
  void start(const RunChannel& run) {
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    pid_ = fork();
    if (pid_ == 0) {
      close(ends[0]);
      for (const int stranger : {ends[1] - 1, ends[1] + 1}) {
        if (beside_) dup2(STDERR_FILENO, stranger);
      }
      _exit(run_zygote(ends[1], run));
    }
    close(ends[1]);
    socket_ = ends[0];
  }
  void TearDown() override {
    close(socket_);
    int status = 0;
    waitpid(pid_, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  }

  /// What the worker of this request wrote for records.
  std::string run_worker(std::uint64_t id, const std::string& options) {
    int feed[2];
    int records[2];
    EXPECT_EQ(pipe(feed), 0);
    EXPECT_EQ(pipe(records), 0);
    const int memory = memfd_create("test", MFD_CLOEXEC);
    EXPECT_TRUE(job::send_request(socket_, {id, options}, {feed[0], records[1], memory, memory}).ok());
    close(feed[0]);
    close(records[1]);
    close(memory);
    std::string text;
    char buffer[4096];
    for (ssize_t count = 0; (count = read(records[0], buffer, sizeof buffer)) > 0;)
      text.append(buffer, static_cast<std::size_t>(count));
    close(feed[1]);
    close(records[0]);
    return text;
  }

  job::SpawnReport next_report() {
    std::uint8_t packet[4096];
    const ssize_t size = recv(socket_, packet, sizeof packet, 0);
    EXPECT_GT(size, 0);
    auto report = job::parse_report({packet, static_cast<std::size_t>(size)});
    EXPECT_TRUE(report.ok());
    return report.take();
  }

  static void write_text(int descriptor, const std::string& text) {
    if (write(descriptor, text.data(), text.size()) < 0) _exit(9);
  }

  bool beside_ = false;  ///< whether the parent has open descriptors right beside its socket
  int socket_ = -1;
  pid_t pid_ = -1;
};

TEST_F(ZygoteTest, ForksAWorkerForEachRequestAndTellsOfItsEnd) {
  start([](const std::string& options, const job::SpawnDescriptors& descriptors, const std::vector<std::string>&) {
    write_text(descriptors.records, "ran " + options);
    return options == "a" ? 0 : 5;
  });
  EXPECT_EQ(run_worker(1, "a"), "ran a");
  const job::SpawnReport started = next_report();
  EXPECT_EQ(started.kind, job::SpawnReport::Kind::kStarted);
  EXPECT_EQ(started.id, 1U);
  const job::SpawnReport ended = next_report();
  EXPECT_EQ(ended.kind, job::SpawnReport::Kind::kExited);
  EXPECT_EQ(ended.id, 1U);
  EXPECT_EQ(ended.pid, started.pid);
  EXPECT_EQ(ended.status, 0);
  EXPECT_EQ(run_worker(2, "b"), "ran b");
  EXPECT_EQ(next_report().id, 2U);
  EXPECT_EQ(next_report().status, 5);
}

TEST_F(ZygoteTest, AnswersAPingAndARequestThatItCannotRead) {
  start([](const std::string&, const job::SpawnDescriptors&, const std::vector<std::string>&) { return 0; });
  ASSERT_TRUE(job::send_ping(socket_).ok());
  EXPECT_EQ(next_report().kind, job::SpawnReport::Kind::kAlive);
  const std::uint64_t without_descriptors = 7;
  ASSERT_GT(send(socket_, &without_descriptors, sizeof without_descriptors, 0), 0);
  EXPECT_EQ(next_report().kind, job::SpawnReport::Kind::kFailed);
}

TEST_F(ZygoteTest, TellsOfTheSignalThatEndedAWorker) {
  start([](const std::string&, const job::SpawnDescriptors&, const std::vector<std::string>&) -> int {
    raise(SIGKILL);
    return 0;
  });
  run_worker(7, "");
  next_report();
  const job::SpawnReport ended = next_report();
  EXPECT_EQ(ended.kind, job::SpawnReport::Kind::kExited);
  EXPECT_EQ(ended.signal, SIGKILL);
}

// What a worker that a hostile stream has taken over would try first.
TEST_F(ZygoteTest, AWorkerOpensNoSocketNoFileAndNoProgram) {
  if (sandbox::kSanitized) GTEST_SKIP() << "sanitizers need the system calls that the filter refuses";
  start([](const std::string&, const job::SpawnDescriptors& descriptors, const std::vector<std::string>& refused) {
    std::string text;
    for (const std::string& step : refused) text += step + "; ";
    if (socket(AF_INET, SOCK_STREAM, 0) < 0 && errno == EPERM) text += "no socket, ";
    if (open("/proc/self/environ", O_RDONLY) < 0 && errno == EPERM) text += "no file, ";
    char program[] = "/bin/sh";
    char* const arguments[] = {program, nullptr};
    if (execv(program, arguments) < 0 && errno == EPERM) text += "no program, ";
    if (kill(getppid(), 0) < 0 && errno == EPERM) text += "no other process";
    write_text(descriptors.records, text);
    return 0;
  });
  EXPECT_EQ(run_worker(1, ""), "no socket, no file, no program, no other process");
}

TEST_F(ZygoteTest, AWorkerHasNoDescriptorButItsOwn) {
  const int left_open = dup(STDERR_FILENO);
  beside_ = true;
  start([](const std::string&, const job::SpawnDescriptors& descriptors, const std::vector<std::string>&) {
    std::string text;
    for (int number = 3; number < 1024; ++number) {
      const bool own = number == descriptors.feed || number == descriptors.records || number == descriptors.stats ||
                       number == descriptors.media;
      if (!own && fcntl(number, F_GETFD) >= 0) text += std::to_string(number) + " ";
    }
    write_text(descriptors.records, text + "end");
    return 0;
  });
  EXPECT_EQ(run_worker(1, ""), "end");
  close(left_open);
}

TEST_F(ZygoteTest, EndsWithItsWorkersWhenTheServerIsGone) {
  start([](const std::string&, const job::SpawnDescriptors& descriptors, const std::vector<std::string>&) {
    char byte = 0;
    return read(descriptors.feed, &byte, 1) == 0 ? 0 : 1;
  });
  int feed[2];
  ASSERT_EQ(pipe2(feed, O_CLOEXEC), 0);
  const int memory = memfd_create("test", MFD_CLOEXEC);
  ASSERT_TRUE(job::send_request(socket_, {1, ""}, {feed[0], feed[1], memory, memory}).ok());
  const int worker = next_report().pid;
  close(socket_);
  socket_ = -1;
  int status = 0;
  ASSERT_EQ(waitpid(pid_, &status, 0), pid_);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_NE(kill(worker, 0), 0) << "its worker waits for a feed that never ends, and is gone all the same";
  close(feed[0]);
  close(feed[1]);
  close(memory);
  start([](const std::string&, const job::SpawnDescriptors&, const std::vector<std::string>&) { return 0; });
}

}  // namespace
}  // namespace worker
