#include "ts/cue_streams.h"

namespace ts {

bool CueStreams::feed(const Packet& packet, const SectionAssembler::OnSection& on_section) {
  const auto next = streams_.next(packet, counters_);
  if (next.stream == nullptr) return false;
  if (next.lost) next.stream->sections.reset();
  if (next.payload) next.stream->sections.feed(packet.payload, packet.unit_start, counters_, on_section);
  return true;
}

}  // namespace ts
