#pragma once

#include <algorithm>
#include <cstdint>

#include "base/clock.h"
#include "media/time.h"

/// Where the segments of a channel lie: slot k is the time [k N, (k + 1) N) since 1970, N being the segment duration.
namespace media {

/// A segment starts at least this long before its slot ends, so that audio, one frame later, still starts in the same
/// slot. Key frames of a copied source within this of a slot's end could begin no segment.
inline constexpr base::Micros kStartMargin = 100 * base::kMillisecond;

/// How long a segment gets, nominally: N; half as long again where cuts are moved onto splices.
constexpr Rational longest_segment(Rational slot, bool cuts_move) {
  return cuts_move ? Rational{slot.num * 3, slot.den * 2} : slot;
}

/// N for a lead stream: in ticks of its timescale and as a ratio of seconds.
struct SlotLength {
  std::int64_t ticks = 0;
  Rational seconds;
};

/// `target` as a whole number of the stream's frames; as it is where the rate is not known.
constexpr SlotLength slot_length(std::int64_t timescale, Rational frame_rate, base::Micros target) {
  SlotLength length;
  length.ticks = rescale(target, base::kSecond, timescale);
  if (frame_rate.known()) {
    const std::int64_t frames =
        std::max<std::int64_t>(1, rescale(target, base::kSecond * frame_rate.den, frame_rate.num));
    length.ticks = rescale(frames * frame_rate.den, frame_rate.num, timescale);
  }
  length.seconds = reduce({length.ticks, timescale});
  return length;
}

}  // namespace media
