#pragma once

#include <memory>
#include <vector>

#include "worker/audio_lane.h"
#include "worker/feed_sound.h"

namespace worker {

/// Has the loudness of the feed that is shown measured where its first audio track is decoded for an encoder, unless
/// `sound` decodes it itself. To be called often, and wherever a lane gets another track. `sound` outlives the lanes.
void tap_loudness(FeedSound& sound, const std::vector<std::unique_ptr<AudioLane>>& lanes);

}  // namespace worker
