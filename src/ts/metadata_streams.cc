#include "ts/metadata_streams.h"

#include <utility>

#include "media/id3.h"

namespace ts {
namespace {

// Before the tag: the header of a PES packet, at its longest.
constexpr std::size_t kLongestPesHeader = 6 + 3 + 255;

}  // namespace

MetadataStreams::Stream::Stream(Counters& counters) : pes(media::kLongestId3 + kLongestPesHeader, counters) {}

bool MetadataStreams::feed(const Packet& packet, base::Micros arrived, const OnTag& on_tag) {
  const auto next = streams_.next(packet, counters_);
  if (next.stream == nullptr) return false;
  if (next.lost) next.stream->pes.lose();
  if (next.payload) next.stream->pes.feed(packet.payload, packet.unit_start, packet.stuffed, arrived, ready_);
  for (Pes& pes : std::exchange(ready_, {})) {
    if (pes.pts && media::is_id3(pes.data.view()) && pes.data.size() <= media::kLongestId3) {
      on_tag(std::move(pes.data), *pes.pts);
    } else {
      ++unusable_;
    }
  }
  return true;
}

}  // namespace ts
