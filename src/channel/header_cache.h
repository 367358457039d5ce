#pragma once

#include <map>
#include <utility>
#include <vector>

#include "feed/message.h"

namespace channel {

/// The RTMP messages without which a demuxer that starts in the middle of a feed understands nothing: the newest
/// metadata and the newest decoder configuration of each track. A restarted worker gets them first. Bound: 33
/// messages of at most 64 KiB.
class HeaderCache {
 public:
  void clear() { kept_.clear(); }
  /// REQUIRES: the message's role is kHeader.
  void note(const feed::RtmpMessage& message);
  /// Metadata first, then video, then audio; cheap, payloads are shared.
  std::vector<feed::RtmpMessage> messages() const;

 private:
  std::map<std::pair<int, std::uint8_t>, feed::RtmpMessage> kept_;  ///< by kind in the order of telling, and track
};

}  // namespace channel
