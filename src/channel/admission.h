#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "channel/limits.h"
#include "ingest/publisher.h"
#include "loop/peer_limits.h"

namespace channel {

/// The limits that a new channel may meet.
enum class Limit : std::uint8_t { kChannels, kChannelsPerAddress, kNewPerSecond, kCpuReserve };
inline constexpr std::array kLimits{Limit::kChannels, Limit::kChannelsPerAddress, Limit::kNewPerSecond,
                                    Limit::kCpuReserve};
/// The configuration key: "channels", "channels_per_address", "new_channels_per_second", "cpu_reserve".
std::string_view to_string(Limit limit);

/// Refusals so far, by Limit.
using LimitCounters = std::array<std::uint64_t, kLimits.size()>;

/// Decides whether a publisher may make a channel that the configuration does not name. Counts refusals and logs them,
/// at most one line in ten seconds for each limit. Loopback addresses are the operator's own: the limits of an address
/// do not apply to them. Memory: bounded, see loop::PeerLimits. Thread: the control loop's.
class Admission {
 public:
  /// The channels that exist already.
  struct Count {
    int channels = 0;
    int of_address = 0;
  };

  explicit Admission(const Limits& limits) : limits_(limits), rate_(rate_of(limits)) {}

  /// The limit that a further channel would exceed; nullopt: none.
  std::optional<Limit> full(const Count& count, bool loopback) const;
  /// Counts one channel against what the address may make in a second. Returns the limit if that is exceeded.
  std::optional<Limit> take(std::string_view peer, bool loopback, base::Micros now);
  /// Counts a refusal.
  ingest::Publisher::Refusal refuse(Limit limit, std::string_view peer, base::Micros now);

  /// Share of the CPU that has to be left; 0: not limited.
  double cpu_reserve() const { return limits_.cpu_reserve / 100.0; }
  /// True if a ladder that would take of that goes without its largest rungs, and is not refused.
  bool smaller_ladders() const { return limits_.beyond_cpu_reserve == Limits::BeyondReserve::kSmallerLadder; }
  /// Replaces the limits. If they differ, what addresses have made so far no longer counts.
  void configure(const Limits& limits);
  const LimitCounters& refused() const { return refused_; }

 private:
  static loop::PeerLimits::Options rate_of(const Limits& limits);

  Limits limits_;
  loop::PeerLimits rate_;
  LimitCounters refused_{};
  LimitCounters logged_{};
  std::array<std::optional<base::Micros>, kLimits.size()> logged_at_{};
};

}  // namespace channel
