#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace ts {

inline constexpr std::size_t kPacketSize = 188;
inline constexpr std::uint8_t kSyncByte = 0x47;
inline constexpr std::uint16_t kPatPid = 0x0000;
inline constexpr std::uint16_t kNullPid = 0x1fff;

/// One transport packet, taken apart. `payload` lives as long as the bytes it was parsed from.
/// Spec: [ISO/IEC 13818-1 2.4.3]
struct Packet {
  std::uint16_t pid = kNullPid;
  std::uint8_t continuity = 0;
  bool transport_error = false;
  bool unit_start = false;
  bool scrambled = false;
  bool discontinuity = false;
  bool has_payload = false;
  bool stuffed = false;  ///< the adaptation field holds more than its flags need: the muxer had no more bytes to send
  std::optional<std::uint64_t> pcr;  ///< Units: 90 kHz, 33 bits (the 27 MHz extension is dropped)
  base::View payload;
};

/// Never fails: a packet whose adaptation field does not fit comes back as a transport error without payload.
/// REQUIRES: bytes.size() == kPacketSize.
Packet parse_packet(base::View bytes);

}  // namespace ts
