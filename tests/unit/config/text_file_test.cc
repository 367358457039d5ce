#include "config/text_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

namespace config {
namespace {

using Lines = std::vector<std::string>;

TEST(LineOfNoText, IsNoneInWhatAnEditorWrites) {
  for (const char* text : {"", "a: 1\n", "a:\t1\r\nb: 2\r\n",
                           "\xef\xbb\xbf"
                           "a: 1",
                           "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf"}) {
    EXPECT_EQ(line_of_no_text(text), std::nullopt) << text;
  }
}

TEST(LineOfNoText, IsThatOfAControlCharacter) {
  using namespace std::string_view_literals;
  EXPECT_EQ(line_of_no_text("a: 1\nb: \0\n"sv), 2);
  EXPECT_EQ(line_of_no_text("\x1b[31m"sv), 1);
  EXPECT_EQ(line_of_no_text("\x7f"
                            "ELF\x02\x01\x01"sv),
            1);
  EXPECT_EQ(line_of_no_text("a\n\nb\x08"sv), 3);
}

TEST(LineOfNoText, IsThatOfBytesThatAreNoUtf8) {
  for (const char* bytes : {"\xff\xfe", "caf\xe9", "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\x80", "\xc0\xaf", "\xc1\xbf",
                            "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
                            "\xc3(", "\xe2\x82(", "\xf0\x9f\x98("}) {
    EXPECT_EQ(line_of_no_text("fine\n" + std::string(bytes)), 2);
  }
}

class Secrets : public ::testing::Test {
 protected:
  ~Secrets() override { std::remove(path_.c_str()); }

  Lines lines_of(const std::string& text) {
    std::ofstream(path_, std::ios::binary) << text;
    auto read = read_secrets(path_);
    EXPECT_TRUE(read.ok()) << read.error().what;
    return read.take();
  }
  std::string refusal_of(const std::string& text) {
    std::ofstream(path_, std::ios::binary) << text;
    const auto read = read_secrets(path_);
    return read.ok() ? "" : read.error().what.substr(path_.size());
  }

  const std::string path_ = ::testing::TempDir() + std::to_string(getpid()) + "-secrets";
};

TEST_F(Secrets, AreItsLines) {
  EXPECT_EQ(lines_of("one"), Lines({"one"}));
  EXPECT_EQ(lines_of("one\ntwo\n"), Lines({"one", "two"}));
  EXPECT_EQ(lines_of("\n\none\n\ntwo three"), Lines({"one", "two three"}));
}

// A key from a file with Windows' line ends never matched.
TEST_F(Secrets, HaveNoCarriageReturnAtTheirEnds) { EXPECT_EQ(lines_of("one\r\n\r\ntwo\r\n"), Lines({"one", "two"})); }

TEST_F(Secrets, AreRefusedWhereTheFileHasNone) {
  EXPECT_EQ(refusal_of(""), " is empty");
  EXPECT_EQ(refusal_of("\n\r\n\n"), " is empty");
}

TEST_F(Secrets, AreRefusedWhereTheFileIsNoText) {
  EXPECT_EQ(refusal_of("one\n\x01\n"), " is no text (line 2)");
  EXPECT_EQ(refusal_of("\xff\xfeo"), " is no text (line 1)");
}

TEST_F(Secrets, AreRefusedWithTheReasonWhereTheFileCannotBeRead) {
  EXPECT_EQ(read_secrets("/nonexistent/keys").error().what,
            "/nonexistent/keys cannot be read: No such file or directory");
  EXPECT_EQ(read_secrets("/dev/zero").error().what, "/dev/zero is a device; it has to be a regular file");
}

}  // namespace
}  // namespace config
