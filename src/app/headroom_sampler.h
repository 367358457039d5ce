#pragma once

#include <cstdint>
#include <functional>

#include "app/headroom.h"
#include "base/clock.h"
#include "loop/loop.h"
#include "loop/timer.h"

namespace app {

/// Sends the serve loops the memory and egress headroom of the whole instance, four times a second.
/// Thread: its loop's.
class HeadroomSampler {
 public:
  static constexpr base::Micros kInterval = 250 * base::kMillisecond;

  struct Serving {
    std::function<std::uint64_t()> bytes_sent;                      ///< since the start
    std::function<void(double memory, double egress)> on_headroom;  ///< 1: all is left, 0: nothing
  };
  /// `clock` outlives it, and so does what `serving` refers to. `egress_mbps`: capacity of the uplink; 0: not counted.
  HeadroomSampler(loop::Loop& loop, const base::Clock& clock, Serving serving, int egress_mbps);

  void set_egress(int mbps) { egress_mbps_ = mbps; }
  /// What the timer does.
  void sample();

 private:
  const base::Clock& clock_;
  const Serving serving_;
  int egress_mbps_;
  EgressMeter egress_;
  loop::Timer timer_;
};

}  // namespace app
