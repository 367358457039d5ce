#pragma once

#include <cstdint>

#include "media/time.h"

namespace timeline {

/// Puts the frames of a constant-rate video on the exact frame grid: frame n lies at n frame durations since 1970. The
/// jitter of rounded time stamps (33, 34, 33 ms) disappears, missing frames leave holes of whole frames.
class FrameClock {
 public:
  /// `feed_scale`: ticks a second of the times given in; `timescale`: of the grid. REQUIRES: a whole number of
  /// `timescale` ticks a frame.
  FrameClock(media::Rational rate, std::int64_t feed_scale, std::int64_t timescale);

  std::int64_t frame() const { return frame_; }
  /// The frame decoded at `dts` of the feed has place `index` on the decode timeline; the places before `least` are
  /// taken, so that it may get a later one.
  void anchor(std::int64_t dts, std::int64_t index, std::int64_t least = INT64_MIN);
  /// All frames from now on are this many places later.
  void shift(std::int64_t frames) { anchor_index_ += frames; }
  /// Place of the next frame in decoding order: one on, except after a hole.
  std::int64_t place(std::int64_t dts);
  std::int64_t next_index() const { return next_; }
  /// A span of the feed's time in whole frames, to nearest.
  std::int64_t frames_in(std::int64_t span) const;
  /// The source is faster than the grid, or keeps no constant rate: its frames no longer are where their stamps say.
  bool lost() const { return misplaced_ >= kMostMisplaced; }

 private:
  static constexpr int kMostMisplaced = 16;

  media::Rational rate_;
  std::int64_t feed_scale_;
  std::int64_t timescale_;
  std::int64_t frame_;
  std::int64_t anchor_dts_ = 0;
  std::int64_t anchor_index_ = 0;
  std::int64_t next_ = 0;
  int misplaced_ = 0;
};

}  // namespace timeline
