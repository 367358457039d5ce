#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "config/config.h"
#include "unit/config/parsed.h"

namespace config {
namespace {

bool complains(const std::string& text, const std::string& what) {
  return problems_of(text).find(what) != std::string::npos;
}

TEST(EtcdKeys, ThereIsNoneUnlessToldSo) {
  EXPECT_TRUE(good("").etcd.endpoints.empty());
  EXPECT_EQ(good("").etcd.prefix, "/kickoff");
}

TEST(EtcdKeys, AreRead) {
  const Config config = good(
      "etcd: {endpoints: ['http://etcd-0:2379', 'https://[::1]:2379'], prefix: /tv/live, certificates: /ca.pem, user: "
      "kickoff, password: secret}\n");
  EXPECT_EQ(config.etcd.endpoints, (std::vector<std::string>{"http://etcd-0:2379", "https://[::1]:2379"}));
  EXPECT_EQ(config.etcd.prefix, "/tv/live");
  EXPECT_EQ(config.etcd.certificates, "/ca.pem");
  EXPECT_EQ(config.etcd.user, "kickoff");
  EXPECT_EQ(config.etcd.password, "secret");
}

TEST(EtcdKeys, AnEndpointIsTheStartOfAUrl) {
  for (const char* url :
       {"etcd-0:2379", "ftp://etcd", "http://", "http://etcd/", "http://etcd:2379/v3", "http://a@etcd"})
    EXPECT_TRUE(complains("etcd: {endpoints: ['" + std::string(url) + "']}", "has to be the start of a URL")) << url;
  EXPECT_TRUE(complains("etcd: {endpoints: ['http://a', 'http://a']}", "names a member twice"));
  std::string many;
  for (int i = 0; i < 17; ++i) many += "'http://e" + std::to_string(i) + "',";
  EXPECT_TRUE(complains("etcd: {endpoints: [" + many + "]}", "more than 16 members"));
}

TEST(EtcdKeys, APrefixIsAPath) {
  for (const char* prefix : {"kickoff", "/", "/kickoff/", "/kick off"})
    EXPECT_TRUE(complains("etcd: {prefix: '" + std::string(prefix) + "'}", "a path such as /kickoff")) << prefix;
  EXPECT_TRUE(complains("etcd: {prefix: ''}", "must not be empty"));
}

TEST(EtcdKeys, UserAndPasswordGoTogether) {
  EXPECT_TRUE(complains("etcd: {user: kickoff}", "have to be given together"));
  EXPECT_TRUE(complains("etcd: {password: secret}", "have to be given together"));
  EXPECT_FALSE(complains("etcd: {password: secret}", "secret\""));
}

TEST(EtcdKeys, AnchorPtsNeedsEtcd) {
  const std::string channels = "channels: {match: {anchor: pts}, plain: {anchor: arrival}}\n";
  EXPECT_TRUE(complains(channels, "channels.match.anchor: pts needs etcd.endpoints"));
  EXPECT_FALSE(complains(channels, "channels.plain"));
  const Config config = good("etcd: {endpoints: ['http://etcd:2379']}\n" + channels);
  EXPECT_EQ(config.channels.at("match").options.media.anchor, job::Options::Anchor::kPts);
}

}  // namespace
}  // namespace config
