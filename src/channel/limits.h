#pragma once

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
  int new_per_second = 5;  ///< from one address, steadily; four times as many at once after a quiet time

  bool operator==(const Limits&) const = default;
};

}  // namespace channel
