#include "registry/announcer.h"

#include <gtest/gtest.h>

#include "unit/registry/fake_etcd.h"

namespace registry {
namespace {

using base::kMillisecond;
using base::kSecond;

const std::string kAnnouncedKey = "/kickoff/origins/http://a";

struct Announced {
  Announced() { clock.now = 1000 * kSecond; }
  void set(const std::string& value) { announcer.set(kAnnouncedKey, value); }
  void step() { announcer.step(clock.now + kSecond); }
  /// Does all that falls due within a span.
  void pass(base::Micros span) {
    const base::Micros end = clock.now + span;
    while (announcer.next() <= end) {
      clock.now = std::max(clock.now, announcer.next());
      step();
    }
    clock.now = end;
    etcd.pass(end);
  }
  std::string value() const { return etcd.keys.contains(kAnnouncedKey) ? etcd.keys.at(kAnnouncedKey).first : "none"; }
  /// The paths that were asked since the last call.
  std::string asked() {
    std::string out;
    for (const client::Request& request : std::exchange(transport.asked, {}))
      out += request.url.substr(request.url.rfind('/') + 1) + " ";
    return out;
  }

  FakeClock clock;
  FakeEtcd etcd;
  FakeTransport transport{etcd, clock};
  EtcdClient client{{.endpoints = {"http://e"}, .user = {}, .password = {}}, transport, clock};
  Announcer announcer{client, clock};
};

TEST(Announcer, DoesNothingUntilThereIsSomethingToAnnounce) {
  Announced given;
  EXPECT_EQ(given.announcer.next(), Announcer::kNever);
  given.step();
  EXPECT_EQ(given.asked(), "");
  EXPECT_FALSE(given.announcer.announced());
}

TEST(Announcer, WritesItsKeyUnderALease) {
  Announced given;
  given.set("one");
  EXPECT_LE(given.announcer.next(), given.clock.now);
  given.step();
  EXPECT_EQ(given.asked(), "grant put ");
  EXPECT_EQ(given.value(), "one");
  EXPECT_TRUE(given.announcer.announced());
  EXPECT_EQ(given.announcer.fault(), "");
  EXPECT_EQ(given.announcer.next(), given.clock.now + 3 * kSecond);
}

TEST(Announcer, RenewsItsLeaseAndWritesNothing) {
  Announced given;
  given.set("one");
  given.step();
  given.asked();
  given.pass(3 * kSecond - 1);
  EXPECT_EQ(given.asked(), "");
  given.pass(57 * kSecond + 1);
  std::string renewals;
  for (int i = 0; i < 20; ++i) renewals += "keepalive ";
  EXPECT_EQ(given.asked(), renewals);
  EXPECT_EQ(given.value(), "one");
}

TEST(Announcer, IsGoneWithinItsLeaseAfterAKill) {
  Announced given;
  given.set("one");
  given.step();
  given.etcd.pass(given.clock.now + 10 * kSecond - 1);
  EXPECT_EQ(given.value(), "one");
  given.etcd.pass(given.clock.now + 10 * kSecond);
  EXPECT_EQ(given.value(), "none");
}

TEST(Announcer, IsGoneAtOnceAfterAWithdrawal) {
  Announced given;
  given.set("one");
  given.step();
  given.announcer.withdraw(given.clock.now + kSecond);
  EXPECT_EQ(given.value(), "none");
  EXPECT_FALSE(given.announcer.announced());
  EXPECT_EQ(given.announcer.next(), Announcer::kNever);
  given.asked();
  given.announcer.withdraw(given.clock.now + kSecond);
  EXPECT_EQ(given.asked(), "") << "there is nothing to take away";
}

TEST(Announcer, WritesChangesOnceASecondAtTheMost) {
  Announced given;
  given.set("one");
  given.step();
  given.asked();
  for (int i = 0; i < 10; ++i) {
    given.set("v" + std::to_string(i));
    given.pass(100 * kMillisecond - 1);
  }
  EXPECT_EQ(given.asked(), "");
  given.pass(10);
  EXPECT_EQ(given.asked(), "put ");
  EXPECT_EQ(given.value(), "v9");
  given.set("v9");
  EXPECT_EQ(given.announcer.next(), 1003 * kSecond) << "the same is no change: the renewal is next";
}

TEST(Announcer, AStartedAnewServerKeepsTheKeyThatItsOldLeaseWouldTakeAway) {
  Announced given;
  given.set("old");
  given.step();
  given.clock.now += 5 * kSecond;
  Announcer again(given.client, given.clock);
  again.set(kAnnouncedKey, "new");
  again.step(given.clock.now + kSecond);
  given.etcd.pass(given.clock.now + 6 * kSecond);
  EXPECT_EQ(given.value(), "new");
  given.announcer.withdraw(given.clock.now + kSecond);
  EXPECT_EQ(given.value(), "new") << "nor does an old one that ends late";
}

TEST(Announcer, ALeaseThatEtcdHasLostIsReplacedAtOnce) {
  Announced given;
  given.set("one");
  given.step();
  given.etcd.lose_all();
  given.asked();
  given.pass(3 * kSecond);
  EXPECT_EQ(given.asked(), "keepalive grant put ");
  EXPECT_EQ(given.value(), "one");
  EXPECT_EQ(given.announcer.fault(), "");
}

TEST(Announcer, ALeaseThatRanOutBeforeAWriteIsReplaced) {
  Announced given;
  given.set("one");
  given.step();
  given.etcd.lose_all();
  given.pass(kSecond);
  given.set("two");
  given.step();
  EXPECT_NE(given.announcer.fault(), "");
  EXPECT_FALSE(given.announcer.announced() && given.value() == "two");
  given.pass(kSecond);
  EXPECT_EQ(given.value(), "two");
  EXPECT_TRUE(given.announcer.announced());
}

TEST(Announcer, TriesOnceASecondWhileEtcdIsGone) {
  Announced given;
  given.set("one");
  given.step();
  given.etcd.dead = {"http://e"};
  given.asked();
  given.pass(9 * kSecond);
  EXPECT_EQ(given.asked(), "keepalive keepalive keepalive keepalive keepalive keepalive keepalive ");
  EXPECT_EQ(given.announcer.fault(), "http://e: connection refused");
  EXPECT_TRUE(given.announcer.announced()) << "its lease has not run out yet";
  given.pass(kSecond);
  EXPECT_FALSE(given.announcer.announced());
  given.etcd.dead.clear();
  given.pass(kSecond);
  EXPECT_EQ(given.value(), "one");
  EXPECT_TRUE(given.announcer.announced());
  EXPECT_EQ(given.announcer.fault(), "");
}

TEST(Announcer, WhatEtcdRefusesIsAFault) {
  for (const char* path : {"/v3/lease/grant", "/v3/kv/put"}) {
    Announced given;
    given.etcd.refused = {path};
    given.set("one");
    given.step();
    EXPECT_EQ(given.announcer.fault(), "http://e answered 403: permission denied") << path;
    EXPECT_FALSE(given.announcer.announced());
    EXPECT_EQ(given.announcer.next(), given.clock.now + kSecond);
    given.etcd.refused.clear();
    given.pass(kSecond);
    EXPECT_TRUE(given.announcer.announced()) << path;
  }
}

TEST(Announcer, AWithdrawalThatEtcdDoesNotHearOfIsAFaultAndTheLeaseRunsOut) {
  Announced given;
  given.set("one");
  given.step();
  given.etcd.dead = {"http://e"};
  given.announcer.withdraw(given.clock.now + kSecond);
  EXPECT_NE(given.announcer.fault(), "");
  given.pass(10 * kSecond);
  EXPECT_EQ(given.value(), "none");
}

}  // namespace
}  // namespace registry
