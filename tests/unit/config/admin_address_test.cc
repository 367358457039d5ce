// What of a configuration has to be right so that a health check finds the server.
#include "config/admin_address.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

namespace config {
namespace {

constexpr const char* kDefault = "127.0.0.1 8081";

std::string described(const AdminAddress& address) {
  std::string all = address.listen + " " + std::to_string(address.port);
  for (const Problem& problem : address.problems) all += "\n" + problem.message();
  return all;
}

std::string found_in(const std::string& text, const Environment& environment = {}) {
  return described(admin_address_in(text, "k.yaml", environment));
}

TEST(AdminAddress, IsThatOfTheFileOfTheEnvironmentOrTheDefault) {
  EXPECT_EQ(found_in("admin: {listen: 10.0.0.1, port: 9001}"), "10.0.0.1 9001");
  EXPECT_EQ(found_in("{admin: {port: 9001}}"), "127.0.0.1 9001");
  EXPECT_EQ(found_in("http: {port: 9001}"), kDefault);
  const Environment environment{{"KICKOFF_ADMIN_LISTEN", "0.0.0.0"}, {"KICKOFF_ADMIN_PORT", "9002"}};
  EXPECT_EQ(found_in("admin: {listen: 10.0.0.1, port: 9001}", environment), "0.0.0.0 9002");
  EXPECT_EQ(found_in("{}", environment), "0.0.0.0 9002");
}

TEST(AdminAddress, NeedsNoOtherKeyToBeRight) {
  EXPECT_EQ(found_in("http: {prot: 80, port: many}\n"
                     "http: again\n"
                     "rtmp: []\n"
                     "channels: {\"a b\": {keys_file: /nowhere}}\n"
                     "admin:\n"
                     "  hosts: [\"no host\", {}]\n"
                     "  tokens: [{name: ci, role: king, file: /nowhere/token}]\n"
                     "  colour: blue\n"
                     "  port: 9001\n"),
            "127.0.0.1 9001");
}

TEST(AdminAddress, NeedsNoFileThatTheConfigurationNames) {
  EXPECT_EQ(found_in("http: {certificate: /nowhere/chain.pem, key: /nowhere/key.pem}\n"
                     "channels: {\"*\": {keys_file: /nowhere/keys, keys_env: KICKOFF_NO_SUCH}}\n"
                     "admin: {port: 9001}\n"),
            "127.0.0.1 9001");
}

TEST(AdminAddress, IsFoundInAFileThatIsNoYamlBeforeOrAfterTheSection) {
  EXPECT_EQ(found_in("http:\n\tport: 80\n"
                     "admin:\r\n  # the host's own\n\n  listen: \"::\"\n# and\n  port: 9001\n"
                     "rtmp: {port: [\n"
                     "admin: {port: 9002}\n"),
            ":: 9001");
  EXPECT_EQ(found_in("admin: {port: 9001}\n---\nlog: {}\n"), "127.0.0.1 9001") << "two documents";
  EXPECT_EQ(found_in("log: \"\xff\"\nadmin:\n  port: 9001"), "127.0.0.1 9001") << "no text";
}

TEST(AdminAddress, IsTheDefaultWithTheReasonWhereItCannotBeRead) {
  const std::string broken = found_in("log:\n  level: info\nrtmp: {port: [\n");
  EXPECT_EQ(broken.substr(0, broken.find(':')), std::string(kDefault) + "\nk.yaml") << broken;
  EXPECT_NE(broken.find("k.yaml:4:1: "), std::string::npos) << broken;
  EXPECT_EQ(found_in("just words"),
            std::string(kDefault) + "\nk.yaml:1:1: the file has to be a mapping of keys to values");
  EXPECT_NE(found_in(""), kDefault) << "no server starts with an empty file";
  EXPECT_EQ(found_in("admin: 9001"),
            std::string(kDefault) + "\nk.yaml:1:8: admin has to be a mapping of keys to values");
  EXPECT_EQ(found_in(std::string("\0\0\0\0", 4)),
            std::string(kDefault) + "\nk.yaml:1:1: is no UTF-8 text: this line has bytes that no text has");
}

TEST(AdminAddress, KeepsOneHalfWhereTheOtherCannotBeRead) {
  EXPECT_EQ(found_in("rtmp: {port: [\nadmin:\n  listen: 10.0.0.1\n  port: many\n"),
            "10.0.0.1 8081\nk.yaml:4:9: port has to be a whole number from 0 to 65535, not \"many\"");
  EXPECT_EQ(found_in("admin: {listen: localhost, port: 9001}"),
            "127.0.0.1 9001\nk.yaml:1:17: listen has to be an IP address such as 0.0.0.0 or ::, not \"localhost\"");
  EXPECT_EQ(found_in("admin: {port: 9001}", {{"KICKOFF_ADMIN_PORT", "tcp://10.0.0.1:80"}}),
            std::string(kDefault) +
                "\nenvironment variable KICKOFF_ADMIN_PORT: port has to be a whole number from 0 to 65535, not "
                "\"tcp://10.0.0.1:80\"");
}

TEST(AdminAddress, IsReadFromAFileThatNeedNotExist) {
  const std::string path = ::testing::TempDir() + "kickoff-admin-address-" + std::to_string(getpid()) + ".yaml";
  std::ofstream(path) << "admin: {port: 9001}\n";
  EXPECT_EQ(described(find_admin_address(path, {})), "127.0.0.1 9001");
  std::remove(path.c_str());
  const AdminAddress gone = find_admin_address(path, {{"KICKOFF_ADMIN_LISTEN", "0.0.0.0"}});
  EXPECT_EQ(gone.listen + " " + std::to_string(gone.port), "0.0.0.0 8081");
  ASSERT_EQ(gone.problems.size(), 1U);
  EXPECT_TRUE(gone.problems[0].message().starts_with(path + ": ")) << gone.problems[0].message();
  EXPECT_FALSE(find_admin_address("/", {}).problems.empty());
}

}  // namespace
}  // namespace config
