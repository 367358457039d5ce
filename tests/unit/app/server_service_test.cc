// What a service manager hears of a whole server.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "app/server.h"
#include "unit/app/fetch.h"
#include "unit/app/notify_socket.h"
#include "unit/app/server_fixture.h"

namespace app {
namespace {

using testing::LogFile;
using testing::NotifySocket;
using testing::status_of;
using testing::wait_until;

class WatchedServer : public testing::ServerTest {
 protected:
  std::unique_ptr<Instance> make_watched(base::Micros watchdog) {
    return std::make_unique<Instance>(std::get<config::Config>(config::load_config(path_)), path_, worker_,
                                      std::nullopt, ServiceNotifier::Options{manager_.name(), watchdog});
  }
  /// The next report that is no keep-alive; waits for it.
  std::string next_state() {
    std::string report;
    wait_until([&] {
      report = manager_.next();
      return !report.empty() && report != "WATCHDOG=1";
    });
    return report.substr(0, report.find('\n'));
  }

  NotifySocket manager_{directory_ + "/notify"};
};

TEST_F(WatchedServer, IsReadyOnceItListens) {
  auto server = make_watched(0);
  EXPECT_EQ(manager_.next(), "");
  ASSERT_TRUE(server->start().ok());
  EXPECT_EQ(next_state(), "READY=1");
  EXPECT_EQ(manager_.next(), "") << "no watchdog";
}

TEST_F(WatchedServer, IsNotReadyWhereItCannotStart) {
  std::filesystem::remove_all(worker_);
  auto server = make_watched(base::kSecond);
  ASSERT_FALSE(server->start().ok());
  EXPECT_EQ(manager_.next(), "");
}

TEST_F(WatchedServer, ReportsReloadsGoodAndBadAndItsStop) {
  LogFile log(directory_ + "/log");
  auto server = make_watched(0);
  ASSERT_TRUE(server->start().ok());
  EXPECT_EQ(next_state(), "READY=1");
  run_beside(*server, [&] {
    raise(SIGHUP);
    EXPECT_EQ(next_state(), "RELOADING=1");
    EXPECT_EQ(next_state(), "READY=1");
    write_config("nonsense: 1\n");
    raise(SIGHUP);
    EXPECT_EQ(next_state(), "RELOADING=1");
    EXPECT_EQ(next_state(), "READY=1") << "it serves on with what it had";
  });
  EXPECT_EQ(next_state(), "STOPPING=1");
}

TEST_F(WatchedServer, AsksForTheTimeThatItDrainsAndStopsIn) {
  write_config("drain: 20ms\n");
  auto server = make_watched(0);
  ASSERT_TRUE(server->start().ok());
  EXPECT_EQ(manager_.next(), "READY=1\nSTATUS=Serving");
  server->stop();
  server->run();
  EXPECT_EQ(manager_.next(),
            "STOPPING=1\nSTATUS=Draining: not ready, everything is answered\nEXTEND_TIMEOUT_USEC=20020000");
  EXPECT_EQ(manager_.next(), "STOPPING=1\nSTATUS=Stopping: answers that are on their way finish");
}

TEST_F(WatchedServer, KeepsItsWatchdogQuiet) {
  auto server = make_watched(20 * base::kMillisecond);
  ASSERT_TRUE(server->start().ok());
  EXPECT_EQ(next_state(), "READY=1");
  run_beside(*server, [&] {
    for (int times = 0; times < 5; ++times) wait_until([&] { return manager_.next() == "WATCHDOG=1"; });
  });
}

}  // namespace
}  // namespace app
