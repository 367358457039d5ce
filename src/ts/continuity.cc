#include "ts/continuity.h"

#include <algorithm>

namespace ts {

Continuity::Verdict Continuity::check(const Packet& packet, Counters& counters) {
  const bool first = !started_;
  const std::uint8_t expected = (last_ + 1) & 0x0f;
  if (packet.discontinuity) ++counters.discontinuities;
  if (!first && packet.continuity == last_ && !repeated_ && same_as_last(packet)) {
    repeated_ = true;
    ++counters.duplicates;
    return Verdict::kDuplicate;
  }
  remember(packet);
  if (first || packet.continuity == expected) return Verdict::kNext;
  if (!packet.discontinuity) {
    ++counters.cc_gaps;
    return Verdict::kGap;
  }
  // An announced jump of the counter: what began before it is whole only if something new begins here.
  return packet.unit_start ? Verdict::kNext : Verdict::kGap;
}

void Continuity::remember(const Packet& packet) {
  started_ = true;
  repeated_ = false;
  last_ = packet.continuity;
  size_ = packet.payload.size();
  std::copy(packet.payload.begin(), packet.payload.end(), payload_.begin());
}

bool Continuity::same_as_last(const Packet& packet) const {
  return packet.payload.size() == size_ && std::equal(packet.payload.begin(), packet.payload.end(), payload_.begin());
}

}  // namespace ts
