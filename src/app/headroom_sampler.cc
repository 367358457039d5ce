#include "app/headroom_sampler.h"

#include <utility>

namespace app {

HeadroomSampler::HeadroomSampler(loop::Loop& loop, const base::Clock& clock, Serving serving, int egress_mbps)
    : clock_(clock),
      serving_(std::move(serving)),
      egress_mbps_(egress_mbps),
      egress_(clock.steady(), serving_.bytes_sent()),
      timer_(loop, [this] { sample(); }) {
  timer_.start(kInterval, kInterval);
}

void HeadroomSampler::sample() {
  cpu_idle_ = cpu_.measure(clock_.steady());
  serving_.on_headroom(memory_headroom(), egress_.measure(clock_.steady(), serving_.bytes_sent(), egress_mbps_));
}

}  // namespace app
