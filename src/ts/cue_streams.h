#pragma once

#include <cstdint>
#include <vector>

#include "ts/counters.h"
#include "ts/packet.h"
#include "ts/pid_streams.h"
#include "ts/section.h"

namespace ts {

/// The PIDs of a program that carry splice information (SCTE-35), and the sections on them (TS-7). What is wrong with
/// them is counted apart from the media's faults, by which feeds are judged.
class CueStreams {
 public:
  /// PIDs that are looked at; what a program has beyond that is left out.
  static constexpr std::size_t kMost = 8;

  /// The PIDs of the newest PMT. A section under way on a PID that stays is kept.
  void set(const std::vector<std::uint16_t>& pids) { streams_.set(pids, kMost); }
  /// Takes a packet, if it is of one of them. Returns false otherwise.
  bool feed(const Packet& packet, const SectionAssembler::OnSection& on_section);

  /// Sections thrown away: their CRC-32 or length is wrong.
  std::uint64_t damaged() const { return counters_.crc_errors; }

 private:
  struct Stream {
    SectionAssembler sections{SectionAssembler::Form::kSplice};
  };
  PidStreams<Stream> streams_;
  Counters counters_;
};

}  // namespace ts
