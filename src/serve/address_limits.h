#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "loop/peer_limits.h"

namespace serve {

/// What one address may take of a serve loop before it has asked for anything: connections a second, and half-open
/// connections (without a whole request so far) at a time. Who has asked is a viewer or a cache: a CDN and a carrier's
/// NAT have very many connections of one address, and those are not limited. An IPv6 address is its /64. Loopback
/// addresses are not limited. Memory: the half-open connections, and see loop::PeerLimits. Thread: its loop's.
/// `Connection` is only a name for what its owner closes: nothing here looks into it.
template <typename Connection>
class AddressLimits {
 public:
  struct Options {
    int new_per_second = 0;     ///< of one address; four times as many at once after a quiet time; 0: no limit
    std::size_t half_open = 0;  ///< of one address at a time; 0: no limit
    bool loopback = false;      ///< loopback addresses are limited, too: for tests
  };

  explicit AddressLimits(const Options& options) : options_(options), rate_(rate_of(options)) {}

  /// True if the peer ("192.0.2.7:4711") may connect now.
  bool admit(const std::string& peer, bool loopback, base::Micros now) {
    if (options_.new_per_second == 0) return true;
    const bool exempt = loopback && !options_.loopback;
    if (!rate_.admit(peer, exempt, now)) return false;
    rate_.leave(peer, exempt);
    return true;
  }

  /// A connection of the peer has begun. Returns the peer's oldest half-open one if there are too many with it: to be
  /// closed, which takes it out; null: none. `connection` stays where it is until remove().
  Connection* add(Connection& connection, const std::string& peer, bool loopback) {
    if (options_.half_open == 0 || (loopback && !options_.loopback)) return nullptr;
    std::string key = loop::peer_key(peer);
    std::list<Connection*>& oldest_first = half_open_[key];
    const auto at = oldest_first.insert(oldest_first.end(), &connection);
    places_.emplace(&connection, Place{std::move(key), at});
    return oldest_first.size() > options_.half_open ? oldest_first.front() : nullptr;
  }
  /// The connection has sent a request, or has closed. Does nothing if it is not half open.
  void remove(const Connection& connection) {
    if (places_.empty()) return;
    const auto place = places_.find(&connection);
    if (place == places_.end()) return;
    const auto found = half_open_.find(place->second.key);
    found->second.erase(place->second.at);
    if (found->second.empty()) half_open_.erase(found);
    places_.erase(place);
  }
  /// Half-open connections, those that are not limited left out.
  std::size_t half_open() const { return places_.size(); }

 private:
  struct Place {
    std::string key;
    typename std::list<Connection*>::iterator at;
  };

  static loop::PeerLimits::Options rate_of(const Options& options) {
    static constexpr int kBurstSeconds = 4;  // a crowd behind one address comes when the match begins
    loop::PeerLimits::Options rate;
    rate.per_second = options.new_per_second;
    rate.burst = kBurstSeconds * options.new_per_second;
    return rate;
  }

  Options options_;
  loop::PeerLimits rate_;
  std::map<std::string, std::list<Connection*>, std::less<>> half_open_;  ///< by address, oldest first; none is empty
  std::unordered_map<const Connection*, Place> places_;
};

}  // namespace serve
