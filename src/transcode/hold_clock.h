#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "media/instant.h"

namespace transcode {

/// Says at every tick up to which instant media should have come by now, judged by how late it usually is: the `until`
/// of EncodeSide::hold() and AudioTranscoder::silence_until(). Media that keeps its usual delay is always ahead of it.
/// A delay that grows is learnt at once, so that a feed which stays late is shown again after as long as it is later;
/// one that shrinks is learnt within two windows. Reads no clock. Thread: one.
///
///   on tick:  if (auto until = clock.on_tick(tick.utc, encode.newest())) encode.hold(*until);
class HoldClock {
 public:
  struct Options {
    base::Micros margin = 250 * base::kMillisecond;  ///< what may come this much later than usual is not missed yet
    base::Micros window = 5 * base::kSecond;         ///< the usual delay is the longest of one to two of these
    base::Micros longest = 10 * base::kSecond;       ///< a longer delay is none: its media is given up
  };
  HoldClock() : HoldClock(Options{}) {}
  explicit HoldClock(const Options& options) : options_(options) {}

  /// `newest`: the newest instant that media has come for. Nothing until some has.
  std::optional<media::Instant> on_tick(base::Micros utc, std::optional<media::Instant> newest);

 private:
  void learn(base::Micros utc, base::Micros delay);

  Options options_;
  std::optional<media::Instant> newest_;
  std::optional<base::Micros> longest_now_;     ///< delay of the window under way
  std::optional<base::Micros> longest_before_;  ///< of the one before
  base::Micros window_ends_ = 0;
};

}  // namespace transcode
