#include <gtest/gtest.h>

#include "config/config.h"
#include "unit/config/parsed.h"

namespace config {
namespace {

const std::string kRelayed = "relay: {secrets: ['0123456789abcdef']}\n";

std::string edge(const std::string& origins, const std::string& more = "") {
  return kRelayed + "edge: {origins: [" + origins + "]" + more + "}\n";
}

bool told(const std::string& text, const std::string& what) {
  return problems_of(text).find(what) != std::string::npos;
}

TEST(RelayKeys, NobodyGetsChannelsAndTheServerIsNoEdgeUnlessToldSo) {
  const Config config = good("");
  EXPECT_TRUE(config.relay.secrets.empty());
  EXPECT_TRUE(config.edge.origins.empty());
}

TEST(RelayKeys, AreRead) {
  const Config config = good(edge("'https://one.example.com:8443', 'http://[::1]:8080'", ", certificates: /ca.pem"));
  EXPECT_EQ(config.relay.secrets, std::vector<std::string>{"0123456789abcdef"});
  EXPECT_EQ(config.edge.origins, (std::vector<std::string>{"https://one.example.com:8443", "http://[::1]:8080"}));
  EXPECT_EQ(config.edge.certificates, "/ca.pem");
  EXPECT_EQ(config.edge.window, 300 * base::kSecond);
  EXPECT_EQ(good(edge("'http://one'", ", window: 60m")).edge.window, 3600 * base::kSecond);
}

TEST(RelayKeys, AnEdgesWindowFitsIntoItsMemory) {
  EXPECT_EQ(problems_of(edge("'http://one'", ", window: 12s")), "");
  EXPECT_EQ(problems_of(edge("'http://one'", ", window: 240m")), "");
  EXPECT_NE(problems_of(edge("'http://one'", ", window: 11s")), "");
  EXPECT_NE(problems_of(edge("'http://one'", ", window: 14401s")), "");
}

TEST(RelayKeys, ASecretHasSixteenVisibleCharacters) {
  EXPECT_TRUE(told("relay: {secrets: ['0123456789abcde']}", "16 to 512 visible ASCII characters"));
  EXPECT_TRUE(told("relay: {secrets: ['0123456789 abcdef']}", "16 to 512 visible ASCII characters"));
  EXPECT_FALSE(told("relay: {secrets: ['0123456789 abcdef']}", "0123456789")) << "it is not shown";
}

TEST(RelayKeys, AnOriginIsTheStartOfAUrl) {
  for (const char* url : {"origin.example.com", "ftp://origin", "https://", "https://origin/", "https://origin/live",
                          "https://user@origin", "https://origin?x", "https://ori gin"})
    EXPECT_TRUE(told(edge("'" + std::string(url) + "'"), "has to be the start of a URL")) << url;
}

TEST(RelayKeys, AnEdgeNeedsASecretAndEachOriginOnce) {
  EXPECT_TRUE(told("edge: {origins: ['http://one']}", "edge.origins needs relay.secrets"));
  EXPECT_TRUE(told(edge("'http://one', 'http://two', 'http://one'"), "names a server twice"));
  std::string many = "'http://o0'";
  for (int i = 1; i < 16; ++i) many += ", 'http://o" + std::to_string(i) + "'";
  EXPECT_EQ(problems_of(edge(many)), "");
  EXPECT_TRUE(told(edge(many + ", 'http://last'"), "more than 16 servers"));
}

TEST(RelayKeys, AnEdgeMayFindItsOriginsInEtcd) {
  const std::string etcd = "etcd: {endpoints: ['http://etcd-0:2379']}\n";
  EXPECT_FALSE(good(kRelayed).edge.used());
  EXPECT_TRUE(good(edge("'http://one'")).edge.used());
  const Config config = good(kRelayed + etcd + "edge: {discover: true}\n");
  EXPECT_TRUE(config.edge.discover && config.edge.used());
  EXPECT_TRUE(config.edge.origins.empty());
  EXPECT_EQ(problems_of(edge("'http://one'", ", discover: true") + etcd), "") << "both together";
  EXPECT_TRUE(told(kRelayed + "edge: {discover: true}\n", "edge.discover needs etcd.endpoints"));
  EXPECT_TRUE(told(etcd + "edge: {discover: true}\n", "edge.discover needs relay.secrets"));
  EXPECT_TRUE(told(kRelayed + etcd + "edge: {discover: true}\nchannels: {match: {upload: {url: 's3://media'}}}",
                   "an edge (edge.discover) uploads nothing"));
}

TEST(RelayKeys, AnOriginAnnouncesTheUrlThatEdgesReachItAt) {
  const auto origin = [](const std::string& url) {
    return "{secrets: ['0123456789abcdef'], announce: '" + url + "'}\n";
  };
  const std::string etcd = "etcd: {endpoints: ['http://etcd-0:2379']}\n";
  EXPECT_EQ(good("relay: " + origin("https://o:8443") + etcd).relay.announce, "https://o:8443");
  EXPECT_TRUE(told("relay: " + origin("https://o:8443"), "relay.announce needs etcd.endpoints"));
  EXPECT_TRUE(told("relay: {announce: 'https://o'}\n" + etcd, "relay.announce needs relay.secrets"));
  EXPECT_TRUE(told("relay: " + origin("https://o/live") + etcd, "has to be the start of a URL"));
  EXPECT_TRUE(
      told("relay: " + origin("https://o") + etcd + "edge: {origins: ['http://one']}\n", "an edge announces nothing"));
}

TEST(RelayKeys, AnEdgeTakesNoFeedsAndUploadsNothing) {
  EXPECT_TRUE(told(edge("'http://one'") + "channels: {match: {feeds: {primary: {source: 'udp://239.0.0.1:5000'}}}}",
                   "takes no feeds"));
  EXPECT_TRUE(told(edge("'http://one'") + "channels: {match: {upload: {url: 's3://media'}}}", "uploads nothing"));
}

}  // namespace
}  // namespace config
