#include "registry/etcd_client.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "registry/gateway.h"
#include "unit/registry/fake_etcd.h"

namespace registry {
namespace {

using base::kMillisecond;
using base::kSecond;

struct Cluster {
  explicit Cluster(std::string user = "", std::string password = "")
      : etcd({.endpoints = {"http://a:2379", "http://b:2379", "http://c:2379"},
              .user = std::move(user),
              .password = std::move(password)},
             transport, clock) {}
  base::Result<std::string> range() { return etcd.call({{kRangePath, range_request("k")}}, until()).front(); }
  base::Micros until() const { return clock.now + 900 * kMillisecond; }
  /// Hosts that were asked since the last call.
  std::string hosts() {
    std::string out;
    for (const client::Request& request : std::exchange(transport.asked, {})) out += request.url[7];
    return out;
  }

  FakeClock clock;
  FakeEtcd cluster;
  FakeTransport transport{cluster, clock};
  EtcdClient etcd;
};

TEST(EtcdClient, PostsJsonToTheFirstEndpoint) {
  Cluster given;
  ASSERT_TRUE(given.range().ok());
  ASSERT_EQ(given.transport.asked.size(), 1U);
  const client::Request& request = given.transport.asked.front();
  EXPECT_EQ(request.url, "http://a:2379/v3/kv/range");
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.headers, (client::Headers{{"Content-Type", "application/json"}}));
  EXPECT_TRUE(request.direct) << "no proxy of the environment is meant for it";
}

TEST(EtcdClient, AsksTheNextEndpointWhereOneIsDeadAndStaysThere) {
  Cluster given;
  given.cluster.dead = {"http://a:2379"};
  EXPECT_TRUE(given.range().ok());
  EXPECT_EQ(given.hosts(), "ab");
  EXPECT_TRUE(given.range().ok());
  EXPECT_EQ(given.hosts(), "b");
  given.cluster.dead = {"http://b:2379", "http://c:2379"};
  EXPECT_TRUE(given.range().ok());
  EXPECT_EQ(given.hosts(), "bca") << "behind the last is the first";
}

TEST(EtcdClient, SharesItsTimeAmongTheEndpointsThatAreLeft) {
  Cluster given;
  given.cluster.dead = {"http://a:2379", "http://b:2379"};
  given.transport.takes = 300 * kMillisecond;
  EXPECT_TRUE(given.range().ok());
  std::vector<base::Micros> timeouts;
  for (const client::Request& request : given.transport.asked) timeouts.push_back(request.timeout);
  EXPECT_EQ(timeouts, (std::vector<base::Micros>{300 * kMillisecond, 300 * kMillisecond, 300 * kMillisecond}));
}

TEST(EtcdClient, StopsWhenItsTimeIsOver) {
  Cluster given;
  given.cluster.dead = {"http://a:2379", "http://b:2379"};
  given.transport.takes = 450 * kMillisecond;
  const auto answer = given.range();
  EXPECT_EQ(given.hosts(), "ab");
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, base::Code::kSystem);
  EXPECT_EQ(answer.error().what, "http://b:2379: connection refused");
  EXPECT_FALSE(given.etcd.call({{kRangePath, "{}"}}, given.clock.now).front().ok());
  EXPECT_EQ(given.hosts(), "") << "there was no time at all";
}

TEST(EtcdClient, AMemberWithoutALeaderIsAsGoodAsDead) {
  Cluster given;
  given.cluster.status = 503;
  const auto answer = given.range();
  EXPECT_EQ(given.hosts(), "abc");
  EXPECT_EQ(answer.error().what, "http://c:2379 answered 503: no leader");
  EXPECT_EQ(answer.error().code, base::Code::kSystem);
}

TEST(EtcdClient, WhatOneMemberRefusesAllWould) {
  Cluster given;
  given.cluster.status = 403;
  const auto answer = given.range();
  EXPECT_EQ(given.hosts(), "a");
  EXPECT_EQ(answer.error().code, base::Code::kDenied);
}

TEST(EtcdClient, LogsInOnceAndShowsItsToken) {
  Cluster given("kickoff", "secret");
  given.cluster.password = "secret";
  EXPECT_TRUE(given.range().ok());
  EXPECT_TRUE(given.range().ok());
  EXPECT_EQ(given.hosts(), "aaa");
}

TEST(EtcdClient, LogsInAgainWhenItsTokenHasRunOut) {
  Cluster given("kickoff", "secret");
  given.cluster.password = "secret";
  EXPECT_TRUE(given.range().ok());
  given.cluster.token = "t2";
  EXPECT_TRUE(given.range().ok());
  EXPECT_EQ(given.hosts(), "aaaaa") << "login, range; refused range, login, range";
}

TEST(EtcdClient, AWrongPasswordIsNotTriedElsewhere) {
  Cluster given("kickoff", "wrong");
  given.cluster.password = "secret";
  const auto answer = given.range();
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, base::Code::kDenied);
  EXPECT_EQ(given.hosts(), "a");
  EXPECT_EQ(answer.error().what.find("secret"), std::string::npos);
}

TEST(EtcdClient, AnswersEachCallByItself) {
  Cluster given;
  given.cluster.keys["k"] = {"v", 3};
  const auto answers =
      given.etcd.call({{kRangePath, range_request("none")}, {kRangePath, range_request("k")}}, given.until());
  EXPECT_FALSE(*parse_range(*answers[0]));
  EXPECT_EQ((*parse_range(*answers[1]))->value, "v");
}

}  // namespace
}  // namespace registry
