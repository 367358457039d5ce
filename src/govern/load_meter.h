#pragma once

#include <algorithm>
#include <cstdint>

#include "base/clock.h"

namespace govern {

/// How a ladder keeps up with its feed.
struct Load {
  base::Micros lag = 0;    ///< media time that waits to be decoded
  std::uint64_t lost = 0;  ///< pictures lost because the CPU was short, so far
};

/// Tells the seconds in which a ladder kept up from those in which it did not. Pure: the owner says when a second is
/// over. Thread: one.
class LoadMeter {
 public:
  struct Options {
    base::Micros lag = 250 * base::kMillisecond;
    std::uint64_t lost = 3;
  };
  struct Second {
    bool bad = false;      ///< media waited longer than Options::lag all the time, or Options::lost pictures were lost
    base::Micros lag = 0;  ///< the least
    std::uint64_t lost = 0;  ///< pictures in it
  };

  LoadMeter() : LoadMeter(Options{}) {}
  explicit LoadMeter(const Options& options) : options_(options) {}

  /// A second begins here. A counter that fell is that of another worker.
  void begin(const Load& load) {
    least_lag_ = load.lag;
    lost_before_ = load.lost;
  }
  /// Call a few times a second, so that a burst of the network is not taken for a ladder that does not keep up.
  void sample(const Load& load) {
    if (load.lost < lost_before_) begin(load);
    least_lag_ = std::min(least_lag_, load.lag);
  }
  /// The second is over, and the next one begins.
  Second end(const Load& load) {
    sample(load);
    const Second over{least_lag_ > options_.lag || load.lost - lost_before_ >= options_.lost, least_lag_,
                      load.lost - lost_before_};
    begin(load);
    return over;
  }

 private:
  const Options options_;
  base::Micros least_lag_ = 0;
  std::uint64_t lost_before_ = 0;
};

}  // namespace govern
