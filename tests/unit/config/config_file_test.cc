// What is taken for a configuration file at all, and what contradicts itself in one.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "config/config.h"
#include "unit/config/parsed.h"

namespace config {
namespace {

class ConfigFile : public ::testing::Test {
 protected:
  ~ConfigFile() override { std::filesystem::remove_all(path_); }

  void write(const std::string& bytes) const { std::ofstream(path_, std::ios::binary) << bytes; }
  /// What is wrong with the file, behind its name; empty where it is good.
  std::string refusal() const {
    const auto loaded = load_config(path_);
    if (std::holds_alternative<Config>(loaded)) return "";
    return std::get<std::vector<Problem>>(loaded).front().message().substr(path_.size());
  }
  std::string refusal_of(const std::string& bytes) const {
    write(bytes);
    return refusal();
  }

  const std::string path_ = ::testing::TempDir() + std::to_string(getpid()) + "-config.yaml";
};

TEST_F(ConfigFile, WithoutAnyKeyIsRefused) {
  const std::string told = ": has no keys; a server with all defaults needs {} in it";
  for (const char* text : {"", "\n\n", "   ", "# channels: {}\n", "---\n", "---\n...\n", "null\n", "~\n"}) {
    EXPECT_EQ(refusal_of(text), told) << "\"" << text << "\"";
  }
}

TEST_F(ConfigFile, OfAllDefaultsSaysSo) { EXPECT_EQ(refusal_of("{}\n"), ""); }

TEST_F(ConfigFile, IsText) {
  const std::string told = "is no UTF-8 text: this line has bytes that no text has";
  EXPECT_EQ(refusal_of(std::string("\xff\xfe\0", 3)), ":1:1: " + told);
  EXPECT_EQ(refusal_of(std::string("\xff\xfeh\0t\0t\0p\0:\0", 12)), ":1:1: " + told) << "UTF-16";
  EXPECT_EQ(refusal_of("log: {level: info}\n" + std::string(512, '\0')), ":2:1: " + told) << "a sector of zeros";
  EXPECT_EQ(refusal_of("\xef\xbb\xbflog: {level: info}\r\n# caf\xc3\xa9\r\n"), "")
      << "a mark of UTF-8, line ends of Windows";
}

TEST_F(ConfigFile, IsOneDocument) {
  EXPECT_EQ(refusal_of("log: {level: info}\n---\nchannels: {a: {}}\n"),
            ":2:1: a second document starts here (---), or something that belongs to none; a configuration has one");
  EXPECT_EQ(refusal_of("---\nlog: {level: info}\n...\n"), "");
}

TEST_F(ConfigFile, IsARegularFile) {
  const std::string told = "; it has to be a regular file; see conf/kickoff.yaml for an example";
  std::filesystem::create_directory(path_);
  EXPECT_EQ(refusal(), ": is a directory" + told);
  std::filesystem::remove(path_);
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_EQ(refusal(), ": is a pipe" + told);
}

TEST_F(ConfigFile, HasAMebibyteAtMost) {
  std::string text = "{}\n#";
  text.resize(1024 * 1024, 'x');
  EXPECT_EQ(refusal_of(text), "");
  EXPECT_EQ(refusal_of(text + "x"), ": is longer than 1048576 bytes; see conf/kickoff.yaml for an example");
}

// `kickoff check` found it good, and the server did not start.
TEST(Ports, BelongToOneListenerEach) {
  EXPECT_EQ(problems_of("http: {port: 9000}\nadmin: {port: 9000}"),
            "t.yaml:1:1: admin.port is 9000, which http.port has already; give one of them another port\n");
  for (const char* text : {"http: {port: 8443}", "rtmp: {port: 1936}", "rtmp: {port: 8080}", "http: {tls_port: 1935}",
                           "admin: {listen: '::', port: 8080}"}) {
    EXPECT_NE(problems_of(text).find("give one of them another port"), std::string::npos) << text;
  }
}

TEST(Ports, MayBeTheSameOnTwoAddressesOrForUdpOrWhereTheyAreOff) {
  EXPECT_EQ(problems_of("http: {listen: 192.0.2.1, port: 8081}\nadmin: {listen: 127.0.0.1, port: 8081}"), "");
  EXPECT_EQ(problems_of("http: {port: 9000}\nsrt: {port: 9000}"), "");
  EXPECT_EQ(problems_of("http: {port: 0, tls_port: 0}\nrtmp: {port: 0, tls_port: 0}\nadmin: {port: 0}"), "");
}

TEST(Listen, TakesAddressesOfBothFamiliesInFigures) {
  for (const char* section : {"http", "admin", "rtmp", "srt"}) {
    for (const char* address : {"0.0.0.0", "127.0.0.1", "'::'", "'::1'", "'fe80::1%eth0'"}) {
      EXPECT_EQ(problems_of(std::string(section) + ": {listen: " + address + "}"), "") << section << address;
    }
    for (const char* wrong :
         {"not-an-address", "localhost", "127.0.0.256", "127.1", "''", "'127.0.0.1:80'", "'%eth0'"}) {
      EXPECT_NE(problems_of(std::string(section) + ": {listen: " + wrong + "}")
                    .find("listen has to be an IP address such as 0.0.0.0 or ::, not"),
                std::string::npos)
          << section << wrong;
    }
  }
}

std::string rung_problems(const std::string& more) {
  return problems_of("channels: {a: {ladder: [{height: 360, bitrate: 1M, " + more + "}]}}");
}

TEST(RungWords, AreThoseThatTheEncodersKnow) {
  for (const char* preset : {"ultrafast", "veryfast", "placebo"}) {
    EXPECT_EQ(rung_problems(std::string("preset: ") + preset), "");
    EXPECT_EQ(rung_problems(std::string("codec: hevc, preset: ") + preset), "");
  }
  EXPECT_NE(rung_problems("preset: fastest").find("preset has to be one of ultrafast, superfast, veryfast"),
            std::string::npos);
  EXPECT_NE(rung_problems("codec: hevc, preset: '8'").find("preset has to be one of ultrafast"), std::string::npos);
  EXPECT_EQ(rung_problems("codec: av1, preset: '0'"), "");
  EXPECT_EQ(rung_problems("codec: av1, preset: '10'"), "");
  EXPECT_NE(rung_problems("codec: av1, preset: '11'").find("preset has to be one of 0, 1, 2"), std::string::npos);
  EXPECT_EQ(rung_problems("profile: baseline"), "");
  EXPECT_NE(rung_problems("profile: foo").find("profile has to be one of baseline, main, high, not \"foo\""),
            std::string::npos);
}

}  // namespace
}  // namespace config
