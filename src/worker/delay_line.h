#pragma once

#include <cstddef>
#include <deque>
#include <optional>

#include "base/clock.h"
#include "media/event.h"

namespace worker {

/// Holds a feed's events back, in their order, so that the feed is in step with one that is behind it. What is tracks,
/// losses and ends waits with the packets before it.
///
/// Bound: kMostBytes of packets and cues; beyond that all that waits is dropped, and a loss takes its place.
/// Reads no clock. Thread: one.
class DelayLine {
 public:
  /// Twice five seconds of 40 Mbit/s.
  static constexpr std::size_t kMostBytes = std::size_t{50} << 20;

  base::Micros delay() const { return delay_; }
  /// Also of what waits.
  void set(base::Micros delay) { delay_ = delay; }
  /// Whether something waits, or would.
  bool used() const { return delay_ > 0 || !waiting_.empty(); }
  void put(media::Event&& event);
  /// The next event whose time has come at `now` (UTC, as arrivals); nothing if there is none.
  std::optional<media::Event> take(base::Micros now);
  /// The next event, whatever its time.
  std::optional<media::Event> take();
  /// Without delay, and with nothing that waits.
  void clear();

  std::size_t bytes() const { return bytes_; }
  std::size_t dropped() const { return dropped_; }

 private:
  struct Waiting {
    media::Event event;
    base::Micros arrived = 0;  ///< of the newest packet up to it
  };
  void overflow();

  base::Micros delay_ = 0;
  std::deque<Waiting> waiting_;
  base::Micros newest_ = 0;  ///< arrival
  std::size_t bytes_ = 0;
  std::size_t dropped_ = 0;  ///< packets and cues
};

}  // namespace worker
