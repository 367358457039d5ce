#pragma once

#include <array>
#include <cstdint>

#include "app/serve_threads.h"
#include "base/clock.h"
#include "loop/loop.h"
#include "loop/timer.h"

namespace app {

/// Tells the serve loops, four times a second, what the whole instance has left of memory and egress.
/// Thread: its loop's.
class RoomSampler {
 public:
  /// `clock` and `serve` outlive it.
  RoomSampler(loop::Loop& loop, const base::Clock& clock, ServeThreads& serve, int egress_mbps);

  void set_egress(int mbps) { egress_mbps_ = mbps; }

 private:
  void sample();
  double egress_room();

  const base::Clock& clock_;
  ServeThreads& serve_;
  int egress_mbps_;
  struct Sent {
    base::Micros at = 0;
    std::uint64_t bytes = 0;
  };
  std::array<Sent, 5> sent_{};  ///< of the last second, the oldest first
  loop::Timer timer_;
};

/// What is left of memory: of the machine's, or of the control group's limit where that is less. 1: all, 0: nothing.
/// Reads files of the kernel's that no disk stands behind.
double memory_room();

}  // namespace app
