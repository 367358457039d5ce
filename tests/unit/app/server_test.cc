#include "app/server.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "unit/app/fetch.h"

namespace app {
namespace {

using testing::fetch;
using testing::status_of;
using testing::wait_until;

/// Standard error in a file, while it lives.
class LogFile {
 public:
  explicit LogFile(std::string path) : path_(std::move(path)), kept_(dup(2)) {
    const int file = open(path_.c_str(), O_CREAT | O_TRUNC | O_APPEND | O_WRONLY | O_CLOEXEC, 0600);
    dup2(file, 2);
    close(file);
  }
  ~LogFile() {
    dup2(kept_, 2);
    close(kept_);
  }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  std::string text() const {
    std::ifstream file(path_);
    std::stringstream all;
    all << file.rdbuf();
    return all.str();
  }
  bool has(const std::string& words) const { return text().find(words) != std::string::npos; }

 private:
  const std::string path_;
  const int kept_;
};

/// A directory with everything that a server needs, and a configuration that takes no fixed port.
class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_ + "/web");
    write_worker("exec cat <&3 >/dev/null");
    write_config();
  }
  ~ServerTest() override { std::filesystem::remove_all(directory_); }

  /// A media process of a few shell words; descriptor 3 ends with the server.
  void write_worker(const std::string& script) {
    std::ofstream(worker_) << "#!/bin/sh\n" << script << "\n";
    chmod(worker_.c_str(), 0700);
  }
  void write_config(const std::string& more = "") {
    std::ofstream(path_) << "state_directory: " << directory_ << "/state\nweb_directory: " << directory_ << "/web\n"
                         << "http: {port: 0, tls_port: 0, loops: 1}\nadmin: {port: 0}\n"
                         << "rtmp: {port: 0, tls_port: 0}\nsrt: {port: 0}\n"
                         << more;
  }
  std::unique_ptr<Instance> make() {
    auto loaded = load_config(path_);
    EXPECT_TRUE(std::holds_alternative<Config>(loaded));
    return std::make_unique<Instance>(std::get<Config>(std::move(loaded)), path_, worker_);
  }
  /// A server that runs on this thread while `visit` does on another, and is then asked to stop.
  void run_beside(Instance& server, const std::function<void()>& visit) {
    std::thread visitor([&] {
      visit();
      server.stop();
    });
    server.run();
    visitor.join();
  }

  const std::string directory_ = ::testing::TempDir() + "kickoff-server-" + std::to_string(getpid());
  const std::string worker_ = directory_ + "/worker";
  const std::string path_ = directory_ + "/kickoff.yaml";
};

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

TEST_F(ServerTest, StopsWhileItReadsItsConfigurationAgain) {
  auto server = make();
  ASSERT_TRUE(server->start().ok());
  server->reload();
  server->reload();
  server->stop();
  server->run();
}

TEST_F(ServerTest, TakesUpAConfigurationOnHangUpAndNamesWhatNeedsARestart) {
  LogFile log(directory_ + "/log");
  auto server = make();
  ASSERT_TRUE(server->start().ok());
  run_beside(*server, [&] {
    write_config("channels: {a: {}, b: {}}\nlog: {level: debug}\n");
    raise(SIGHUP);
    wait_until([&] { return log.has("configuration reloaded"); });
  });
  EXPECT_TRUE(log.has("log.level")) << log.text();
  EXPECT_FALSE(log.has("http.port")) << log.text();
}

TEST_F(ServerTest, GoesOnNamingWhatNeedsARestartUntilThereIsOne) {
  LogFile log(directory_ + "/log");
  auto server = make();
  ASSERT_TRUE(server->start().ok());
  const auto count = [&](const std::string& words) {
    std::size_t times = 0;
    const std::string text = log.text();
    for (std::size_t at = 0; (at = text.find(words, at)) != std::string::npos; ++at) ++times;
    return times;
  };
  run_beside(*server, [&] {
    write_config("log: {level: debug}\n");
    for (std::size_t times = 1; times <= 2; ++times) {
      server->reload();
      wait_until([&] { return count("configuration reloaded") == times; });
      EXPECT_EQ(count("log.level"), times) << log.text();
    }
  });
}

TEST_F(ServerTest, KeepsWhatItHasWhereTheFileIsWrong) {
  LogFile log(directory_ + "/log");
  auto server = make();
  ASSERT_TRUE(server->start().ok());
  run_beside(*server, [&] {
    write_config("chanels: {}\n");
    server->reload();
    wait_until([&] { return log.has("configuration not reloaded"); });
    EXPECT_TRUE(log.has("kickoff.yaml:7:1: unknown key")) << log.text();
    EXPECT_EQ(status_of(fetch(server->admin_port(), "/readyz")), "200");
  });
  EXPECT_FALSE(log.has("configuration reloaded"));
}

TEST_F(ServerTest, KeepsWhatItHasWhereACertificateIsMissing) {
  LogFile log(directory_ + "/log");
  auto server = make();
  ASSERT_TRUE(server->start().ok());
  run_beside(*server, [&] {
    std::ofstream(path_, std::ios::app) << "channels: {a: {}}\n";
    std::string text;
    {
      std::ifstream file(path_);
      std::stringstream all;
      all << file.rdbuf();
      text = all.str();
    }
    text.replace(text.find("loops: 1"), 8, "loops: 1, certificate: /nowhere/a.pem, key: /nowhere/b.pem");
    std::ofstream(path_) << text;
    server->reload();
    wait_until([&] { return log.has("configuration not reloaded"); });
  });
  EXPECT_TRUE(log.has("/nowhere/a.pem")) << log.text();
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
  auto loaded = std::get<Config>(load_config(path_));
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
  auto config = std::get<Config>(load_config(path_));
  config.admin.port = first->admin_port();
  Instance second(config, path_, worker_);
  const base::Status status = second.start();
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().message().find(std::to_string(first->admin_port())), std::string::npos);
}

TEST_F(ServerTest, EndsWithoutHavingBeenStarted) { make(); }

TEST_F(ServerTest, SaysWhyItDoesNotStartAndReturnsOne) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  auto config = std::get<Config>(load_config(path_));
  config.state_directory = "/nowhere/at/all";
  EXPECT_EXIT(std::exit(run_server(config, path_, std::nullopt)), ::testing::ExitedWithCode(1),
              "cannot start.*/nowhere/at/all");
}

TEST_F(ServerTest, LooksForTheMediaWorkerBesideItsOwnProgram) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const std::string beside = std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
  const auto config = std::get<Config>(load_config(path_));
  EXPECT_EXIT(std::exit(run_server(config, path_, std::nullopt)), ::testing::ExitedWithCode(1),
              "media worker " + beside + "/kickoff-worker: ");
}

}  // namespace
}  // namespace app
