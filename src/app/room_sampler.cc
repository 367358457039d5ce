#include "app/room_sampler.h"

#include <utility>

namespace app {

RoomSampler::RoomSampler(loop::Loop& loop, const base::Clock& clock, Serving serving, int egress_mbps)
    : clock_(clock),
      serving_(std::move(serving)),
      egress_mbps_(egress_mbps),
      egress_(clock.steady(), serving_.bytes_sent()),
      timer_(loop, [this] { sample(); }) {
  timer_.start(kInterval, kInterval);
}

void RoomSampler::sample() {
  serving_.on_room(memory_room(), egress_.measure(clock_.steady(), serving_.bytes_sent(), egress_mbps_));
}

}  // namespace app
