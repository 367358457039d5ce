#include "ts/teletext_streams.h"

namespace ts {

std::vector<TeletextStreams::Described> TeletextStreams::set(const std::vector<StreamEntry>& entries) {
  std::vector<std::uint16_t> pids;
  pids.reserve(entries.size());
  for (const StreamEntry& entry : entries) pids.push_back(entry.pid);
  streams_.set(pids, kMost, counters_);
  std::vector<Described> changed;
  for (const StreamEntry& entry : entries) {
    Stream* stream = streams_.find(entry.pid);
    if (stream == nullptr) continue;
    Described& described = stream->described;
    if (described.pages != nullptr && *described.pages == *entry.teletext) continue;
    described = {entry.pid, std::make_shared<const media::TeletextPages>(*entry.teletext)};
    changed.push_back(described);
  }
  return changed;
}

const TeletextStreams::Described* TeletextStreams::feed(const Packet& packet, base::Micros arrived,
                                                        std::vector<Pes>& out) {
  const auto next = streams_.next(packet, counters_);
  if (next.stream == nullptr) return nullptr;
  if (next.lost) next.stream->pes.lose();
  if (next.payload) next.stream->pes.feed(packet.payload, packet.unit_start, packet.stuffed, arrived, out);
  return &next.stream->described;
}

media::TeletextPages TeletextStreams::pages() const {
  media::TeletextPages all;
  streams_.each([&](const Stream& stream) {
    all.insert(all.end(), stream.described.pages->begin(), stream.described.pages->end());
  });
  return all;
}

}  // namespace ts
