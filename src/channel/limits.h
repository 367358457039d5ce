#pragma once

#include <cstdint>

namespace channel {

/// How many channels publishers may make that no entry of the configuration names. Channels with an entry of their own
/// are never counted, and never refused for any of these limits but cpu_reserve. Defaults as documented in
/// conf/kickoff.yaml.
struct Limits {
  int channels = 256;             ///< at a time; each has a worker process while it is live
  int channels_per_address = 64;  ///< of these, last published to from one address (an IPv6 one: from its /64)
  /// Percent of the CPU that has to be left when a further ladder has come; 0: not limited. Channels of priority high
  /// are not refused for it, those with an entry of their own are.
  int cpu_reserve = 0;
  /// What becomes of a channel whose ladder would take of that reserve.
  enum class BeyondReserve : std::uint8_t {
    kRefuse,         ///< its publisher is refused
    kSmallerLadder,  ///< it goes without its largest rungs; refused if its smallest rung alone would take too much
  };
  BeyondReserve beyond_cpu_reserve = BeyondReserve::kRefuse;
  int new_per_second = 5;  ///< from one address, steadily; four times as many at once after a quiet time

  bool operator==(const Limits&) const = default;
};

}  // namespace channel
