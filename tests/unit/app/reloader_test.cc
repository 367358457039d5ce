#include "app/reloader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>

#include "loop/loop.h"
#include "loop/timer.h"
#include "unit/app/fetch.h"

namespace app {
namespace {

using base::kMillisecond;
using base::kSecond;
using testing::wait_until;

/// A disk that answers when it is told to, and counts who waits for it. It outlives the Reloader, as a disk does.
class Disk {
 public:
  Disk() : gate_(open_.get_future()) {}
  ~Disk() {
    answer();
    wait_until([&] { return waiting == 0; });
  }
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  void answer() {
    if (!answers_.exchange(true)) open_.set_value();
  }
  Reloader::Read read() {
    return [this] {
      ++begun;
      ++waiting;
      gate_.wait();
      const int number = begun;
      --waiting;
      Prepared prepared;
      prepared.config.http.port = static_cast<std::uint16_t>(number);
      return prepared;
    };
  }

  std::atomic<int> begun{0};
  std::atomic<int> waiting{0};

 private:
  std::promise<void> open_;
  std::shared_future<void> gate_;
  std::atomic<bool> answers_{false};
};

class ReloaderTest : public ::testing::Test {
 protected:
  void make(base::Micros limit) {
    reloader_ = std::make_unique<Reloader>(
        loop_, disk_.read(),
        [this](Preparation outcome) {
          const auto* problems = std::get_if<std::vector<config::Problem>>(&outcome);
          reports_.push_back(problems != nullptr
                                 ? problems->front().message()
                                 : "good " + std::to_string(std::get<Prepared>(outcome).config.http.port));
        },
        limit);
  }
  /// Turns the loop until `done`.
  void turn_until(const std::function<bool()>& done) {
    loop::Timer look(loop_, [&] {
      if (done()) loop_.stop();
    });
    look.start(0, kMillisecond);
    loop_.run();
  }

  Disk disk_;
  loop::Loop loop_;
  std::vector<std::string> reports_;
  std::unique_ptr<Reloader> reloader_;
};

using Reports = std::vector<std::string>;

TEST_F(ReloaderTest, ReadsWhileTheLoopTurns) {
  make(60 * kSecond);
  EXPECT_FALSE(reloader_->busy());
  reloader_->start();
  EXPECT_TRUE(reloader_->busy());
  turn_until([&] { return disk_.waiting == 1; });
  EXPECT_EQ(reports_, Reports());
  disk_.answer();
  turn_until([&] { return !reports_.empty(); });
  EXPECT_EQ(reports_, Reports({"good 1"}));
  EXPECT_FALSE(reloader_->busy());
}

TEST_F(ReloaderTest, ReadsOnceMoreHoweverOftenItIsAskedMeanwhile) {
  make(60 * kSecond);
  for (int i = 0; i < 5; ++i) reloader_->start();
  turn_until([&] { return disk_.waiting == 1; });
  EXPECT_EQ(disk_.begun, 1);
  disk_.answer();
  turn_until([&] { return reports_.size() == 2; });
  EXPECT_EQ(reports_, Reports({"good 1", "good 2"})) << "the file may have changed after the first";
  EXPECT_FALSE(reloader_->busy());
}

TEST_F(ReloaderTest, GivesUpOnADiskThatHangs) {
  make(kMillisecond);
  reloader_->start();
  turn_until([&] { return disk_.waiting == 1 && !reports_.empty(); });
  EXPECT_EQ(reports_,
            Reports({"reload: given up after 1 ms: the configuration, or a file that it names, is on a disk or a "
                     "mount that hangs"}));
  EXPECT_TRUE(reloader_->busy()) << "its thread is still there";
}

TEST_F(ReloaderTest, StartsNoSecondThreadWhileOneHangs) {
  make(kMillisecond);
  reloader_->start();
  turn_until([&] { return disk_.waiting == 1 && reports_.size() == 1; });
  for (int i = 0; i < 100; ++i) reloader_->start();
  turn_until([&] { return reports_.size() == 101; });
  EXPECT_EQ(reports_.back(),
            "reload: an earlier reload still waits for a file: the disk or the mount that holds it hangs");
  EXPECT_EQ(disk_.begun, 1);
}

TEST_F(ReloaderTest, ThrowsAwayWhatComesTooLateAndReadsAgainWhenItIsAsked) {
  make(kMillisecond);
  reloader_->start();
  turn_until([&] { return disk_.waiting == 1 && reports_.size() == 1; });
  disk_.answer();
  turn_until([&] { return !reloader_->busy(); });
  EXPECT_EQ(reports_.size(), 1U);
  // The limit is short: the second read may be too late as well, on a busy machine, and is then asked for again.
  turn_until([&] {
    if (!reloader_->busy() && !reports_.back().starts_with("good")) reloader_->start();
    return reports_.back().starts_with("good");
  });
}

TEST_F(ReloaderTest, GoesWithoutWaitingForADiskThatHangs) {
  make(60 * kSecond);
  reloader_->start();
  turn_until([&] { return disk_.waiting == 1; });
  reloader_.reset();
  disk_.answer();
  wait_until([&] { return disk_.waiting == 0; });
  turn_until([] { return true; });
  EXPECT_EQ(reports_, Reports());
}

TEST(Prepare, ReadsTheConfigurationAndTheCertificate) {
  const std::string directory = ::testing::TempDir() + "kickoff-prepare-" + std::to_string(getpid());
  const std::string path = directory + "/kickoff.yaml";
  std::filesystem::create_directories(directory);
  std::ofstream(path) << "state_directory: " << directory << "\nhttp: {port: 7}\n";
  const Preparation good = prepare(path, nullptr);
  ASSERT_TRUE(std::holds_alternative<Prepared>(good));
  EXPECT_EQ(std::get<Prepared>(good).config.http.port, 7);
  EXPECT_EQ(std::get<Prepared>(good).certificates.name, directory + "/tls-self-signed.crt");

  std::ofstream(path) << "http: {certificate: /nowhere/a, key: /nowhere/b}\n";
  const Preparation bad = prepare(path, nullptr);
  ASSERT_TRUE(std::holds_alternative<std::vector<config::Problem>>(bad));
  EXPECT_EQ(std::get<std::vector<config::Problem>>(bad).front().message(),
            path + ": /nowhere/a cannot be read: No such file or directory");
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace app
