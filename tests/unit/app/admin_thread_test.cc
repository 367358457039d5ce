#include "app/admin_thread.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "loop/loop.h"
#include "unit/app/fetch.h"

namespace app {
namespace {

using testing::fetch;
using testing::status_of;

/// An administration port, the control loop that it asks, and a web directory.
class AdminThreadTest : public ::testing::Test {
 protected:
  AdminThreadTest() {
    ServePlan plan;
    plan.loops = 2;
    plan.each.plain_port = plan.each.tls_port = -1;
    serve_ = ServeThreads::start(plan, clock_, nullptr, nullptr).take();
    std::filesystem::create_directories(web_);
    config_.web_directory = web_;
    config_.admin.port = 0;
    overview_.instance.version = "1.2.3";
  }
  ~AdminThreadTest() override { std::filesystem::remove_all(web_); }

  base::Result<std::unique_ptr<AdminThread>> start() {
    return AdminThread::start(
        config_, clock_, control_,
        [this] {
          collector_ = std::this_thread::get_id();
          ++collected_;
          return std::make_shared<const Overview>(overview_);
        },
        *serve_);
  }
  /// The answer to a request of another thread's, while the control loop runs here.
  std::string ask(AdminThread& admin, const std::string& path) {
    std::string answer;
    std::thread client([&] {
      answer = fetch(admin.port(), path);
      control_.post([this] { loop_.stop(); });
    });
    loop_.run();
    client.join();
    return answer;
  }

  const std::string web_ = ::testing::TempDir() + "kickoff-admin-web";
  base::SystemClock clock_;
  loop::Loop loop_;
  loop::Mailbox control_{loop_};
  Config config_;
  Overview overview_;
  int collected_ = 0;
  std::thread::id collector_;
  std::unique_ptr<ServeThreads> serve_;
};

TEST_F(AdminThreadTest, IsAliveAsLongAsTheControlLoopAnswers) {
  auto admin = start().take();
  const std::string answer = ask(*admin, "/livez");
  EXPECT_EQ(status_of(answer), "200");
  EXPECT_TRUE(answer.ends_with("alive\n"));
  EXPECT_EQ(collected_, 1);
  EXPECT_EQ(collector_, std::this_thread::get_id()) << "what channels say is read on their own loop";
}

TEST_F(AdminThreadTest, IsReadyUntilAChannelIsStale) {
  auto admin = start().take();
  EXPECT_TRUE(ask(*admin, "/readyz").ends_with("ready\n"));
  overview_.stale_channel = "match";
  const std::string answer = ask(*admin, "/readyz");
  EXPECT_EQ(status_of(answer), "503");
  EXPECT_TRUE(answer.ends_with("channel match has a publisher and no fresh part\n"));
}

TEST_F(AdminThreadTest, IsNotReadyWhileItStopsWhateverTheChannelsDo) {
  auto admin = start().take();
  overview_.stopping = true;
  for (const char* stale : {"", "match"}) {
    overview_.stale_channel = stale;
    const std::string answer = ask(*admin, "/readyz");
    EXPECT_EQ(status_of(answer), "503");
    EXPECT_TRUE(answer.ends_with("stopping\n"));
  }
  EXPECT_EQ(status_of(ask(*admin, "/livez")), "200") << "an orchestrator must not kill what drains";
}

TEST_F(AdminThreadTest, WritesMetricsOfTheInstanceAndOfEveryServeLoop) {
  auto admin = start().take();
  const std::string answer = ask(*admin, "/metrics");
  EXPECT_EQ(status_of(answer), "200");
  EXPECT_NE(answer.find("text/plain; version=0.0.4"), std::string::npos) << "OP-1";
  EXPECT_NE(answer.find("version=\"1.2.3\""), std::string::npos);
  EXPECT_NE(answer.find("loop=\"0\""), std::string::npos);
  EXPECT_NE(answer.find("loop=\"1\""), std::string::npos);
  EXPECT_EQ(answer.find("loop=\"2\""), std::string::npos);
}

TEST_F(AdminThreadTest, ListsChannelsAsJson) {
  channel::Report report;
  report.name = "match";
  report.snapshot = std::make_shared<origin::ChannelSnapshot>();
  overview_.instance.channels.push_back(report);
  auto admin = start().take();
  const std::string answer = ask(*admin, "/api/v1/channels");
  EXPECT_EQ(status_of(answer), "200");
  EXPECT_NE(answer.find("application/json"), std::string::npos);
  EXPECT_NE(answer.find("\"match\""), std::string::npos);
}

TEST_F(AdminThreadTest, TellsTheInstancesRoomAsJson) {
  auto admin = start().take();
  overview_.instance.main_loop_busy = 0.0;
  const std::string answer = ask(*admin, "/api/v1/instance");
  EXPECT_EQ(status_of(answer), "200");
  EXPECT_NE(answer.find("application/json"), std::string::npos);
}

TEST_F(AdminThreadTest, ShowsTheOperationsPageAsItWasAtTheStart) {
  std::ofstream(web_ + "/operations.html") << "<h1>desk</h1>";
  auto admin = start().take();
  std::ofstream(web_ + "/operations.html") << "changed";
  const std::string answer = ask(*admin, "/");
  EXPECT_NE(answer.find("text/html"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("<h1>desk</h1>"));
  EXPECT_EQ(collected_, 0) << "the page asks nobody";
}

TEST_F(AdminThreadTest, SaysWhichPageIsMissing) {
  auto admin = start().take();
  EXPECT_NE(ask(*admin, "/").find(web_ + "/operations.html"), std::string::npos);
}

TEST_F(AdminThreadTest, NamesAnAddressThatItCannotListenOn) {
  config_.admin.listen = "192.0.2.1";  // TEST-NET: nobody has it
  const auto admin = start();
  ASSERT_FALSE(admin.ok());
  EXPECT_EQ(admin.error().code, base::Code::kSystem);
  EXPECT_NE(admin.error().message().find("192.0.2.1"), std::string::npos);
}

TEST_F(AdminThreadTest, NamesAPortThatIsTaken) {
  const auto first = start().take();
  config_.admin.port = first->port();
  const auto second = start();
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.error().message().find(std::to_string(first->port())), std::string::npos);
}

// The control loop has stopped when the port is taken down: what was asked and not answered is let go.
TEST_F(AdminThreadTest, EndsWithARequestThatTheControlLoopNeverAnswers) {
  auto admin = start().take();
  std::string answer = "none yet";
  std::thread client([&, port = admin->port()] { answer = fetch(port, "/metrics"); });
  testing::wait_until([this] { return control_.waiting() == 1; });
  admin.reset();
  client.join();
  EXPECT_EQ(answer, "");
  EXPECT_EQ(collected_, 0);
}

}  // namespace
}  // namespace app
