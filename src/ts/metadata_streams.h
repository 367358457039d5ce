#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "ts/counters.h"
#include "ts/packet.h"
#include "ts/pes.h"
#include "ts/pid_streams.h"

namespace ts {

/// The PIDs of a program that carry timed metadata (ID3), and the PES packets on them, each with one tag or several
/// (TS-11). What is wrong with them is counted apart from the media's faults, by which feeds are judged.
class MetadataStreams {
 public:
  /// PIDs that are looked at; what a program has beyond that is left out.
  static constexpr std::size_t kMost = 4;

  /// The tags of a PES packet, with their time stamp: 33 bits, 90 kHz.
  using OnTag = std::function<void(base::Bytes tag, std::uint64_t pts)>;

  /// The PIDs of the newest PMT. A PES packet under way on a PID that stays is kept.
  void set(const std::vector<std::uint16_t>& pids) { streams_.set(pids, kMost, counters_); }
  /// Takes a packet, if it is of one of them. Returns false otherwise.
  bool feed(const Packet& packet, base::Micros arrived, const OnTag& on_tag);

  /// PES packets thrown away: damaged, without a time stamp, without a whole tag, or longer than media::kLongestId3.
  std::uint64_t damaged() const { return counters_.pes_damaged + counters_.pes_oversized + unusable_; }

 private:
  struct Stream {
    explicit Stream(Counters& counters);
    PesAssembler pes;
  };
  PidStreams<Stream> streams_;
  Counters counters_;
  std::uint64_t unusable_ = 0;
  std::vector<Pes> ready_;
};

}  // namespace ts
