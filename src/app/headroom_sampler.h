#pragma once

#include <cstdint>
#include <functional>

#include "app/cpu_meter.h"
#include "app/headroom.h"
#include "base/clock.h"
#include "loop/loop.h"
#include "loop/timer.h"

namespace app {

/// Measures what is left of memory, uplink and CPU four times a second, and sends the serve loops the first two.
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
  /// The share of the CPU that nobody used in the last second: see CpuMeter.
  double cpu_idle() const { return cpu_idle_; }
  /// Cores that it is the share of.
  double cores() const { return cpu_.cores(); }
  /// What the timer does.
  void sample();

 private:
  const base::Clock& clock_;
  const Serving serving_;
  int egress_mbps_;
  EgressMeter egress_;
  CpuMeter cpu_;
  double cpu_idle_ = 1.0;
  loop::Timer timer_;
};

}  // namespace app
