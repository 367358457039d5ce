#include "app/preflight.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "loop/loop.h"
#include "loop/stream.h"

namespace app {
namespace {

/// A configuration of an installation that has everything, on ports that need no privilege.
class Preflight : public ::testing::Test {
 protected:
  Preflight() {
    std::filesystem::create_directories(prefix_ + "/web");
    std::filesystem::create_directories(prefix_ + "/bin");
    std::ofstream(worker_) << "#!/bin/sh\n";
    chmod(worker_.c_str(), 0700);
    config_.state_directory = prefix_ + "/state";
    config_.web_directory = prefix_ + "/web";
  }
  ~Preflight() override { std::filesystem::remove_all(prefix_); }

  /// One problem a line, with PREFIX for the installation's directory.
  std::string problems() const {
    std::string all;
    for (std::string problem : preflight(config_, config::Installation(prefix_ + "/bin/kickoff"))) {
      for (std::size_t at = 0; (at = problem.find(prefix_)) != std::string::npos;)
        problem.replace(at, prefix_.size(), "PREFIX");
      all += problem + "\n";
    }
    return all;
  }

  const std::string prefix_ = ::testing::TempDir() + "kickoff-preflight-" + std::to_string(getpid());
  const std::string worker_ = prefix_ + "/bin/kickoff-worker";
  config::Config config_;
};

TEST_F(Preflight, FindsNothingWhereAServerWouldStartAndChangesNothing) {
  EXPECT_EQ(problems(), "");
  EXPECT_FALSE(std::filesystem::exists(config_.state_directory));
  std::filesystem::create_directories(config_.state_directory);
  EXPECT_EQ(problems(), "");
}

TEST_F(Preflight, NamesAMissingWorker) {
  std::filesystem::remove(worker_);
  EXPECT_EQ(problems(), "the media worker PREFIX/bin/kickoff-worker: No such file or directory\n");
}

TEST_F(Preflight, NamesAWorkerThatIsNoProgram) {
  chmod(worker_.c_str(), 0600);
  EXPECT_EQ(problems(), "the media worker PREFIX/bin/kickoff-worker: Permission denied\n");
}

TEST_F(Preflight, NamesAMissingWebDirectory) {
  config_.web_directory = prefix_ + "/nowhere";
  EXPECT_EQ(problems(), "web_directory: web files in PREFIX/nowhere: No such file or directory\n");
}

TEST_F(Preflight, NamesAStateDirectoryThatCannotBeMade) {
  config_.state_directory = prefix_ + "/nowhere/state";
  EXPECT_EQ(problems(),
            "state_directory: PREFIX/nowhere/state cannot be made: PREFIX/nowhere: No such file or directory\n");
  config_.state_directory = worker_;
  EXPECT_EQ(problems(), "state_directory: PREFIX/bin/kickoff-worker is no directory\n");
  config_.state_directory = worker_ + "/state";
  EXPECT_EQ(problems(), "state_directory: PREFIX/bin/kickoff-worker/state: Not a directory\n");
}

TEST_F(Preflight, NamesAddressesThatThisMachineLacks) {
  config_.http.listen = "203.0.113.1";  // RFC 5737: of documentation only
  EXPECT_EQ(problems(), "http.listen: 203.0.113.1 is no address of this machine: Cannot assign requested address\n");
  config_.srt.listen = "203.0.113.1";
  config_.admin.listen = "203.0.113.1";
  config_.rtmp.listen = "203.0.113.1";
  for (const char* section : {"admin.listen: ", "rtmp.listen: ", "srt.listen: "})
    EXPECT_NE(problems().find(section), std::string::npos) << section;
}

TEST_F(Preflight, NamesAPulledFeedWhoseAddressThisMachineLacks) {
  auto& sources = config_.channels["match"].sources;
  sources[0].parsed = ingest::parse_pull_source("udp://203.0.113.1:5000").take();
  sources[1].parsed = ingest::parse_pull_source("udp://239.1.2.3:5000?localaddr=none7").take();
  EXPECT_EQ(problems(),
            "channels.match.feeds.primary.source: 203.0.113.1 is no address of this machine: Cannot assign requested "
            "address\n");
  sources[0].parsed = ingest::parse_pull_source("srt://203.0.113.1:5000").take();
  EXPECT_EQ(problems(), "") << "whom the server calls is elsewhere";
}

TEST_F(Preflight, NamesAnAuthorityThatIsNone) {
  config_.http.origin_lock.client_ca = prefix_ + "/absent.pem";
  EXPECT_EQ(problems(), "http.origin_lock.client_ca: PREFIX/absent.pem cannot be read: No such file or directory\n");
  config_.http.origin_lock.client_ca = worker_;
  EXPECT_EQ(problems(),
            "http.origin_lock.client_ca: PREFIX/bin/kickoff-worker holds no certificates in PEM: no start line\n");
}

TEST_F(Preflight, DoesNotMindTheAddressOfAListenerThatIsOff) {
  config_.srt.listen = "203.0.113.1";
  config_.srt.port = 0;
  config_.http.listen = "203.0.113.1";
  config_.http.port = config_.http.tls_port = 0;
  EXPECT_EQ(problems(), "");
}

TEST_F(Preflight, DoesNotMindPortsThatAreTaken) {
  loop::Loop loop;
  loop::TcpListener::Options options;
  options.host = "127.0.0.1";
  const auto other = loop::TcpListener::make(loop, options, nullptr);
  ASSERT_TRUE(other.ok());
  config_.rtmp.port = (*other)->port();
  EXPECT_EQ(problems(), "") << "a running server has them while its next configuration is checked";
}

}  // namespace
}  // namespace app
