#pragma once

#include "base/clock.h"

namespace transcode {

/// Where a slate's film is on the timeline of the pictures: what its sound needs to be in step with them. All instants
/// are media time, UTC.
struct SlateCourse {
  bool on = false;         ///< from `since` on the slate is mixed in, or is all that is seen; otherwise mixed out
  base::Micros since = 0;  ///< when `on` last changed
  base::Micros turn = 0;   ///< when the turn of the film began that was shown last
};

}  // namespace transcode
