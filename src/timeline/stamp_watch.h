#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/clock.h"

namespace timeline {

/// Watches one track's decode times against their own pace and their arrival (RT-26). Tells single stamps that are far
/// off from a source whose clock was set anew: those are followed by more of their kind.
/// Units: microseconds of feed time; UTC for arrivals.
class StampWatch {
 public:
  struct Limits {
    base::Micros forward = base::kSecond;
    base::Micros back = base::kSecond / 2;
  };
  enum class Verdict : std::uint8_t {
    kSteady,
    kOff,    ///< this stamp does not fit the ones before: expected() is what would
    kMoved,  ///< nor did the ones before this one, and they fit each other: the source's clock was set anew
  };

  /// `borne_out`: another track, whose stamps are steady, shows that this one is right, however far it is: its track
  /// was away.
  Verdict check(base::Micros dts, base::Micros arrived, Limits limits, bool borne_out = false);
  /// Decode time of the packet checked last, if the source had continued as before: one step after the packet before,
  /// and after a pause where the source usually is against its arrival.
  base::Micros expected() const { return expected_; }
  /// The same without a look at the packet: one step after the packet before.
  base::Micros next() const { return next_; }
  /// Whether the packet checked last lies before the one before it, by more than muxers are wrong.
  bool stepped_back() const { return stepped_back_; }
  /// Whether the packet checked last was one of those that do not fit.
  bool off() const { return off_ > 0; }
  /// Whether the packet checked last would have come before it was sent, had the source's clock not been set anew.
  bool too_early() const { return too_early_; }
  /// Median of the last steps; 0 where there are not enough.
  base::Micros usual_step() const;
  void reset() { *this = StampWatch(); }

 private:
  bool far(base::Micros dts, base::Micros arrived, Limits limits) const;
  void follow(base::Micros dts, base::Micros arrived);

  static constexpr std::size_t kSteps = 5;

  bool running_ = false;
  base::Micros line_ = 0;          ///< decode time of the packet before, or the one that would have fitted
  base::Micros line_arrived_ = 0;  ///< its arrival
  base::Micros expected_ = 0;
  base::Micros next_ = 0;
  bool stepped_back_ = false;
  base::Micros earliest_ = 0;  ///< smallest arrival - decode time of late
  base::Micros usual_ = 0;     ///< arrival - decode time, a slow mean of it by arrival
  std::array<base::Micros, kSteps> steps_{};
  std::size_t steps_seen_ = 0;
  bool too_early_ = false;
  int off_ = 0;                 ///< stamps in a row that are off and fit each other
  base::Micros off_first_ = 0;  ///< the first of them
  base::Micros off_last_ = 0;
};

}  // namespace timeline
