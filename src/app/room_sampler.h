#pragma once

#include <cstdint>
#include <functional>

#include "app/room.h"
#include "base/clock.h"
#include "loop/loop.h"
#include "loop/timer.h"

namespace app {

/// Tells the serve loops, four times a second, what the whole instance has left of memory and egress.
/// Thread: its loop's.
class RoomSampler {
 public:
  static constexpr base::Micros kInterval = 250 * base::kMillisecond;

  struct Serving {
    std::function<std::uint64_t()> bytes_sent;                  ///< since the start
    std::function<void(double memory, double egress)> on_room;  ///< 1: all is left, 0: nothing
  };
  /// `clock` outlives it, and so does what `serving` refers to. `egress_mbps`: what the line carries; 0: not counted.
  RoomSampler(loop::Loop& loop, const base::Clock& clock, Serving serving, int egress_mbps);

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
