#include "worker/run.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/media_file.h"
#include "feeds.h"
#include "job/options.h"
#include "job/stats.h"
#include "record/encoding.h"

namespace worker {
namespace {

/// A worker in a process of its own, and the ends of its pipes that the server has.
class RunTest : public testing::Test {
 protected:
  void start(const std::string& options) {
    media_ = base::MediaFile::make().take();
    const int page = memfd_create("stats", MFD_CLOEXEC);
    ASSERT_EQ(ftruncate(page, sizeof(job::Stats)), 0);
    stats_ = static_cast<job::Stats*>(mmap(nullptr, sizeof(job::Stats), PROT_READ, MAP_SHARED, page, 0));
    ASSERT_NE(stats_, MAP_FAILED);
    int feed[2];
    int records[2];
    ASSERT_EQ(pipe2(feed, O_CLOEXEC), 0);
    ASSERT_EQ(pipe2(records, O_CLOEXEC), 0);
    pid_ = fork();
    if (pid_ == 0) {
      signal(SIGPIPE, SIG_IGN);  // as in the parent of all workers
      close(feed[1]);
      close(records[0]);
      _exit(run_channel(options, {feed[0], records[1], page, media_->descriptor()}, {}));
    }
    close(feed[0]);
    close(records[1]);
    close(page);
    feed_ = feed[1];
    records_ = records[0];
  }
  void TearDown() override {
    hang_up();
    if (records_ >= 0) close(records_);
    if (pid_ > 0) status();
    munmap(stats_, sizeof(job::Stats));
  }

  void say(const feed::Message& message) {
    const feed::Encoded encoded = feed::encode(feed::Id::kPrimary, message);
    ASSERT_EQ(write(feed_, encoded.header.data(), encoded.header.size()), std::ssize(encoded.header));
    const base::View payload = encoded.payload.view();
    ASSERT_EQ(write(feed_, payload.data(), payload.size()), std::ssize(payload));
  }
  /// A second of pictures; what is written of it has room in the pipe.
  void play_a_second() {
    say(feed::Start{feed::Format::kRtmp});
    say(rtmp_video_header(kEpoch));
    for (int i = 0; i < kPictures; ++i) say(rtmp_picture(i * kFrame / 1000, kEpoch + i * kFrame, i == 0));
    say(feed::Tick{kEpoch + base::kSecond});
  }
  void hang_up() {
    if (feed_ >= 0) close(feed_);
    feed_ = -1;
  }
  /// The log, to its end.
  std::vector<record::Record> log() {
    record::Decoder decoder([this](std::uint64_t offset, std::size_t size) { return media_->at(offset, size); });
    std::uint8_t buffer[4096];
    for (ssize_t count = 0; (count = read(records_, buffer, sizeof buffer)) > 0;)
      EXPECT_TRUE(decoder.feed({buffer, static_cast<std::size_t>(count)}).ok());
    EXPECT_TRUE(decoder.at_boundary());
    std::vector<record::Record> all;
    for (record::Record next; decoder.next(next);) all.push_back(std::move(next));
    return all;
  }
  /// That it exits with; -1: it does not.
  int status() {
    int ended = 0;
    waitpid(std::exchange(pid_, -1), &ended, 0);
    return WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
  }

  static constexpr int kPictures = 25;

  static job::Options copied() {
    job::Options options;
    options.channel = "test";
    options.copy_video = true;
    options.default_ladder = false;
    return options;
  }

  std::unique_ptr<base::MediaFile> media_;
  job::Stats* stats_ = nullptr;
  pid_t pid_ = -1;
  int feed_ = -1;
  int records_ = -1;
};

/// Bytes of media in the parts of a log.
std::size_t media_of(const std::vector<record::Record>& log) {
  std::size_t size = 0;
  for (const record::Record& one : log) {
    if (const auto* part = std::get_if<record::Part>(&one)) size += part->data.size();
  }
  return size;
}

TEST_F(RunTest, WritesTheLogOfWhatItIsFedAndLeavesWhenItIsToldTo) {
  start(job::to_json(copied()));
  play_a_second();
  say(feed::Finish{});
  const std::vector<record::Record> written = log();
  ASSERT_FALSE(written.empty());
  EXPECT_TRUE(std::holds_alternative<record::Presentation>(written.front()));
  EXPECT_GT(media_of(written), kPictures * 4000U) << "all pictures, of 4,000 bytes each";
  EXPECT_EQ(status(), 0);
}

TEST_F(RunTest, KeepsItsNumbersOnThePageThatItShares) {
  start(job::to_json(copied()));
  play_a_second();
  say(feed::Finish{});
  log();
  EXPECT_EQ(status(), 0);
  EXPECT_GT(stats_->feeds[0].video_packets, 0U);
}

TEST_F(RunTest, LeavesWhenTheServerClosesItsFeed) {
  start(job::to_json(copied()));
  play_a_second();
  hang_up();
  log();
  EXPECT_EQ(status(), 0);
}

TEST_F(RunTest, FailsWhenNobodyReadsItsLog) {
  start(job::to_json(copied()));
  close(std::exchange(records_, -1));
  play_a_second();
  EXPECT_EQ(status(), 1);
}

TEST_F(RunTest, RefusesOptionsThatItCannotRead) {
  start("{");
  EXPECT_EQ(status(), 2);
}

TEST_F(RunTest, GivesWayToOtherProcessesAsFarAsItIsTold) {
  const int ours = getpriority(PRIO_PROCESS, 0);
  job::Options options = copied();
  options.nice = std::min(ours + 3, 19);
  start(job::to_json(options));
  play_a_second();
  std::uint8_t byte = 0;
  ASSERT_EQ(read(records_, &byte, 1), 1) << "it runs";
  EXPECT_EQ(getpriority(PRIO_PROCESS, static_cast<id_t>(pid_)), options.nice);
}

}  // namespace
}  // namespace worker
