#include "base/network.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace base {
namespace {

constexpr int kBits = 128;
constexpr std::array<std::uint8_t, 12> kV4Prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool bit(const std::array<std::uint8_t, 16>& bytes, int index) {
  return (bytes[static_cast<std::size_t>(index / 8)] >> (7 - index % 8) & 1) != 0;
}

/// The address, and how many bits a prefix of its family may have.
Result<int> parse_address(const std::string& text, std::array<std::uint8_t, 16>& bytes) {
  if (inet_pton(AF_INET, text.c_str(), bytes.data() + kV4Prefix.size()) == 1) {
    std::copy(kV4Prefix.begin(), kV4Prefix.end(), bytes.begin());
    return 32;
  }
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return kBits;
  return Error{Code::kMalformed, "not an IP address: " + text};
}

}  // namespace

bool Address::is_v4() const { return std::equal(kV4Prefix.begin(), kV4Prefix.end(), bytes.begin()); }

bool Address::is_loopback() const {
  if (is_v4()) return bytes[12] == 127;
  return bytes[15] == 1 && std::all_of(bytes.begin(), bytes.end() - 1, [](std::uint8_t byte) { return byte == 0; });
}

std::string Address::text() const {
  char buffer[INET6_ADDRSTRLEN] = {};
  if (is_v4()) {
    inet_ntop(AF_INET, bytes.data() + kV4Prefix.size(), buffer, sizeof buffer);
    return std::string(buffer) + ":" + std::to_string(port);
  }
  inet_ntop(AF_INET6, bytes.data(), buffer, sizeof buffer);
  return "[" + std::string(buffer) + "]:" + std::to_string(port);
}

Address address_of(const sockaddr* socket_address) {
  Address address;
  if (socket_address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, socket_address, sizeof v4);
    std::copy(kV4Prefix.begin(), kV4Prefix.end(), address.bytes.begin());
    std::memcpy(address.bytes.data() + kV4Prefix.size(), &v4.sin_addr, 4);
    address.port = ntohs(v4.sin_port);
  } else if (socket_address->sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, socket_address, sizeof v6);
    std::memcpy(address.bytes.data(), &v6.sin6_addr, 16);
    address.port = ntohs(v6.sin6_port);
  }
  return address;
}

std::optional<Address> parse_peer(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  Address address;
  const std::string_view digits = text.substr(colon + 1);
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (fault != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  std::string host(text.substr(0, colon));
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto width = parse_address(host, address.bytes);
  // Without brackets an IPv6 address runs into its port.
  if (!width.ok() || (*width == kBits) != bracketed) return std::nullopt;
  return address;
}

bool Network::contains(const Address& address) const {
  for (int i = 0; i < prefix; ++i) {
    if (bit(bytes, i) != bit(address.bytes, i)) return false;
  }
  return true;
}

Result<Network> parse_network(std::string_view text) {
  Network network;
  const std::size_t slash = text.find('/');
  TRY(const int width, parse_address(std::string(text.substr(0, slash)), network.bytes));
  int length = width;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (error != std::errc{} || end != digits.data() + digits.size() || length < 0 || length > width) {
      return Error{Code::kMalformed, "prefix length of " + std::string(text)};
    }
  }
  network.prefix = kBits - width + length;
  for (int i = network.prefix; i < kBits; ++i) {
    if (bit(network.bytes, i)) return Error{Code::kMalformed, "bits behind the prefix of " + std::string(text)};
  }
  return network;
}

}  // namespace base
