#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "ts/counters.h"

namespace ts {

/// One PES packet without its header.
struct Pes {
  std::optional<std::uint64_t> pts;  ///< Units: 90 kHz, 33 bits, as sent
  std::optional<std::uint64_t> dts;  ///< as pts; empty where it equals pts
  base::Micros arrived = 0;          ///< UTC of its last byte
  bool bounded = false;              ///< its length was in its header
  base::Bytes data;
};

/// Takes the header off. Errors: kTruncated, kMalformed; kUnsupported for stream ids that carry no elementary stream.
/// Spec: [ISO/IEC 13818-1 2.4.3.6]
base::Result<Pes> parse_pes(base::Bytes bytes);

/// Assembles the PES packets of one PID (TS-6). One with a length is whole as soon as its bytes are there. One of
/// length 0 is whole when the next begins, or with the packet that its muxer had to stuff: where 16 PES packets in a
/// row ended in a stuffed packet or in a full one, and none continued after a stuffed one, that end is taken at its
/// word, which saves one frame of delay. The first PES that continues after one ends this for good. Owns: at most
/// `limit` bytes.
class PesAssembler {
 public:
  PesAssembler(std::size_t limit, Counters& counters) : limit_(limit), counters_(counters) {}

  /// One packet's payload; `stuffed` as in Packet. Returns up to two PES packets: the one that this packet ends by
  /// starting another, and that other, if it fits in one packet.
  void feed(base::View payload, bool unit_start, bool stuffed, base::Micros arrived, std::vector<Pes>& out);
  /// Bytes were lost: drops what is under way and waits for the next start (TS-3).
  void lose();
  /// Part of a PES packet is here, or all of one whose end is not known yet.
  bool active() const { return active_; }
  /// The input ended: an unbounded PES packet is whole now.
  void flush(std::vector<Pes>& out);

 private:
  void begin();
  void append(base::View payload);
  void end_by_start(std::vector<Pes>& out);
  void end_if_whole(bool stuffed, std::vector<Pes>& out);
  void finish(std::vector<Pes>& out);
  void drop();
  bool stuffing_ends() const { return stuffed_ends_ >= kTrustAfter; }

  static constexpr int kTrustAfter = 16;

  std::size_t limit_;
  Counters& counters_;
  bool active_ = false;
  std::size_t need_ = 0;  ///< bytes that the PES has by its length field; 0: unbounded, or not known yet
  base::Micros last_arrived_ = 0;
  bool saw_stuffed_ = false;  ///< the last packet of the PES under way was stuffed
  bool ended_early_ = false;  ///< the last PES was ended at a stuffed packet
  int stuffed_ends_ = 0;      ///< unbounded PES packets seen to end so, in a row; below 0: never again
  std::vector<std::uint8_t> buffer_;
};

}  // namespace ts
