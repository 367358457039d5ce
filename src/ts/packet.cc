#include "ts/packet.h"

namespace ts {
namespace {

/// Bytes that the fields announced by the adaptation field's flags take, the flags included.
std::size_t adaptation_need(base::View field) {
  const std::uint8_t flags = field[0];
  std::size_t need = 1;
  if ((flags & 0x10) != 0) need += 6;                                             // PCR
  if ((flags & 0x08) != 0) need += 6;                                             // OPCR
  if ((flags & 0x04) != 0) need += 1;                                             // splice countdown
  if ((flags & 0x02) != 0) need += 1 + (need < field.size() ? field[need] : 0U);  // private data
  if ((flags & 0x01) != 0) need += 1 + (need < field.size() ? field[need] : 0U);  // extension
  return need;
}

void parse_adaptation(base::View field, Packet& packet) {
  if (field.empty()) {
    packet.stuffed = true;  // a length of 0 is one byte of stuffing
    return;
  }
  packet.discontinuity = (field[0] & 0x80) != 0;
  if ((field[0] & 0x10) != 0 && field.size() >= 7) {
    std::uint64_t base = 0;
    for (std::size_t i = 1; i <= 4; ++i) base = (base << 8) | field[i];
    packet.pcr = (base << 1) | (field[5] >> 7);
  }
  packet.stuffed = field.size() > adaptation_need(field);
}

}  // namespace

Packet parse_packet(base::View bytes) {
  Packet packet;
  packet.transport_error = (bytes[1] & 0x80) != 0;
  packet.unit_start = (bytes[1] & 0x40) != 0;
  packet.pid = static_cast<std::uint16_t>(((bytes[1] & 0x1f) << 8) | bytes[2]);
  packet.scrambled = (bytes[3] & 0xc0) != 0;
  packet.continuity = bytes[3] & 0x0f;
  const bool has_adaptation = (bytes[3] & 0x20) != 0;
  packet.has_payload = (bytes[3] & 0x10) != 0;
  std::size_t start = 4;
  if (has_adaptation) {
    const std::size_t length = bytes[4];
    // 183 with no payload, at most 182 before one byte of it.
    if (length > (packet.has_payload ? 182U : 183U)) {
      packet.transport_error = true;
      packet.has_payload = false;
      return packet;
    }
    parse_adaptation(bytes.subspan(5, length), packet);
    start = 5 + length;
  }
  if (packet.has_payload) packet.payload = bytes.subspan(start);
  return packet;
}

}  // namespace ts
