#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "base/clock.h"
#include "ts/counters.h"

namespace worker {

/// Judges by a feed's counters how broken its transport stream is now, and whether its picture is scrambled. Reads no
/// clock. Thread: one.
class TransportWatch {
 public:
  static constexpr base::Micros kWindow = base::kSecond;

  /// The counters at `now` (UTC), several times a second; `pictures`: those that came out of the stream so far.
  void look(const ts::Counters& counters, std::uint64_t pictures, base::Micros now);

  /// Errors of the last kWindow: packets marked as broken, jumps of continuity counters, bad checksums of PAT and PMT,
  /// losses of synchronisation.
  std::uint64_t errors() const { return errors_; }
  /// For how long the video has been scrambled, without a stretch of kWindow in which none of it was, and without a
  /// picture in it.
  base::Micros scrambled_for() const { return scrambled_since_ ? newest_.at - *scrambled_since_ : 0; }

 private:
  struct Sample {
    base::Micros at = 0;
    std::uint64_t errors = 0;
    std::uint64_t scrambled = 0;
    std::uint64_t pictures = 0;
  };

  std::deque<Sample> samples_;  ///< the newest that is kWindow old, and those since; at most 64
  Sample newest_;
  std::uint64_t errors_ = 0;
  std::optional<base::Micros> scrambled_since_;
};

}  // namespace worker
