#pragma once

#include <map>
#include <string>
#include <vector>

#include "feed/message.h"
#include "rtmp/tag.h"

namespace channel {

/// The RTMP messages without which a demuxer that starts in the middle of a feed understands nothing: the newest
/// metadata and the newest decoder configuration of each track. A restarted worker is told them first. Bound: 17
/// messages of at most 64 KiB.
class HeaderCache {
 public:
  void clear() { kept_.clear(); }
  void note(const feed::RtmpMessage& message, const rtmp::TagSummary* summary);
  /// In the order of their kind; cheap, payloads are shared.
  std::vector<feed::RtmpMessage> messages() const;

 private:
  std::map<int, feed::RtmpMessage> kept_;
};

}  // namespace channel
