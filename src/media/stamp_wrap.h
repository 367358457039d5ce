#pragma once

#include "base/clock.h"
#include "media/instant.h"

namespace media {

/// The span after which a container's time stamps begin anew: 33 bits of 90 kHz, 32 bits of milliseconds.
inline constexpr Instant kMpegTsWrap{std::int64_t{1} << 33, 90000};
inline constexpr Instant kRtmpWrap{std::int64_t{1} << 32, 1000};

/// How far the UTC of a picture by an agreed clock may be from its arrival, either way. Behind it, it is as much as
/// encoder and network take; media later than this would be taken for missing. Ahead of it, a source's clock that is
/// too fast gets there: 20 ppm are 1.7 s a day.
inline constexpr base::Micros kMostClockOff = 8 * base::kSecond;

/// How many times the stamps of the second of two clocks of one source have wrapped less often than the first's: a
/// clock is the UTC of stamp 0, so it is later by `wrap` with each.
constexpr std::int64_t wraps_between(base::Micros one, base::Micros other, Instant wrap) {
  return rescale(one - other, wrap.micros(), 1);
}

/// By how much clock `one` is later than `other`, wraps of the stamps left out: from -wrap / 2 to wrap / 2.
constexpr base::Micros clock_distance(base::Micros one, base::Micros other, Instant wrap) {
  return one - other - rescale(wraps_between(one, other, wrap) * wrap.ticks, wrap.scale, base::kSecond);
}

}  // namespace media
