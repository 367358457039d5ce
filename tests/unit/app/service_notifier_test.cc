#include "app/service_notifier.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "unit/app/fake_clock.h"
#include "unit/app/notify_socket.h"
#include "unit/app/server_fixture.h"

namespace app {
namespace {

using testing::FakeClock;
using testing::LogFile;
using testing::NotifySocket;

class Service : public ::testing::Test {
 protected:
  ServiceNotifier& manager(base::Micros watchdog = 0) { return manager_at(socket_.name(), watchdog); }
  ServiceNotifier& manager_at(const std::string& socket, base::Micros watchdog = 0) {
    manager_ = std::make_unique<ServiceNotifier>(loop_, clock_, ServiceNotifier::Options{socket, watchdog},
                                                 [this] { return answers_; });
    return *manager_;
  }

  const std::string directory_ = ::testing::TempDir() + "kickoff-notify-" + std::to_string(getpid());
  NotifySocket socket_{directory_};
  loop::Loop loop_;
  FakeClock clock_;
  bool answers_ = true;
  std::unique_ptr<ServiceNotifier> manager_;
};

TEST_F(Service, IsToldOfTheStartAReloadAndTheStop) {
  ServiceNotifier& service = manager();
  service.ready("Serving");
  EXPECT_EQ(socket_.next(), "READY=1\nSTATUS=Serving");
  clock_.now = 1'234'567;
  service.reloading();
  EXPECT_EQ(socket_.next(), "RELOADING=1\nMONOTONIC_USEC=1234567");
  service.ready("Serving again");
  EXPECT_EQ(socket_.next(), "READY=1\nSTATUS=Serving again");
  service.stopping("Stopping");
  EXPECT_EQ(socket_.next(), "STOPPING=1\nSTATUS=Stopping");
  service.stopping("Draining", 40 * base::kSecond);
  EXPECT_EQ(socket_.next(), "STOPPING=1\nSTATUS=Draining\nEXTEND_TIMEOUT_USEC=40000000");
  EXPECT_EQ(socket_.next(), "");
}

TEST_F(Service, ListensOnAnAbstractNameAsWell) {
  NotifySocket abstract("@kickoff-test-" + std::to_string(getpid()));
  manager_at(abstract.name()).ready("Serving");
  EXPECT_EQ(abstract.next(), "READY=1\nSTATUS=Serving");
}

TEST_F(Service, HearsFromItsWatchedServerOnceItIsReadyAndThenAtHalfTheTime) {
  ServiceNotifier& service = manager(2 * base::kMillisecond);
  service.ready("Serving");
  EXPECT_EQ(socket_.next(), "READY=1\nSTATUS=Serving");
  EXPECT_EQ(socket_.next(), "WATCHDOG=1");
  loop::Timer end(loop_, [this] {
    if (socket_.next() == "WATCHDOG=1") loop_.stop();
  });
  end.start(base::kMillisecond, base::kMillisecond);
  loop_.run();
}

TEST_F(Service, HearsNothingWhileAThreadDoesNotAnswer) {
  LogFile log(directory_ + ".log");
  ServiceNotifier& service = manager(60 * base::kSecond);
  answers_ = false;
  service.tick();
  service.tick();
  EXPECT_EQ(socket_.next(), "");
  EXPECT_TRUE(log.has("does not answer")) << log.text();
  EXPECT_EQ(log.text().find("does not answer"), log.text().rfind("does not answer")) << "said once";
  answers_ = true;
  service.tick();
  EXPECT_EQ(socket_.next(), "WATCHDOG=1");
}

TEST_F(Service, WithoutAWatchdogHearsNoKeepAlive) {
  manager().ready("Serving");
  EXPECT_EQ(socket_.next(), "READY=1\nSTATUS=Serving");
  EXPECT_EQ(socket_.next(), "");
}

TEST_F(Service, ThatIsNotThereIsToldNothing) {
  LogFile log(directory_ + ".log");
  ServiceNotifier& service = manager_at("", base::kSecond);
  service.ready("Serving");
  service.stopping("Stopping");
  EXPECT_EQ(log.text(), "");
}

TEST_F(Service, WhoseSocketIsFullIsToldTheNewestStateLater) {
  LogFile log(directory_ + ".log");
  ServiceNotifier& service = manager();
  for (int i = 0; i < 100'000 && !log.has("cannot send"); ++i) service.stopping("fill");
  ASSERT_TRUE(log.has("cannot send")) << "never blocks";
  service.reloading();
  service.ready("Serving");
  int filled = 0;
  while (socket_.next() == "STOPPING=1\nSTATUS=fill") ++filled;
  EXPECT_GT(filled, 0);
  std::string told;
  loop::Timer look(loop_, [&] {
    told = socket_.next();
    if (!told.empty()) loop_.stop();
  });
  look.start(base::kMillisecond, base::kMillisecond);
  loop_.run();
  EXPECT_EQ(told, "READY=1\nSTATUS=Serving");
  EXPECT_EQ(socket_.next(), "");
}

TEST_F(Service, WhoseAddressIsOfNoUseIsLoggedOnce) {
  for (const std::string& address :
       {std::string("vsock:2:1"), std::string("@"), "/" + std::string(200, 'x'), directory_ + "/nowhere"}) {
    LogFile log(directory_ + ".log");
    ServiceNotifier& service = manager_at(address);
    service.ready("Serving");
    service.stopping("Stopping");
    const std::string text = log.text();
    EXPECT_NE(text.find("cannot send"), std::string::npos) << address;
    EXPECT_EQ(text.find("cannot send"), text.rfind("cannot send")) << address;
  }
}

/// The environment of one test.
class ServiceEnvironment : public ::testing::Test {
 protected:
  ~ServiceEnvironment() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) unsetenv(name);
  }
};

TEST_F(ServiceEnvironment, IsTakenSoThatNoChildReportsInTheServersName) {
  setenv("NOTIFY_SOCKET", "/run/systemd/notify", 1);
  setenv("WATCHDOG_USEC", "30000000", 1);
  setenv("WATCHDOG_PID", "17", 1);
  const ServiceNotifier::Options options = take_service_options(17);
  EXPECT_EQ(options.socket, "/run/systemd/notify");
  EXPECT_EQ(options.watchdog, 30 * base::kSecond);
  for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) EXPECT_EQ(std::getenv(name), nullptr);
}

TEST_F(ServiceEnvironment, HasAWatchdogForThisProcessOnly) {
  setenv("WATCHDOG_USEC", "30000000", 1);
  setenv("WATCHDOG_PID", "18", 1);
  EXPECT_EQ(take_service_options(17).watchdog, 0);
  setenv("WATCHDOG_USEC", "30000000", 1);
  EXPECT_EQ(take_service_options(17).watchdog, 30 * base::kSecond) << "for whoever was started";
}

TEST_F(ServiceEnvironment, HasNoWatchdogWhereItsTimeIsNoNumber) {
  for (const char* text : {"", "soon", "-5", "12s", "99999999999999999999"}) {
    setenv("WATCHDOG_USEC", text, 1);
    EXPECT_EQ(take_service_options(17).watchdog, 0) << text;
  }
}

}  // namespace
}  // namespace app
