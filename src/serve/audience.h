#pragma once

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/distinct_count.h"
#include "cmcd/report.h"
#include "serve/counters.h"

namespace serve {

/// What the players of one channel say of themselves to one loop (CMCD). They may say anything: nothing but numbers for
/// people comes of it. Thread: the loop's notes, any reads.
class Audience {
 public:
  Audience();

  /// `now`: steady. REQUIRES: `found` is not kNone.
  void note(cmcd::Found found, const cmcd::Report& report, base::Micros now);
  /// The same of a report of an event.
  void note_event(cmcd::Found found, const cmcd::Report& report, base::Micros now);
  /// Adds the sessions that were heard of in the last kHeard, and at most twice as long ago.
  void add_sessions(base::DistinctCount& to, base::Micros now) const;

  static constexpr base::Micros kHeard = 30 * base::kSecond;

  Counter reports;
  Counter malformed;
  Counter events;         ///< of the reports those of events, which come by themselves
  Counter stalls;         ///< reports that say that playback stood still for lack of media since the one before
  Counter stalled_ms;     ///< how long it did, as far as it is said
  Histogram buffer;       ///< video that was buffered when more was requested while playing
  Histogram latency;      ///< how far behind live
  Histogram start_delay;  ///< from the viewer's wish to the first picture
  Histogram bitrate;      ///< of the video that is loaded. Units: bit/s

 private:
  void turn(base::Micros now);

  std::array<base::DistinctCount, 2> sessions_;  ///< of this kHeard, and of the one before
  std::atomic<std::size_t> newest_{0};
  std::atomic<base::Micros> since_{0};
};

/// The audiences of a loop, by channel. There is one from a channel's first report until the channel is removed.
class Audiences {
 public:
  using Map = std::map<std::string, std::shared_ptr<Audience>, std::less<>>;

  /// Thread: the loop's. The lock is taken at a channel's first report and its end, and held for no longer than all()
  /// takes to copy pointers.
  std::shared_ptr<Audience> of(const std::string& channel);
  void remove(std::string_view channel);
  /// Thread: any.
  Map all() const;

 private:
  mutable std::mutex mutex_;
  Map audiences_;
};

}  // namespace serve
