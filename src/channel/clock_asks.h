#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "channel/feed_slot.h"
#include "events/event.h"
#include "feed/message.h"
#include "job/stats.h"
#include "registry/clocks.h"

namespace channel {

/// Passes on what a channel's worker asks: by which clock its feeds go (anchor: pts). Each ask of a worker is answered
/// once, by kWithin at the latest: without a clock then, and what is answered later is ignored. Thread: the control
/// loop's.
class ClockAsks {
 public:
  /// Asks other servers; on_answer() follows. Empty: there are none to be asked.
  using Ask = std::function<void(registry::Ask)>;
  /// Tells the worker.
  using Tell = std::function<void(feed::Id, const feed::Clock&)>;
  /// A little less than the worker waits: timeline::Timeline::kWaitForSource.
  static constexpr base::Micros kWithin = 850 * base::kMillisecond;

  /// `channel` and `events` outlive it.
  ClockAsks(const std::string& channel, events::Sink& events, Ask ask, Tell tell)
      : channel_(channel), events_(events), ask_(std::move(ask)), tell_(std::move(tell)) {}

  /// A new worker has come, or the one that was there is gone.
  void restart() { asked_ = {}; }
  /// Looks at what the worker asks: to be called several times a second. Units: `now` steady.
  void watch(const job::Stats& stats, const FeedSlots& feeds, base::Micros now);
  void on_answer(const registry::Answer& answer);

 private:
  struct Asked {
    std::uint32_t seen = 0;  ///< the worker's newest
    std::uint64_t id = 0;    ///< of the one that is not answered; 0: all are
    base::Micros at = 0;     ///< steady
  };

  void settle(feed::Id feed, const registry::Answer& answer);

  const std::string& channel_;
  events::Sink& events_;
  const Ask ask_;
  const Tell tell_;
  std::array<Asked, feed::kIds.size()> asked_;  ///< by feed::index()
  std::uint64_t last_id_ = 0;
};

}  // namespace channel
