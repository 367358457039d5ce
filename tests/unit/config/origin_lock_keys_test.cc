#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "config/reload.h"
#include "unit/config/parsed.h"

namespace config {
namespace {

std::string lock(const std::string& keys) { return "http:\n  origin_lock: {" + keys + "}\n"; }

TEST(OriginLockKeys, LeaveTheLockOpenByDefault) {
  const Config::OriginLock found = good("").http.origin_lock;
  EXPECT_EQ(found.header, "X-Origin-Verify");
  EXPECT_TRUE(found.secrets.empty());
  EXPECT_TRUE(found.client_ca.empty());
}

TEST(OriginLockKeys, GatherSecretsFromTheListTheEnvironmentAndAFile) {
  char path[] = "/tmp/kickoff-lock-XXXXXX";
  const std::string directory = mkdtemp(path);
  std::ofstream(directory + "/secrets") << "four\nfive\n";
  const Config config =
      good(lock("header: X-Edge, secrets: [one], secrets_env: OURS, secrets_file: " + directory + "/secrets"),
           {{"OURS", "two,three"}});
  EXPECT_EQ(config.http.origin_lock.header, "X-Edge");
  EXPECT_EQ(config.http.origin_lock.secrets, (std::vector<std::string>{"one", "two", "three", "four", "five"}));
  std::filesystem::remove_all(directory);
}

TEST(OriginLockKeys, RefuseWhatNoHeaderCarriesWithoutShowingIt) {
  for (const char* secret : {"\"\"", "\"with blank\"", "\"caf\\u00e9\"", "\"bell\\u0007\""}) {
    const std::string problems = problems_of(lock("secrets: [" + std::string(secret) + "]"));
    EXPECT_NE(problems.find("visible ASCII"), std::string::npos) << secret << problems;
    EXPECT_EQ(problems.find("blank]"), std::string::npos) << problems;
  }
  EXPECT_EQ(problems_of(lock("secrets: [\"" + std::string(512, 'x') + "\"]")), "");
  EXPECT_NE(problems_of(lock("secrets: [\"" + std::string(513, 'x') + "\"]")), "");
  const std::string problems = problems_of(lock("secrets_env: OURS"), {{"OURS", "good,not good"}});
  EXPECT_NE(problems.find("secret 2 has to be"), std::string::npos) << problems;
  EXPECT_EQ(problems.find("not good"), std::string::npos) << "a secret is not shown: " << problems;
}

TEST(OriginLockKeys, RefuseHeadersThatACdnDoesNotAddOrThatHaveAUse) {  // CF-19
  for (const char* header :
       {"X-Amz-Secret", "x-edge-secret", "Host", "range", "Cache-Control", "TE", "two words", "a/b"})
    EXPECT_NE(problems_of(lock(std::string("header: ") + header)).find("the name of a header that a CDN can add"),
              std::string::npos)
        << header;
  for (const char* header : {"X-Edge", "X-Amz", "Authorization", "x_1", "Ranges"})
    EXPECT_EQ(problems_of(lock(std::string("header: ") + header)), "") << header;
}

TEST(OriginLockKeys, NeedAHeaderForSecrets) {
  EXPECT_NE(problems_of(lock("header: \"\", secrets: [one]")).find("http.origin_lock.secrets need a header"),
            std::string::npos);
  EXPECT_EQ(problems_of(lock("header: \"\", client_ca: ca.pem")), "");
}

TEST(OriginLockKeys, NeedATlsPortForCertificates) {
  EXPECT_EQ(problems_of("http:\n  origin_lock: {client_ca: ca.pem}\n"), "");
  EXPECT_NE(
      problems_of("http:\n  tls_port: 0\n  origin_lock: {client_ca: ca.pem}\n").find("client_ca needs http.tls_port"),
      std::string::npos);
}

TEST(OriginLockKeys, AreTakenUpByAReload) {
  EXPECT_TRUE(
      keys_for_restart(good(lock("secrets: [old]")), good(lock("header: X-Other, secrets: [new], client_ca: ca.pem")))
          .empty());
}

}  // namespace
}  // namespace config
