#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

#include "app/server.h"

namespace app::testing {

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
    auto loaded = config::load_config(path_);
    EXPECT_TRUE(std::holds_alternative<config::Config>(loaded));
    return std::make_unique<Instance>(std::get<config::Config>(std::move(loaded)), path_, worker_);
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

}  // namespace app::testing
