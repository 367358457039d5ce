#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

namespace ingest {

/// Spec: [rfc3550 5.1]
struct RtpPacket {
  std::uint16_t sequence = 0;
  std::uint32_t sender = 0;  ///< SSRC
  base::View payload;        ///< of the bytes parsed; without CSRCs, extension and padding
};
/// Errors: kTruncated, kMalformed; kUnsupported: RTCP on the same port [rfc5761 4].
base::Result<RtpPacket> parse_rtp(base::View datagram);

/// What an RtpOrder counts.
struct RtpCounters {
  std::uint64_t lost = 0;       ///< never came, or too late
  std::uint64_t reordered = 0;  ///< put back in their place
  std::uint64_t repeated = 0;   ///< came twice, or too late
};

/// Puts the packets of a stream in the order of their numbers. While one is missing, up to kMostHeld that follow it
/// wait, for kLongestWait at most; then it counts as lost. A jump of more than kJump, or another sender, begins anew.
class RtpOrder {
 public:
  static constexpr std::size_t kMostHeld = 64;
  static constexpr base::Micros kLongestWait = 50 * base::kMillisecond;
  static constexpr int kJump = 1000;

  /// Appends to `out` the payloads that are due.
  void feed(const RtpPacket& packet, base::Micros now, std::vector<std::uint8_t>& out);
  /// The same for what has waited long enough.
  void settle(base::Micros now, std::vector<std::uint8_t>& out);
  /// Hands on all that is held; the next packet begins anew.
  void flush(std::vector<std::uint8_t>& out);

  const RtpCounters& counters() const { return counters_; }

 private:
  void hold(std::int64_t number, base::View payload, base::Micros now);
  void release(std::vector<std::uint8_t>& out);
  void skip_gap();

  std::optional<std::uint32_t> sender_;
  std::int64_t next_ = 0;  ///< the number that is due, without wraps
  std::map<std::int64_t, std::vector<std::uint8_t>> held_;
  base::Micros gap_since_ = 0;  ///< since when the one that is due is missed; counts while held_ is not empty
  RtpCounters counters_;
};

}  // namespace ingest
