#include "serve/address_limits.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace {

using base::kSecond;
using Limits = serve::AddressLimits<int>;

const std::string kViewer = "192.0.2.7:4711";

TEST(AddressLimits, LetsAnAddressConnectSoOftenASecondAndFourTimesThatAtOnce) {
  Limits limits({.new_per_second = 2});
  for (int i = 0; i < 8; ++i) EXPECT_TRUE(limits.admit(kViewer, false, 0)) << i;
  EXPECT_FALSE(limits.admit(kViewer, false, 0));
  EXPECT_TRUE(limits.admit("192.0.2.8:1", false, 0)) << "another address";
  EXPECT_TRUE(limits.admit(kViewer, false, kSecond));
  EXPECT_TRUE(limits.admit(kViewer, false, kSecond));
  EXPECT_FALSE(limits.admit(kViewer, false, kSecond));
}

TEST(AddressLimits, ClosesTheOldestHalfOpenConnectionOfAnAddressThatHasTooMany) {
  Limits limits({.half_open = 2});
  std::array<int, 5> connections{};
  EXPECT_EQ(limits.add(connections[0], kViewer, false), nullptr);
  EXPECT_EQ(limits.add(connections[1], "192.0.2.8:1", false), nullptr) << "another address";
  EXPECT_EQ(limits.add(connections[2], "192.0.2.7:9", false), nullptr);
  EXPECT_EQ(limits.add(connections[3], kViewer, false), &connections[0]);
  limits.remove(connections[0]);
  EXPECT_EQ(limits.add(connections[4], kViewer, false), &connections[2]);
  EXPECT_EQ(limits.half_open(), 4U);
}

TEST(AddressLimits, DoesNotCountConnectionsThatHaveAskedOrAreGone) {
  Limits limits({.half_open = 1});
  std::array<int, 3> connections{};
  EXPECT_EQ(limits.add(connections[0], kViewer, false), nullptr);
  limits.remove(connections[0]);
  EXPECT_EQ(limits.add(connections[1], kViewer, false), nullptr);
  limits.remove(connections[0]);
  EXPECT_EQ(limits.half_open(), 1U) << "it is gone already";
  limits.remove(connections[1]);
  EXPECT_EQ(limits.add(connections[2], kViewer, false), nullptr);
}

TEST(AddressLimits, TakesAnIpv6NetworkForOneAddress) {
  Limits limits({.new_per_second = 1, .half_open = 1});
  std::array<int, 3> connections{};
  EXPECT_EQ(limits.add(connections[0], "[2001:db8:1:2::9]:1", false), nullptr);
  EXPECT_EQ(limits.add(connections[1], "[2001:db8:1:3::9]:1", false), nullptr) << "another network";
  EXPECT_EQ(limits.add(connections[2], "[2001:db8:1:2:ffff::1]:1", false), &connections[0]);
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(limits.admit("[2001:db8::" + std::to_string(i) + "]:1", false, 0));
  EXPECT_FALSE(limits.admit("[2001:db8::f]:1", false, 0));
}

TEST(AddressLimits, LeavesLoopbackAlone) {
  Limits limits({.new_per_second = 1, .half_open = 1});
  std::array<int, 2> connections{};
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(limits.admit("127.0.0.1:1", true, 0));
  for (int& connection : connections) EXPECT_EQ(limits.add(connection, "127.0.0.1:1", true), nullptr);
  EXPECT_EQ(limits.half_open(), 0U);
}

TEST(AddressLimits, LimitsNothingWithoutALimit) {
  Limits limits({});
  std::array<int, 100> connections{};
  for (int& connection : connections) {
    EXPECT_TRUE(limits.admit(kViewer, false, 0));
    EXPECT_EQ(limits.add(connection, kViewer, false), nullptr);
  }
}

}  // namespace
