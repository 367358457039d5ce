#include "channel/header_cache.h"

namespace channel {
namespace {

constexpr std::size_t kLargest = 64 * 1024;
// One for metadata, and one for each of the 16 tracks of a kind that a feed may have (RT-42).
constexpr std::size_t kMost = 33;

int order_of(const feed::RtmpMessage& message) {
  if (message.type == feed::kRtmpVideo) return 1;
  return message.type == feed::kRtmpAudio ? 2 : 0;
}

}  // namespace

void HeaderCache::note(const feed::RtmpMessage& message) {
  if (message.payload.size() > kLargest) return;
  const std::pair slot(order_of(message), message.track);
  if (kept_.size() >= kMost && !kept_.contains(slot)) return;
  kept_[slot] = message;
}

std::vector<feed::RtmpMessage> HeaderCache::messages() const {
  std::vector<feed::RtmpMessage> all;
  for (const auto& [slot, message] : kept_) all.push_back(message);
  return all;
}

}  // namespace channel
