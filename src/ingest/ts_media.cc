#include "ingest/ts_media.h"

#include <cstddef>

namespace ingest {
namespace {

constexpr std::size_t kPacket = 188;
constexpr std::uint8_t kSync = 0x47;

/// REQUIRES: 188 bytes.
bool begins_pes(base::View packet) {
  const bool unit_start = (packet[1] & 0x40) != 0;
  const bool payload = (packet[3] & 0x10) != 0;
  if (!unit_start || !payload) return false;
  const bool adaptation = (packet[3] & 0x20) != 0;
  const std::size_t at = 4 + (adaptation ? std::size_t{1} + packet[4] : 0);
  // packet_start_code_prefix; a section begins with a pointer and a table id instead.
  return at + 4 <= kPacket && packet[at] == 0 && packet[at + 1] == 0 && packet[at + 2] == 1 && packet[at + 3] >= 0xBD;
}

}  // namespace

bool is_transport_stream(base::View bytes) {
  // Plain packets, with a time stamp before each, and with a Reed-Solomon code behind each.
  for (const std::size_t stride : {kPacket, kPacket + 4, kPacket + 16}) {
    for (std::size_t first = 0; first < stride && first < bytes.size(); ++first) {
      std::size_t at = first;
      while (at < bytes.size() && bytes[at] == kSync) at += stride;
      const bool several = at > first + stride;
      const bool single = first == 0 && at == stride && bytes.size() >= kPacket;
      if (at >= bytes.size() && (several || single)) return true;
    }
  }
  return false;
}

bool carries_media(base::View bytes) {
  if (bytes.size() % kPacket != 0) return true;
  for (std::size_t at = 0; at < bytes.size(); at += kPacket) {
    if (bytes[at] != kSync || begins_pes(bytes.subspan(at, kPacket))) return true;
  }
  return false;
}

}  // namespace ingest
