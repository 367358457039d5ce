#pragma once

#include <compare>
#include <cstdint>

#include "base/clock.h"
#include "media/time.h"

namespace media {

/// A point in time, or a span of it, in ticks of a timescale that it carries along: a number of ticks that is kept
/// across a change of track cannot be read in the new track's timescale by mistake.
/// REQUIRES: scale > 0.
struct Instant {
  std::int64_t ticks = 0;
  std::int64_t scale = base::kSecond;

  /// The same in ticks of another timescale.
  constexpr std::int64_t in(std::int64_t other, Round round = Round::kNearest) const {
    return other == scale ? ticks : rescale(ticks, scale, other, round);
  }
  constexpr base::Micros micros(Round round = Round::kNearest) const { return in(base::kSecond, round); }
  constexpr Instant to(std::int64_t other, Round round = Round::kNearest) const { return {in(other, round), other}; }

  /// Exact, whatever the timescales.
  friend constexpr std::strong_ordering operator<=>(const Instant& a, const Instant& b) {
    const auto left = static_cast<__int128>(a.ticks) * b.scale;
    const auto right = static_cast<__int128>(b.ticks) * a.scale;
    return left < right   ? std::strong_ordering::less
           : left > right ? std::strong_ordering::greater
                          : std::strong_ordering::equal;
  }
  friend constexpr bool operator==(const Instant& a, const Instant& b) { return (a <=> b) == 0; }
};

}  // namespace media
