#pragma once

#include <cstdint>
#include <set>

#include "media/time.h"

namespace transcode {

/// Which frames are key frames: the first one of every slot floor(pts / N), so that renditions and machines cut alike
/// without talking, or the ones that were asked for.
class KeyClock {
 public:
  /// Key frames on the grid of `segment` seconds. Units: `timescale` ticks a second.
  static KeyClock grid(media::Rational segment, std::int64_t timescale);
  /// Key frames at force_at() only.
  static KeyClock forced(std::int64_t timescale);

  /// The first frame at `pts` or later is a key frame.
  void force_at(std::int64_t pts);
  /// True if the frame has to be a key frame; the very first one always has. REQUIRES: pts rise from call to call.
  bool take(std::int64_t pts);
  /// What take() would say, without taking it.
  bool peek(std::int64_t pts) const;
  /// Where the slot of this frame starts; 0 where keys are forced.
  std::int64_t slot_start(std::int64_t pts) const;

 private:
  KeyClock(media::Rational segment, std::int64_t timescale) : segment_(segment), timescale_(timescale) {}
  std::int64_t slot(std::int64_t pts) const;

  media::Rational segment_;  ///< 0/1: no grid
  std::int64_t timescale_;
  bool started_ = false;
  std::int64_t slot_ = 0;          ///< of the newest frame taken
  std::set<std::int64_t> forced_;  ///< pts that are still to come
};

/// Leaves frames out of a rung whose frame rate is lower than the source's. Frames are counted from the start of
/// their slot, and those that fall into the same frame of the rung's rate make one: a lost frame cannot turn odd into
/// even, and the first frame of a slot stays in every rung.
class Thinner {
 public:
  /// 0/1: leaves nothing out.
  explicit Thinner(media::Rational rate) : rate_(rate) {}

  /// True if the rung shows this frame. REQUIRES: pts rise from call to call.
  bool keep(std::int64_t pts, std::int64_t slot_start, bool key, media::Rational source_rate, std::int64_t timescale);

 private:
  media::Rational rate_;
  std::int64_t slot_start_ = INT64_MIN;  ///< of the frame kept last
  std::int64_t last_ = INT64_MIN;        ///< its number in that slot, at the rung's rate
};

}  // namespace transcode
