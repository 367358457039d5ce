#include "loop/peer_limits.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace loop {
namespace {

constexpr std::int64_t kToken = 1'000'000;  // so that refilling by microseconds needs no division
// Each is looked at: milliseconds, which whoever has very many networks must not cost at every connection.
constexpr base::Micros kPruneEvery = base::kSecond;

}  // namespace

std::string peer_key(std::string_view peer) {
  std::string address(peer.substr(0, peer.rfind(':')));
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  std::array<std::uint8_t, 16> bits{};
  if (inet_pton(AF_INET6, address.c_str(), bits.data()) != 1) return address;
  std::fill(bits.begin() + 8, bits.end(), std::uint8_t{0});
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(AF_INET6, bits.data(), text.data(), text.size());
  return text.data();
}

bool PeerLimits::admit(std::string_view peer, bool loopback, base::Micros now) {
  if (loopback) return true;
  Peer* known = find_or_add(peer, now);
  if (known == nullptr) return false;
  refill(*known, now);
  if (shut_out(*known, now) || known->connections >= options_.connections || known->tokens < kToken) return false;
  known->tokens -= kToken;
  ++known->connections;
  return true;
}

void PeerLimits::leave(std::string_view peer, bool loopback) {
  if (loopback) return;
  const auto known = peers_.find(peer_key(peer));
  if (known != peers_.end() && known->second.connections > 0) --known->second.connections;
}

bool PeerLimits::note_failure(std::string_view peer, bool loopback, base::Micros now) {
  if (loopback) return false;
  Peer* known = find_or_add(peer, now);
  if (known == nullptr) return true;
  if (!shut_out(*known, now) && known->failures++ == 0) known->failures_began = now;
  return shut_out(*known, now);
}

void PeerLimits::prune(base::Micros now) {
  for (auto entry = peers_.begin(); entry != peers_.end();) {
    Peer& peer = entry->second;
    refill(peer, now);
    shut_out(peer, now);
    const bool quiet = peer.connections == 0 && peer.failures == 0 && peer.tokens >= options_.burst * kToken;
    entry = quiet ? peers_.erase(entry) : std::next(entry);
  }
}

void PeerLimits::refill(Peer& peer, base::Micros now) const {
  const std::int64_t full = options_.burst * kToken;
  const base::Micros passed = std::clamp<base::Micros>(now - peer.refilled, 0, 3600 * base::kSecond);
  peer.tokens = std::min(full, peer.tokens + passed * options_.per_second);
  peer.refilled = now;
}

/// Forgets failures whose window has passed, and tells whether those left are too many.
bool PeerLimits::shut_out(Peer& peer, base::Micros now) const {
  if (now - peer.failures_began > options_.failure_window) peer.failures = 0;
  return peer.failures >= options_.failures;
}

PeerLimits::Peer* PeerLimits::find_or_add(std::string_view peer, base::Micros now) {
  std::string key = peer_key(peer);
  if (const auto known = peers_.find(key); known != peers_.end()) return &known->second;
  if (peers_.size() >= options_.peers && (!full_since_ || now - *full_since_ >= kPruneEvery)) {
    full_since_ = now;
    prune(now);
  }
  if (peers_.size() >= options_.peers) return nullptr;
  Peer fresh;
  fresh.tokens = options_.burst * kToken;
  fresh.refilled = now;
  return &peers_.emplace(std::move(key), fresh).first->second;
}

}  // namespace loop
