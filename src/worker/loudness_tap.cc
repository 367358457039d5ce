#include "worker/loudness_tap.h"

namespace worker {

void tap_loudness(FeedSound& sound, const std::vector<std::unique_ptr<AudioLane>>& lanes) {
  const media::Track* first = sound.track();
  for (const auto& lane : lanes) {
    const bool measured = first != nullptr && lane->active() && lane->source().id == first->id;
    lane->set_meter(measured ? sound.meter_for_lanes() : nullptr);
  }
}

}  // namespace worker
