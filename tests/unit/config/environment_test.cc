#include "config/environment.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace config {
namespace {

/// What is said of one variable where KICKOFF_HTTP_PORT and KICKOFF_LOG_LEVEL are known; one a line.
std::string told_of(const std::string& name) {
  std::string all;
  for (const std::string& warning :
       unknown_variables({{name, "x"}}, {"KICKOFF_HTTP_PORT", "KICKOFF_LOG_LEVEL", "KEYS"}))
    all += warning + "\n";
  return all;
}

TEST(UnknownVariables, AreToldWithTheNearestKnownOne) {
  EXPECT_EQ(told_of("KICKOFF_HTPP_PORT"),
            "environment variable KICKOFF_HTPP_PORT sets no key; did you mean KICKOFF_HTTP_PORT?\n");
  EXPECT_EQ(told_of("KICKOFF_LOGLEVEL"),
            "environment variable KICKOFF_LOGLEVEL sets no key; did you mean KICKOFF_LOG_LEVEL?\n");
}

TEST(UnknownVariables, ThatAreNearNoneAreOnlyNamed) {
  EXPECT_EQ(told_of("KICKOFF_X"), "environment variable KICKOFF_X sets no key\n");
}

TEST(UnknownVariables, AreNeitherKnownOnesNorThoseWithoutThePrefix) {
  for (const char* name : {"KICKOFF_HTTP_PORT", "KEYS", "PATH", "KICKOF_HTTP_PORT", "kickoff_http_port"})
    EXPECT_EQ(told_of(name), "") << name;
}

TEST(UnknownVariables, AreNotThoseOfTheToolsAndOfKubernetes) {
  for (const char* name : {"KICKOFF_ADMIN_TOKEN", "KICKOFF_BENCH_SECONDS", "KICKOFF_STATE", "KICKOFF_SERVICE_HOST",
                           "KICKOFF_PORT", "KICKOFF_PORT_8080_TCP_ADDR"})
    EXPECT_EQ(told_of(name), "") << name;
  EXPECT_NE(told_of("KICKOFF_ADMIN_TOKENS"), "");
  EXPECT_NE(told_of("KICKOFF_STATES"), "");
}

TEST(Environment, OfThisProcessHasItsVariablesWithAllThatFollowsTheFirstEqualsSign) {
  ASSERT_EQ(setenv("KICKOFF_TEST_ENVIRONMENT", "a=b", 1), 0);
  EXPECT_EQ(environment_of_this_process().at("KICKOFF_TEST_ENVIRONMENT"), "a=b");
  ASSERT_EQ(setenv("KICKOFF_TEST_ENVIRONMENT", "", 1), 0);
  EXPECT_EQ(environment_of_this_process().at("KICKOFF_TEST_ENVIRONMENT"), "");
  unsetenv("KICKOFF_TEST_ENVIRONMENT");
  EXPECT_EQ(environment_of_this_process().count("KICKOFF_TEST_ENVIRONMENT"), 0U);
}

TEST(Nearest, IsTheWordWithTheFewestChanges) {
  EXPECT_EQ(nearest("prot", {"path", "port"}), "port");
  EXPECT_EQ(nearest("kyes", {"keys", "keys_env"}), "keys");
  EXPECT_EQ(nearest("ab", {"cd"}), "cd");            // two changes are near for a short word
  EXPECT_EQ(nearest("ab", {"cde"}), "");             // three are not
  EXPECT_EQ(nearest("abcdefgh", {"abcd"}), "abcd");  // half of a longer one is
  EXPECT_EQ(nearest("abcdefgh", {"abc"}), "");
  EXPECT_EQ(nearest("", {}), "");
}

}  // namespace
}  // namespace config
