#include "loop/peer_limits.h"

#include <gtest/gtest.h>

namespace loop {
namespace {

using base::kSecond;

TEST(PeerKey, IsTheAddressAndForIpv6ItsNetwork) {
  EXPECT_EQ(peer_key("192.0.2.7:4711"), "192.0.2.7");
  EXPECT_EQ(peer_key("[2001:db8:1:2:3:4:5:6]:1"), "2001:db8:1:2::");
  EXPECT_EQ(peer_key("[2001:db8:1:2::9]:2"), peer_key("[2001:db8:1:2:ffff::1]:3"));
}

TEST(PeerLimits, BoundsConnectionsOfOneAddress) {  // RT-44
  PeerLimits limits({.connections = 2});
  EXPECT_TRUE(limits.admit("192.0.2.7:1", false, 0));
  EXPECT_TRUE(limits.admit("192.0.2.7:2", false, 0));
  EXPECT_FALSE(limits.admit("192.0.2.7:3", false, 0));
  EXPECT_TRUE(limits.admit("192.0.2.8:1", false, 0));
  limits.leave("192.0.2.7:1", false);
  EXPECT_TRUE(limits.admit("192.0.2.7:4", false, 0));
}

TEST(PeerLimits, BoundsTheRateOfOneAddress) {  // RT-44
  PeerLimits limits({.burst = 3, .per_second = 1});
  const auto try_once = [&](base::Micros now) {
    const bool admitted = limits.admit("192.0.2.7:1", false, now);
    if (admitted) limits.leave("192.0.2.7:1", false);
    return admitted;
  };
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(try_once(0));
  EXPECT_FALSE(try_once(kSecond - 1));
  EXPECT_TRUE(try_once(kSecond));
  EXPECT_FALSE(try_once(kSecond + 1));
}

TEST(PeerLimits, ShutsOutAnAddressThatGuessesKeys) {  // RT-44
  PeerLimits limits({.failures = 3, .failure_window = 60 * kSecond});
  EXPECT_FALSE(limits.note_failure("192.0.2.7:1", false, 0));
  EXPECT_FALSE(limits.note_failure("192.0.2.7:2", false, 0));
  EXPECT_TRUE(limits.admit("192.0.2.7:3", false, 0));
  EXPECT_TRUE(limits.note_failure("192.0.2.7:3", false, 0));
  EXPECT_FALSE(limits.admit("192.0.2.7:4", false, 60 * kSecond));
  EXPECT_TRUE(limits.admit("192.0.2.7:4", false, 60 * kSecond + 1));
}

TEST(PeerLimits, LeavesLoopbackAlone) {
  PeerLimits limits({.connections = 1, .burst = 1, .failures = 1});
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(limits.admit("127.0.0.1:1", true, 0));
    EXPECT_FALSE(limits.note_failure("127.0.0.1:1", true, 0));
  }
  EXPECT_EQ(limits.peers(), 0U);
}

TEST(PeerLimits, ForgetsQuietPeersAndKnowsOnlySoMany) {
  PeerLimits limits({.burst = 1, .per_second = 1, .peers = 2});
  EXPECT_TRUE(limits.admit("192.0.2.1:1", false, 0));
  EXPECT_TRUE(limits.admit("192.0.2.2:1", false, 0));
  EXPECT_FALSE(limits.admit("192.0.2.3:1", false, 0));
  limits.leave("192.0.2.1:1", false);
  EXPECT_TRUE(limits.admit("192.0.2.3:1", false, 2 * kSecond));
  limits.leave("192.0.2.2:1", false);
  limits.leave("192.0.2.3:1", false);
  limits.prune(10 * kSecond);
  EXPECT_EQ(limits.peers(), 0U);
}

TEST(PeerLimits, LooksForQuietPeersOnceASecondAtMost) {
  PeerLimits limits({.burst = 1, .per_second = 1'000'000, .peers = 1});
  EXPECT_TRUE(limits.admit("192.0.2.1:1", false, 0));
  EXPECT_FALSE(limits.admit("192.0.2.2:1", false, 0)) << "the first is connected";
  limits.leave("192.0.2.1:1", false);
  EXPECT_FALSE(limits.admit("192.0.2.2:1", false, kSecond - 1));
  EXPECT_TRUE(limits.admit("192.0.2.2:1", false, kSecond));
}

}  // namespace
}  // namespace loop
