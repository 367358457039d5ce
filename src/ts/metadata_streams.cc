#include "ts/metadata_streams.h"

#include <algorithm>
#include <utility>

#include "media/id3.h"

namespace ts {
namespace {

// Before the tag: the header of a PES packet, at its longest.
constexpr std::size_t kLongestPesHeader = 6 + 3 + 255;

}  // namespace

MetadataStreams::Stream::Stream(Counters& counters) : pes(media::kLongestId3 + kLongestPesHeader, counters) {}

void MetadataStreams::set(const std::vector<std::uint16_t>& pids) {
  std::erase_if(streams_,
                [&](const auto& stream) { return std::find(pids.begin(), pids.end(), stream.first) == pids.end(); });
  for (const std::uint16_t pid : pids) {
    if (streams_.size() < kMost) streams_.try_emplace(pid, counters_);
  }
}

bool MetadataStreams::feed(const Packet& packet, base::Micros arrived, const OnTag& on_tag) {
  const auto found = streams_.find(packet.pid);
  if (found == streams_.end()) return false;
  Stream& stream = found->second;
  if (!packet.has_payload || packet.scrambled) return true;
  const Continuity::Verdict verdict = stream.continuity.check(packet, counters_);
  if (verdict == Continuity::Verdict::kDuplicate) return true;
  if (verdict == Continuity::Verdict::kGap) stream.pes.lose();
  stream.pes.feed(packet.payload, packet.unit_start, packet.stuffed, arrived, ready_);
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
