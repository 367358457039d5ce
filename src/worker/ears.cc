#include "worker/ears.h"

namespace worker {

void set_ears(FeedSound& sound, const std::vector<std::unique_ptr<AudioLane>>& lanes) {
  const media::Track* first = sound.track();
  for (const auto& lane : lanes) {
    const bool hears = first != nullptr && lane->active() && lane->source().id == first->id;
    lane->set_ear(hears ? sound.ear_for_others() : nullptr);
  }
}

}  // namespace worker
