#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "media/teletext.h"
#include "ts/counters.h"
#include "ts/packet.h"
#include "ts/pes.h"
#include "ts/pid_streams.h"
#include "ts/psi.h"

namespace ts {

/// The PIDs of a program that carry teletext, what the PMT says of their pages, and the PES packets on them (TS-10).
/// What is wrong with them is counted apart from the media's faults, by which feeds are judged.
class TeletextStreams {
 public:
  /// PIDs that are looked at; what a program has beyond that is left out.
  static constexpr std::size_t kMost = 4;

  /// One of the PIDs, as described.
  struct Described {
    std::uint16_t pid = 0;
    std::shared_ptr<const media::TeletextPages> pages;
  };

  /// Those of the newest PMT. Returns the ones that are new or described anew. A PES packet under way on a PID that
  /// stays is kept.
  std::vector<Described> set(const std::vector<StreamEntry>& entries);
  /// Takes a packet, if it is of one of them, and appends the PES packets that it completes. Null otherwise.
  const Described* feed(const Packet& packet, base::Micros arrived, std::vector<Pes>& out);
  /// Pages that the feed describes, of all its PIDs, in their order.
  media::TeletextPages pages() const;

  /// PES packets thrown away: bytes of them were lost, or their header is broken.
  std::uint64_t damaged() const { return counters_.pes_damaged + counters_.pes_oversized; }

 private:
  // EN 300 472 has PES packets of at most 65,504 bytes.
  static constexpr std::size_t kMostPes = std::size_t{64} << 10;
  struct Stream {
    explicit Stream(Counters& counters) : pes(kMostPes, counters) {}
    Described described;
    PesAssembler pes;
  };
  Counters counters_;
  PidStreams<Stream> streams_;
};

}  // namespace ts
