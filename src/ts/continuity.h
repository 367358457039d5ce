#pragma once

#include <array>
#include <cstdint>

#include "ts/counters.h"
#include "ts/packet.h"

namespace ts {

/// Follows the continuity counter of one PID (TS-3). Spec: [ISO/IEC 13818-1 2.4.3.3]
class Continuity {
 public:
  enum class Verdict : std::uint8_t {
    kNext,       ///< the packet that had to come
    kDuplicate,  ///< the last packet once more: ignore it
    kGap,        ///< packets before this one are missing
  };

  /// REQUIRES: packet.has_payload (the counter stands still without).
  Verdict check(const Packet& packet, Counters& counters);

 private:
  void remember(const Packet& packet);
  bool same_as_last(const Packet& packet) const;

  bool started_ = false;
  std::uint8_t last_ = 0;
  bool repeated_ = false;  ///< a packet may be sent twice, not more
  std::size_t size_ = 0;
  std::array<std::uint8_t, kPacketSize> payload_{};
};

}  // namespace ts
