#include "ts/cue_streams.h"

#include <algorithm>

namespace ts {

void CueStreams::set(const std::vector<std::uint16_t>& pids) {
  std::erase_if(streams_,
                [&](const auto& stream) { return std::find(pids.begin(), pids.end(), stream.first) == pids.end(); });
  for (const std::uint16_t pid : pids) {
    if (streams_.size() < kMost) streams_.try_emplace(pid);
  }
}

bool CueStreams::feed(const Packet& packet, const SectionAssembler::OnSection& on_section) {
  const auto found = streams_.find(packet.pid);
  if (found == streams_.end()) return false;
  Stream& stream = found->second;
  if (!packet.has_payload || packet.scrambled) return true;
  const Continuity::Verdict verdict = stream.continuity.check(packet, counters_);
  if (verdict == Continuity::Verdict::kDuplicate) return true;
  if (verdict == Continuity::Verdict::kGap) stream.sections.reset();
  stream.sections.feed(packet.payload, packet.unit_start, counters_, on_section);
  return true;
}

}  // namespace ts
