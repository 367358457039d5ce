#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "feed/message.h"
#include "job/stats.h"

namespace channel {

/// By which clock a channel's worker put its feeds on the UTC timeline, for the worker that takes over from it: the
/// same pictures, and all that goes with them, then stay at the same times, however late the next ones arrive.
/// Thread: the control loop's.
class KeptClocks {
 public:
  /// A publisher comes. `stats`: of the worker that runs; null while none does.
  void begin(feed::Id feed, const job::Stats* stats);
  /// A new worker has come, whose counters begin at 0.
  void on_worker();
  /// The worker is gone. A feed that it showed later than it came, to be in step with another one, is not kept.
  void on_worker_gone(const job::Stats& stats);
  /// UTC of the stamp 0 of the publisher that is there; nothing where no worker has put it on the timeline.
  std::optional<base::Micros> zero(feed::Id feed) const { return clocks_[feed::index(feed)].zero; }

 private:
  struct Clock {
    std::optional<base::Micros> zero;
    std::uint64_t before = 0;  ///< what the worker says of the publisher that was there before
  };
  std::array<Clock, feed::kIds.size()> clocks_;  ///< by feed::index()
};

}  // namespace channel
