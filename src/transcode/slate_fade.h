#pragma once

#include <optional>

#include "base/clock.h"

namespace transcode {

/// How much of a slate is seen in each picture that is shown, from 0 (none) to 1 (nothing else). It comes and goes
/// within kMix of media time. Reads no clock. Thread: one.
class SlateFade {
 public:
  static constexpr base::Micros kMix = 200 * base::kMillisecond;
  static constexpr base::Micros kNever = -1;

  /// `after`: how long no picture of the feed has come when the slate takes the place of the last one; kNever: it does
  /// so only where it is asked for.
  explicit SlateFade(base::Micros after) : after_(after) {}

  enum class What : std::uint8_t {
    kPicture,  ///< one of the feed, or the last one again between two that have come
    kAbsent,   ///< the last one again, because none came
  };
  /// The slate's share of the picture that is shown at `at`. `asked`: an operator wants the slate, whatever comes; from
  /// the first picture of all on it is all that is seen.
  /// REQUIRES: `at` rises.
  double next(base::Micros at, What what, bool asked);
  double share() const { return static_cast<double>(mixed_) / static_cast<double>(kMix); }
  /// Whether it comes, or is all that is seen; otherwise it goes, or is gone.
  bool wanted() const { return wanted_; }
  /// When that last changed.
  base::Micros changed() const { return changed_; }
  /// When the slate that is seen, or was seen last, began to be.
  base::Micros began() const { return began_; }

 private:
  const base::Micros after_;
  std::optional<base::Micros> picture_;  ///< the newest of the feed
  std::optional<base::Micros> newest_;
  bool wanted_ = false;
  base::Micros changed_ = 0;
  base::Micros began_ = 0;
  base::Micros mixed_ = 0;  ///< 0 to kMix
};

}  // namespace transcode
