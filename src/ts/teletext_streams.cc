#include "ts/teletext_streams.h"

#include <algorithm>

namespace ts {

std::vector<TeletextStreams::Described> TeletextStreams::set(const std::vector<StreamEntry>& entries) {
  std::erase_if(streams_, [&](const auto& stream) {
    return std::none_of(entries.begin(), entries.end(),
                        [&](const StreamEntry& entry) { return entry.pid == stream.first; });
  });
  std::vector<Described> changed;
  for (const StreamEntry& entry : entries) {
    const bool known = streams_.contains(entry.pid);
    if (!known && streams_.size() >= kMost) continue;
    Described& described = streams_.try_emplace(entry.pid, counters_).first->second.described;
    if (known && *described.pages == *entry.teletext) continue;
    described = {entry.pid, std::make_shared<const media::TeletextPages>(*entry.teletext)};
    changed.push_back(described);
  }
  return changed;
}

const TeletextStreams::Described* TeletextStreams::feed(const Packet& packet, base::Micros arrived,
                                                        std::vector<Pes>& out) {
  const auto found = streams_.find(packet.pid);
  if (found == streams_.end()) return nullptr;
  Stream& stream = found->second;
  if (!packet.has_payload) return &stream.described;
  const Continuity::Verdict verdict = stream.continuity.check(packet, counters_);
  if (verdict == Continuity::Verdict::kDuplicate) return &stream.described;
  if (verdict == Continuity::Verdict::kGap || packet.scrambled) stream.pes.lose();
  if (!packet.scrambled) stream.pes.feed(packet.payload, packet.unit_start, packet.stuffed, arrived, out);
  return &stream.described;
}

media::TeletextPages TeletextStreams::pages() const {
  media::TeletextPages all;
  for (const auto& [pid, stream] : streams_) {
    all.insert(all.end(), stream.described.pages->begin(), stream.described.pages->end());
  }
  return all;
}

}  // namespace ts
