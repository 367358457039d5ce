#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace rtmp {

/// Message type ids. Spec: [rtmp 5.4, 6.2, 7.1].
enum class Type : std::uint8_t {
  kSetChunkSize = 1,
  kAbort = 2,
  kAcknowledgement = 3,
  kUserControl = 4,
  kWindowAckSize = 5,
  kSetPeerBandwidth = 6,
  kAudio = 8,
  kVideo = 9,
  kDataAmf3 = 15,
  kCommandAmf3 = 17,
  kDataAmf0 = 18,
  kCommandAmf0 = 20,
  kAggregate = 22,
};

/// Events of a user control message. Spec: [rtmp 7.1.7].
enum class UserEvent : std::uint16_t { kStreamBegin = 0, kPingRequest = 6, kPingResponse = 7 };

/// One whole message.
struct Message {
  Type type = Type::kCommandAmf0;
  std::uint32_t timestamp = 0;  ///< Units: milliseconds, absolute, modulo 2^32 (49.7 days).
  std::uint32_t stream_id = 0;
  base::Bytes payload;
};

}  // namespace rtmp
