#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

struct sockaddr;

namespace base {

/// An IP address and port; IPv4 is kept as ::ffff:a.b.c.d.
struct Address {
  std::array<std::uint8_t, 16> bytes{};
  std::uint16_t port = 0;

  bool is_v4() const;
  bool is_loopback() const;
  /// "192.0.2.7:4711", "[2001:db8::1]:4711"
  std::string text() const;
};
/// All zero for families other than AF_INET and AF_INET6.
Address address_of(const sockaddr* socket_address);

/// Of a peer's text: "192.0.2.7:4711", "[2001:db8::1]:4711". Nothing where it is none.
std::optional<Address> parse_peer(std::string_view text);

/// A range of addresses, for allow lists (SR-23).
struct Network {
  std::array<std::uint8_t, 16> bytes{};
  int prefix = 0;  ///< Units: bits of `bytes`, so 96 + n for IPv4

  bool contains(const Address& address) const;
};
/// "192.0.2.0/24", "2001:db8::/32", or a single address. Errors: kMalformed, also where bits behind the prefix are set.
Result<Network> parse_network(std::string_view text);

}  // namespace base
