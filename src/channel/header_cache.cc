#include "channel/header_cache.h"

namespace channel {
namespace {

constexpr std::size_t kLargest = 64 * 1024;
// One for metadata, and one for each of the 16 tracks that a feed may have (RT-42).
constexpr std::size_t kMost = 17;
constexpr int kMetadataSlot = -1;

}  // namespace

void HeaderCache::note(const feed::RtmpMessage& message, const rtmp::TagSummary* summary) {
  if (message.payload.size() > kLargest) return;
  int slot = kMetadataSlot;
  if (message.type != static_cast<std::uint8_t>(rtmp::Type::kDataAmf0)) {
    if (summary == nullptr || !summary->sequence_start) return;
    const auto parts = rtmp::parse_tag(static_cast<rtmp::Type>(message.type), message.payload.view());
    if (!parts.ok() || parts->empty()) return;
    slot = (summary->video ? 0 : 1000) + parts->front().track;
  }
  if (kept_.size() >= kMost && !kept_.contains(slot)) return;
  kept_[slot] = message;
}

std::vector<feed::RtmpMessage> HeaderCache::messages() const {
  std::vector<feed::RtmpMessage> all;
  for (const auto& [slot, message] : kept_) all.push_back(message);
  return all;
}

}  // namespace channel
