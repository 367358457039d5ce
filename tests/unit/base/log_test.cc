#include "base/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <string>

namespace base {
namespace {

TEST(FormatLine, WritesOneJsonObjectWithEscapes) {
  EXPECT_EQ(format_line(LogFormat::kJson, "T", Level::kInfo, "rtmp", "publish",
                        {{"channel", "a\"b\n"}, {"bytes", 5}, {"ok", true}}),
            R"({"time":"T","level":"info","tag":"rtmp","event":"publish","channel":"a\"b ","bytes":5,"ok":true})");
}

TEST(FormatLine, QuotesOnlyWhatNeedsItOnATerminal) {
  EXPECT_EQ(format_line(LogFormat::kText, "T", Level::kWarn, "srt", "late", {{"channel", "one"}, {"why", "two words"}}),
            "T warn srt: late channel=one why=\"two words\"");
}

/// Standard error as a pipe of one page, for as long as this lives.
class Captured {
 public:
  Captured() : before_(dup(STDERR_FILENO)) {
    EXPECT_EQ(pipe2(ends_, O_CLOEXEC | O_NONBLOCK), 0);
    size_ = static_cast<std::size_t>(fcntl(ends_[1], F_SETPIPE_SZ, 4096));
    EXPECT_EQ(dup2(ends_[1], STDERR_FILENO), STDERR_FILENO);
  }
  ~Captured() {
    dup2(before_, STDERR_FILENO);
    for (const int end : {before_, ends_[0], ends_[1]}) close(end);
  }
  Captured(const Captured&) = delete;
  Captured& operator=(const Captured&) = delete;

  void fill() { EXPECT_EQ(::write(ends_[1], std::string(size_, '#').data(), size_), static_cast<ssize_t>(size_)); }
  std::string read() {
    std::string text(2 * size_, 0);
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(::read(ends_[0], text.data(), text.size()), 0)));
    return text;
  }

 private:
  int before_;
  int ends_[2] = {-1, -1};
  std::size_t size_ = 0;
};

TEST(Log, IsWrittenAtOnceWhereNoThreadWasStarted) {
  const std::uint64_t lost = log_lines_lost();
  Captured error;
  log_warn("srt", "late", {{"channel", "one"}});
  log_debug("srt", "below the least level");
  EXPECT_TRUE(error.read().ends_with("Z warn srt: late channel=one\n"));
  EXPECT_EQ(log_lines_lost(), lost);
}

TEST(Log, WritesNoMoreAtOnceThanAPipeTakesWhole) {
  const std::uint64_t lost = log_lines_lost();
  Captured error;
  const std::string value(400, 'x');
  log_warn("srt", "late",
           {{"a", value},
            {"b", value},
            {"c", value},
            {"d", value},
            {"e", value},
            {"f", value},
            {"g", value},
            {"h", value},
            {"i", value},
            {"j", value},
            {"k", value},
            {"l", value},
            {"m", value},
            {"n", value}});
  const std::string line = error.read();
  EXPECT_EQ(line.size(), 4096U);
  EXPECT_TRUE(line.ends_with("xxx\n"));
  EXPECT_EQ(log_lines_lost(), lost);
}

TEST(Log, IsCountedAsLostWhereStandardErrorHasNoRoom) {
  const std::uint64_t lost = log_lines_lost();
  Captured error;
  error.fill();
  log_warn("srt", "late");  // returns, or this test never does
  EXPECT_EQ(log_lines_lost(), lost + 1);
  EXPECT_EQ(error.read().find("late"), std::string::npos);
}

}  // namespace
}  // namespace base
