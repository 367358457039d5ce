#include "base/network.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

namespace base {
namespace {

Address v4(const char* text, std::uint16_t port = 4711) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  inet_pton(AF_INET, text, &address.sin_addr);
  return address_of(reinterpret_cast<sockaddr*>(&address));
}

Address v6(const char* text, std::uint16_t port = 4711) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  inet_pton(AF_INET6, text, &address.sin6_addr);
  return address_of(reinterpret_cast<sockaddr*>(&address));
}

TEST(Address, IsWrittenWithItsPort) {
  EXPECT_EQ(v4("192.0.2.7").text(), "192.0.2.7:4711");
  EXPECT_EQ(v6("2001:db8::1").text(), "[2001:db8::1]:4711");
  EXPECT_EQ(v6("::ffff:192.0.2.7").text(), "192.0.2.7:4711");
}

TEST(Address, IsReadFromThatText) {
  for (const Address& address : {v4("192.0.2.7"), v6("2001:db8::1", 65535), v6("::1", 0)}) {
    const auto read = parse_peer(address.text());
    ASSERT_TRUE(read) << address.text();
    EXPECT_EQ(read->bytes, address.bytes);
    EXPECT_EQ(read->port, address.port);
  }
  for (const char* text : {"", "192.0.2.7", "192.0.2.7:", "192.0.2.7:65536", "192.0.2.7:1x", "[192.0.2.7]:1",
                           "2001:db8::1", "2001:db8::1:4711", "[]:1", "[::1:1", "name:1"})
    EXPECT_FALSE(parse_peer(text)) << text;
}

TEST(Address, KnowsLoopback) {
  EXPECT_TRUE(v4("127.0.0.1").is_loopback());
  EXPECT_TRUE(v4("127.9.9.9").is_loopback());
  EXPECT_TRUE(v6("::1").is_loopback());
  EXPECT_TRUE(v6("::ffff:127.0.0.1").is_loopback());
  EXPECT_FALSE(v4("192.0.2.7").is_loopback());
  EXPECT_FALSE(v6("2001:db8::1").is_loopback());
  EXPECT_FALSE(v6("::").is_loopback());
}

TEST(Network, ContainsTheAddressesOfItsPrefix) {  // SR-23
  EXPECT_TRUE(parse_network("192.0.2.0/24")->contains(v4("192.0.2.255")));
  EXPECT_FALSE(parse_network("192.0.2.0/24")->contains(v4("192.0.3.0")));
  EXPECT_TRUE(parse_network("10.128.0.0/9")->contains(v4("10.255.0.1")));
  EXPECT_FALSE(parse_network("10.128.0.0/9")->contains(v4("10.127.0.1")));
  EXPECT_TRUE(parse_network("0.0.0.0/0")->contains(v4("8.8.8.8")));
  EXPECT_FALSE(parse_network("0.0.0.0/0")->contains(v6("2001:db8::1")));
  EXPECT_TRUE(parse_network("192.0.2.7")->contains(v4("192.0.2.7")));
  EXPECT_FALSE(parse_network("192.0.2.7")->contains(v4("192.0.2.6")));
  EXPECT_TRUE(parse_network("2001:db8::/32")->contains(v6("2001:db8:ffff::1")));
  EXPECT_FALSE(parse_network("2001:db8::/32")->contains(v6("2001:db9::1")));
}

TEST(Network, RefusesWhatIsNone) {
  for (const char* text : {"", "/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0.0/", "10.0.0.1/8",
                           "2001:db8::/129", "example.org", "10.0.0"}) {
    EXPECT_FALSE(parse_network(text).ok()) << text;
  }
}

}  // namespace
}  // namespace base
