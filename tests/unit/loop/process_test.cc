#include "loop/process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>

#include <string>

#include "loop/stream.h"

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

}  // namespace
}  // namespace loop
