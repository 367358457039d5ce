#include "base/line_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

namespace base {
namespace {

std::string missing(std::uint64_t count) { return "<" + std::to_string(count) + " lost>"; }

/// The sum of what missing() said.
std::uint64_t told_lost(const std::string& text) {
  std::uint64_t sum = 0;
  for (std::size_t at = 0; (at = text.find('<', at)) != std::string::npos; ++at) {
    if (text.find('>', at) != std::string::npos) sum += std::stoull(text.substr(at + 1));
  }
  return sum;
}

/// A pipe of one page, whose reader may stand still.
class Pipe {
 public:
  Pipe() {
    EXPECT_EQ(pipe2(ends_, O_CLOEXEC), 0);
    size_ = static_cast<std::size_t>(fcntl(ends_[1], F_SETPIPE_SZ, 4096));
  }
  ~Pipe() {
    close_reader();
    close_writer();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int writer() const { return ends_[1]; }
  std::size_t size() const { return size_; }
  void close_reader() { close_end(ends_[0]); }
  void close_writer() { close_end(ends_[1]); }
  void fill() { EXPECT_EQ(::write(ends_[1], std::string(size_, '#').data(), size_), static_cast<ssize_t>(size_)); }

  /// `size` bytes, waiting for them.
  std::string read(std::size_t size) {
    std::string text(size, 0);
    std::size_t done = 0;
    while (done < size) {
      const ssize_t count = ::read(ends_[0], text.data() + done, size - done);
      if (count <= 0) break;
      done += static_cast<std::size_t>(count);
    }
    text.resize(done);
    return text;
  }

  /// All up to the writer's end.
  std::string read_all() {
    close_writer();
    std::string all;
    for (std::string more = read(65536); !more.empty(); more = read(65536)) all += more;
    return all;
  }

 private:
  static void close_end(int& end) {
    if (end >= 0) close(end);
    end = -1;
  }

  int ends_[2] = {-1, -1};
  std::size_t size_ = 0;
};

TEST(LineWriter, WritesEachLineInItsOrder) {
  Pipe pipe;
  LineWriter writer(pipe.writer(), 1000, missing);
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    writer.add("line " + std::to_string(i));
    expected += "line " + std::to_string(i) + "\n";
  }
  EXPECT_TRUE(writer.stop(60 * kSecond));
  EXPECT_EQ(writer.lost(), 0U);
  EXPECT_EQ(pipe.read_all(), expected);
}

TEST(LineWriter, TakesLinesWhileNobodyReadsAndDropsTheOldest) {
  Pipe pipe;
  pipe.fill();
  LineWriter writer(pipe.writer(), 3, missing);
  constexpr int kAdded = 1000;
  for (int i = 0; i < kAdded; ++i) writer.add(std::to_string(i));  // returns, or this test never does
  EXPECT_GE(writer.lost(), kAdded - 3U - 3U) << "three wait; the thread may have taken as many to write";
  pipe.read(pipe.size());
  EXPECT_TRUE(writer.stop(60 * kSecond));
  const std::string all = pipe.read_all();
  EXPECT_TRUE(all.ends_with(" lost>\n997\n998\n999\n")) << all;
  EXPECT_EQ(told_lost(all), writer.lost()) << all;
}

TEST(LineWriter, SaysWhatWasLostOnce) {
  Pipe pipe;
  pipe.fill();
  LineWriter writer(pipe.writer(), 1, missing);
  for (int i = 0; i < 10; ++i) writer.add("early");
  const std::uint64_t lost = writer.lost();
  EXPECT_GT(lost, 0U);
  pipe.read(pipe.size());
  std::string text;
  const auto early = [&] { return std::count(text.begin(), text.end(), 'y'); };
  while (!text.ends_with("\n") || told_lost(text) < lost || early() + static_cast<std::ptrdiff_t>(lost) < 10) {
    text += pipe.read(1);
    ASSERT_LT(text.size(), 200U) << text;
  }
  writer.add("late");
  EXPECT_TRUE(writer.stop(60 * kSecond));
  EXPECT_EQ(pipe.read_all(), "late\n");
}

TEST(LineWriter, IsStoppedWhileItsWriteIsStuck) {
  Pipe pipe;
  pipe.fill();
  {
    LineWriter writer(pipe.writer(), 10, missing);
    writer.add("never read");
    EXPECT_FALSE(writer.stop(kMillisecond));
    writer.add("too late");
    EXPECT_EQ(writer.lost(), 1U);
    EXPECT_FALSE(writer.stop(0)) << "again";
  }
  EXPECT_EQ(pipe.read(pipe.size()), std::string(pipe.size(), '#'));
  EXPECT_EQ(pipe.read(11), "never read\n") << "the thread outlives its writer";
}

TEST(LineWriter, CountsWhatTheDescriptorRefuses) {
  std::signal(SIGPIPE, SIG_IGN);
  Pipe pipe;
  pipe.close_reader();
  LineWriter writer(pipe.writer(), 10, missing);
  writer.add("one");
  writer.add("two");
  EXPECT_TRUE(writer.stop(60 * kSecond));
  EXPECT_EQ(writer.lost(), 2U);
}

TEST(LineWriter, WaitsForRoomWhereTheDescriptorDoesNot) {
  Pipe pipe;
  pipe.fill();
  fcntl(pipe.writer(), F_SETFL, O_NONBLOCK);
  LineWriter writer(pipe.writer(), 10, missing);
  writer.add("patient");
  EXPECT_FALSE(writer.stop(kMillisecond));
  pipe.read(pipe.size());
  EXPECT_EQ(pipe.read(8), "patient\n");
}

TEST(LineWriter, TakesLinesFromManyThreads) {
  Pipe pipe;
  fcntl(pipe.writer(), F_SETPIPE_SZ, 65536);
  LineWriter writer(pipe.writer(), 1000, missing);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&writer] {
      for (int n = 0; n < 50; ++n) writer.add("whole line");
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(writer.stop(60 * kSecond));
  std::string expected;
  for (int i = 0; i < 200; ++i) expected += "whole line\n";
  EXPECT_EQ(pipe.read_all(), expected);
}

}  // namespace
}  // namespace base
