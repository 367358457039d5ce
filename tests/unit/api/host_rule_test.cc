#include "api/host_rule.h"

#include <gtest/gtest.h>

namespace api {
namespace {

TEST(HostRule, AdmitsAddressesAndLocalhost) {
  const HostRule rule;
  for (const char* host : {"127.0.0.1", "10.1.2.3:8081", "[::1]", "[::1]:8081", "[2001:db8::7]:80", "localhost",
                           "localhost:8081", "LocalHost", "localhost.", "localhost.:8081", "192.0.2.1:", ""})
    EXPECT_TRUE(rule.admits(host)) << host;
}

TEST(HostRule, RefusesEveryOtherName) {
  const HostRule rule;
  for (const char* host : {"evil.example",
                           "evil.example:8081",
                           "127.0.0.1.evil.example",
                           "localhost.evil.example",
                           "a.localhost",
                           "127.0.0.1x",
                           "1.2.3",
                           "0x7f.1",
                           "2130706433",
                           ".",
                           ":8081",
                           "[::1",
                           "[::1]x",
                           "[::1]:80x",
                           "[127.0.0.1]",
                           "[evil]",
                           "[]",
                           "::1",
                           "localhost:80:80",
                           "localhost:x",
                           "user@localhost",
                           "localhost/",
                           "localhost..",
                           "256.1.1.1",
                           "127.0.0.1 evil"})
    EXPECT_FALSE(rule.admits(host)) << host;
}

TEST(HostRule, AdmitsTheNamesGivenWithAnyPortAndInAnyCase) {
  const HostRule rule({"Kickoff.Example.com", "kickoff"});
  for (const char* host : {"kickoff.example.com", "KICKOFF.example.com:8081", "kickoff.example.com.", "kickoff:9"})
    EXPECT_TRUE(rule.admits(host)) << host;
  for (const char* host : {"example.com", "a.kickoff.example.com", "kickoff.example.com.evil", "kickof", "kickofff"})
    EXPECT_FALSE(rule.admits(host)) << host;
}

TEST(HostRule, AStarStandsForEveryNameBelow) {
  const HostRule rule({"*.media.svc"});
  for (const char* host : {"kickoff-0.media.svc:8081", "a.b.media.svc", "A.MEDIA.SVC"})
    EXPECT_TRUE(rule.admits(host)) << host;
  for (const char* host : {"media.svc", ".media.svc", "amedia.svc", "a.media.svc.evil", "*.evil"})
    EXPECT_FALSE(rule.admits(host)) << host;
}

TEST(HostNames, HaveNoPortAndNoScheme) {
  for (const char* good : {"kickoff", "kickoff.example.com", "*.media.svc", "a_b", "0", "Z-9"})
    EXPECT_TRUE(valid_host_name(good)) << good;
  for (const char* wrong :
       {"", "*", "*.", "*.*.a", "kickoff:80", "http://kickoff", "a b", "a/b", ".a", "a.", "a*b", "*a"})
    EXPECT_FALSE(valid_host_name(wrong)) << wrong;
  EXPECT_TRUE(valid_host_name(std::string(253, 'a')));
  EXPECT_FALSE(valid_host_name(std::string(254, 'a')));
}

TEST(SameOrigin, IsTheHostWhateverTheScheme) {
  EXPECT_TRUE(same_origin("http://localhost:8081", "localhost:8081"));
  EXPECT_TRUE(same_origin("https://Kickoff.example", "kickoff.example"));
  for (const char* other : {"null", "", "http://localhost", "http://localhost:8082", "http://evil", "localhost:8081",
                            "http://localhost:8081.evil", "http://evil/localhost:8081"})
    EXPECT_FALSE(same_origin(other, "localhost:8081")) << other;
}

}  // namespace
}  // namespace api
