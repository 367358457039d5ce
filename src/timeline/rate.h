#pragma once

#include <cstdint>
#include <vector>

#include "media/time.h"

namespace timeline {

/// The standard frame rate that `rate` is written for (29.97 is 30000/1001), or unknown if it is near none.
media::Rational standard_rate(media::Rational rate);

/// The standard rate that decode times (ascending, ticks of `timescale`) were sampled at, or unknown where they keep no
/// constant rate. Where the stamps are too coarse to tell 30 from 29.97, the integer one.
media::Rational measured_rate(const std::vector<std::int64_t>& times, std::int64_t timescale);

/// Whether the times are what `rate` would give: within 2 % and the rounding of the stamps, missing frames aside.
bool plausible_rate(media::Rational rate, const std::vector<std::int64_t>& times, std::int64_t timescale);

/// Whether frames that come steadily at `steady` all lie on the frame grid of `rate`: every one, every second … of its.
bool lies_on_grid(media::Rational steady, media::Rational rate);

/// CM-7: 90000 where that counts whole frames, else the rate's numerator (24000, 30000, 60000 …). 90000 for unknown.
std::int64_t video_timescale(media::Rational rate);

}  // namespace timeline
