#include "app/server.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>

#include "unit/app/fetch.h"
#include "unit/app/server_fixture.h"

namespace app {
namespace {

using testing::fetch;
using testing::ServerTest;
using testing::status_of;
using testing::wait_until;

TEST_F(ServerTest, AnswersOnItsAdministrationPortFromItsStartToItsStop) {
  auto server = make();
  ASSERT_TRUE(server->start().ok());
  const std::uint16_t port = server->admin_port();
  ASSERT_NE(port, 0);
  run_beside(*server, [&] {
    EXPECT_EQ(status_of(fetch(port, "/livez")), "200");
    EXPECT_EQ(status_of(fetch(port, "/readyz")), "200");
    EXPECT_NE(fetch(port, "/metrics").find("kickoff_"), std::string::npos);
    EXPECT_NE(fetch(port, "/api/v1/channels").find("[]"), std::string::npos);
  });
  EXPECT_EQ(fetch(port, "/livez"), "");
}

TEST_F(ServerTest, KeepsItsCertificateInAStateDirectoryThatItMakes) {
  auto server = make();
  ASSERT_TRUE(server->start().ok());
  EXPECT_TRUE(std::filesystem::exists(directory_ + "/state/tls-self-signed.crt"));
  struct stat state{};
  ASSERT_EQ(stat((directory_ + "/state").c_str(), &state), 0);
  EXPECT_EQ(state.st_mode & 0777, 0700U) << "there is a key in it";
  ASSERT_TRUE(make()->start().ok()) << "a directory that is there is no fault";
}

TEST_F(ServerTest, StopsWhereItWasAskedToBeforeItHadStarted) {
  auto server = make();
  server->stop();
  ASSERT_TRUE(server->start().ok());
  server->run();
}

TEST_F(ServerTest, StopsOnASignalThatComesInTheMiddleOfItsStart) {
  // The media process is started before the listeners are: it asks its parent to end.
  write_worker("kill -TERM $PPID; exec cat <&3 >/dev/null");
  auto server = make();
  ASSERT_TRUE(server->start().ok());
  server->run();
}

TEST_F(ServerTest, StopsOnEitherSignal) {
  for (const int number : {SIGTERM, SIGINT}) {
    auto server = make();
    ASSERT_TRUE(server->start().ok());
    raise(number);
    server->run();
  }
}

TEST_F(ServerTest, EndsItsChannelsBeforeItStopsWhereTheConfigurationSaysSo) {
  write_config("end_channels_on_stop: true\n");
  auto server = make();
  ASSERT_TRUE(server->start().ok());
  server->stop();
  server->run();
}

TEST_F(ServerTest, StopsAtOnceWhenItIsAskedTwice) {
  auto server = make();
  ASSERT_TRUE(server->start().ok());
  server->stop();
  server->stop();
  server->run();
}

TEST_F(ServerTest, IsNotReadyWhileItDrainsAndAnswersAllElse) {
  write_config("drain: 300s\n");
  auto server = make();
  ASSERT_TRUE(server->start().ok());
  const std::uint16_t port = server->admin_port();
  run_beside(*server, [&] {
    EXPECT_EQ(status_of(fetch(port, "/readyz")), "200");
    server->stop();
    wait_until([&] { return status_of(fetch(port, "/readyz")) == "503"; });
    EXPECT_NE(fetch(port, "/readyz").find("stopping"), std::string::npos);
    EXPECT_EQ(status_of(fetch(port, "/livez")), "200") << "nobody may kill it for that";
    EXPECT_EQ(status_of(fetch(port, "/metrics")), "200");
    // run_beside() asks once more: the rest of the five minutes is not waited for.
  });
  EXPECT_EQ(fetch(port, "/livez"), "");
}

TEST_F(ServerTest, StopsByItselfWhenItHasDrained) {
  for (const char* more : {"drain: 20ms\n", "drain: 20ms\nend_channels_on_stop: true\n"}) {
    write_config(more);
    auto server = make();
    ASSERT_TRUE(server->start().ok());
    server->stop();
    server->run();
  }
}

TEST_F(ServerTest, StopsWhileItReadsItsConfigurationAgain) {
  auto server = make();
  ASSERT_TRUE(server->start().ok());
  server->reload();
  server->reload();
  server->stop();
  server->run();
}

TEST_F(ServerTest, NamesTheMediaWorkerThatIsMissing) {
  std::filesystem::remove(worker_);
  const base::Status status = make()->start();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, base::Code::kNotFound);
  EXPECT_NE(status.error().message().find(worker_), std::string::npos);
}

TEST_F(ServerTest, NamesTheStateDirectoryThatCannotBeMade) {
  std::filesystem::remove_all(directory_ + "/state");
  auto loaded = std::get<config::Config>(config::load_config(path_));
  loaded.state_directory = "/nowhere/at/all";
  Instance server(loaded, path_, worker_);
  const base::Status status = server.start();
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().message().find("/nowhere/at/all"), std::string::npos);
}

TEST_F(ServerTest, NamesTheWebDirectoryThatIsMissing) {
  std::filesystem::remove_all(directory_ + "/web");
  const base::Status status = make()->start();
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().message().find(directory_ + "/web"), std::string::npos);
}

// What was built before the fault is taken down again, threads and the media process with it.
TEST_F(ServerTest, TakesDownWhatItBuiltWhereTheLastPieceFails) {
  auto first = make();
  ASSERT_TRUE(first->start().ok());
  auto config = std::get<config::Config>(config::load_config(path_));
  config.admin.port = first->admin_port();
  Instance second(config, path_, worker_);
  const base::Status status = second.start();
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().message().find(std::to_string(first->admin_port())), std::string::npos);
}

TEST_F(ServerTest, EndsWithoutHavingBeenStarted) { make(); }

TEST_F(ServerTest, SaysWhyItDoesNotStartAndReturnsOne) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  auto config = std::get<config::Config>(config::load_config(path_));
  config.state_directory = "/nowhere/at/all";
  EXPECT_EXIT(std::exit(run_server(config, path_, std::nullopt)), ::testing::ExitedWithCode(1),
              "cannot start.*/nowhere/at/all");
}

TEST_F(ServerTest, LooksForTheMediaWorkerBesideItsOwnProgram) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const std::string beside = std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
  const auto config = std::get<config::Config>(config::load_config(path_));
  EXPECT_EXIT(std::exit(run_server(config, path_, std::nullopt)), ::testing::ExitedWithCode(1),
              "media worker " + beside + "/kickoff-worker: ");
}

}  // namespace
}  // namespace app
