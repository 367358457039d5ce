#pragma once

#include <cstdint>

#include "media/instant.h"

namespace timeline {

/// One instant on the feed's clock and in UTC. Tracks that share an anchor stay as the source had them.
struct Anchor {
  media::Instant feed;
  media::Instant utc;
  std::uint32_t generation = 0;  ///< tells the anchors of a feed apart

  /// UTC of a feed time, in ticks of `scale`.
  std::int64_t map(media::Instant time, std::int64_t scale) const {
    const std::int64_t since = time.scale == feed.scale ? media::Instant{time.ticks - feed.ticks, feed.scale}.in(scale)
                                                        : time.in(scale)-feed.in(scale);
    return utc.in(scale) + since;
  }
  base::Micros map(media::Instant time) const { return map(time, base::kSecond); }
};

}  // namespace timeline
