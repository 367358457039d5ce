#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace loop {

/// How much of a listener one address may take: connections at a time, connections a second, wrong keys a minute
/// (RT-44). An IPv6 peer is its /64, since a host has all of one. Loopback addresses are the operator's own and not
/// limited. Memory: Options::peers entries; while none of those is quiet, further addresses are refused.
class PeerLimits {
 public:
  struct Options {
    int connections = 256;                             ///< of one address at a time
    int burst = 300;                                   ///< connections at once after a quiet time …
    int per_second = 30;                               ///< … and steadily
    int failures = 10;                                 ///< wrong keys, within …
    base::Micros failure_window = 60 * base::kSecond;  ///< … this, shut an address out for as long again
    std::size_t peers = 65536;
  };

  explicit PeerLimits(const Options& options) : options_(options) {}

  /// True if the peer ("192.0.2.7:4711", "[2001:db8::1]:4711") may connect; then leave() must follow when it goes.
  bool admit(std::string_view peer, bool loopback, base::Micros now);
  void leave(std::string_view peer, bool loopback);
  /// A wrong key came from the peer. True while it is shut out.
  bool note_failure(std::string_view peer, bool loopback, base::Micros now);
  /// Forgets peers that have been quiet; call it now and then.
  void prune(base::Micros now);

  std::size_t peers() const { return peers_.size(); }

 private:
  struct Peer {
    int connections = 0;
    std::int64_t tokens = 0;  ///< Units: millionths of a connection.
    base::Micros refilled = 0;
    int failures = 0;
    base::Micros failures_began = 0;
  };

  void refill(Peer& peer, base::Micros now) const;
  bool shut_out(Peer& peer, base::Micros now) const;
  Peer* find_or_add(std::string_view peer, base::Micros now);

  Options options_;
  std::map<std::string, Peer, std::less<>> peers_;
  std::optional<base::Micros> full_since_;  ///< when it was pruned because there were too many
};

/// What PeerLimits counts a peer under: the address without port, an IPv6 one cut to its first 64 bits.
std::string peer_key(std::string_view peer);

}  // namespace loop
