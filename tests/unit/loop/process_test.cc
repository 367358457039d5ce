#include "loop/process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>

#include "loop/stream.h"
#include "loop/timer.h"

namespace loop {
namespace {

TEST(Process, TellsItsExitStatus) {
  Loop loop;
  Process::Exit seen;
  auto process = Process::spawn(loop, {.program = "/bin/sh", .arguments = {"-c", "exit 7"}}, [&](Process::Exit exit) {
                   seen = exit;
                 }).take();
  loop.run();
  EXPECT_EQ(seen.status, 7);
  EXPECT_EQ(seen.signal, 0);
}

TEST(Process, TellsTheSignalThatKilledIt) {
  Loop loop;
  Process::Exit seen;
  auto process = Process::spawn(loop, {.program = "/bin/sleep", .arguments = {"60"}}, [&](Process::Exit exit) {
                   seen = exit;
                 }).take();
  process->kill(SIGKILL);
  loop.run();
  EXPECT_EQ(seen.signal, SIGKILL);
}

TEST(Process, AMissingProgramIsAnErrorThatNamesIt) {
  Loop loop;
  const auto process = Process::spawn(loop, {.program = "/nonexistent/worker"}, nullptr);
  ASSERT_FALSE(process.ok());
  EXPECT_NE(process.error().message().find("/nonexistent/worker"), std::string::npos);
}

class Collector : public StreamHandler {
 public:
  void on_read(base::View bytes) override { text += base::text_of(bytes); }
  void on_end(const std::optional<base::Error>&) override { stream->close(); }
  std::string text;
  Stream* stream = nullptr;
};

TEST(Process, PassesDescriptorsUnderTheNumbersAskedFor) {
  Loop loop;
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  auto process =
      Process::spawn(loop, {.program = "/bin/sh", .arguments = {"-c", "echo hello >&5"}, .inherit = {{ends[1], 5}}},
                     nullptr)
          .take();
  ::close(ends[1]);
  auto stream = Stream::of_descriptor(loop, ends[0]).take();
  Collector collector;
  collector.stream = stream.get();
  stream->start(collector);
  loop.run();
  EXPECT_EQ(collector.text, "hello\n");
}

TEST(Process, HasTheEnvironmentThatItIsGiven) {
  Loop loop;
  setenv("KICKOFF_TEST_SECRET", "visible", 1);
  const auto status_with = [&](const std::optional<std::vector<std::string>>& environment) {
    int status = -1;
    const auto process =
        Process::spawn(loop,
                       {.program = "/bin/sh",
                        .arguments = {"-c", "test \"$KICKOFF_TEST_SECRET\" = visible && exit 1; exit ${GIVEN:-0}"},
                        .environment = environment},
                       [&](Process::Exit exit) {
                         status = exit.status;
                         loop.stop();
                       })
            .take();
    loop.run();
    return status;
  };
  EXPECT_EQ(status_with(std::nullopt), 1) << "ours";
  EXPECT_EQ(status_with(std::vector<std::string>{}), 0);
  EXPECT_EQ(status_with(std::vector<std::string>{"GIVEN=5"}), 5);
  unsetenv("KICKOFF_TEST_SECRET");
}

TEST(SignalWatch, CallsBackOnItsSignal) {
  Loop loop;
  int seen = 0;
  SignalWatch watch(loop, SIGUSR1, [&] {
    ++seen;
    loop.stop();
  });
  raise(SIGUSR1);
  loop.run();
  EXPECT_EQ(seen, 1);
}

/// The pid of a dead child of this process that it has not started, as PID 1 gets them. It dies after the shell that
/// started it: a shell may wait for its own.
int make_orphan(Loop& loop) {
  int ends[2];
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  auto parent = Process::spawn(loop,
                               {.program = "/bin/sh",
                                .arguments = {"-c", "(read until_closed <&5; exit 3) & echo $! >&5"},
                                .inherit = {{ends[1], 5}}},
                               [&](Process::Exit) { loop.stop(); })
                    .take();
  ::close(ends[1]);
  loop.run();
  char text[32] = {};
  EXPECT_GT(::read(ends[0], text, sizeof text - 1), 0);
  ::close(ends[0]);
  const int orphan = std::atoi(text);
  siginfo_t info{};
  EXPECT_EQ(waitid(P_PID, static_cast<id_t>(orphan), &info, WEXITED | WNOWAIT), 0);
  return orphan;
}

TEST(OrphanReaper, WaitsForOrphansAndLeavesOtherChildrenToThoseWhoStartedThem) {
  ASSERT_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  Loop loop;
  // Dead before the reaper comes, and waited for by nobody else until the end: those behind it are not forgotten.
  const int own = fork();
  if (own == 0) _exit(4);
  siginfo_t info{};
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(own), &info, WEXITED | WNOWAIT), 0);
  const int orphan = make_orphan(loop);
  ASSERT_GT(orphan, 0);
  bool own_is_waited_for = false;
  OrphanReaper reaper(loop, [&](int pid) { return pid == own; });
  Timer look(loop, [&] {
    if (!own_is_waited_for) own_is_waited_for = waitpid(own, nullptr, WNOHANG) == own;
    if (reaper.reaped() > 0) loop.stop();
  });
  look.start(100 * base::kMillisecond, 10 * base::kMillisecond);
  loop.run();
  EXPECT_TRUE(own_is_waited_for) << "it was left alone";
  EXPECT_EQ(waitpid(orphan, nullptr, WNOHANG), -1) << "it is no zombie any more";
  EXPECT_EQ(errno, ECHILD);
  prctl(PR_SET_CHILD_SUBREAPER, 0);
}

}  // namespace
}  // namespace loop
