#include "transcode/hold_clock.h"

#include <algorithm>

namespace transcode {

void HoldClock::learn(base::Micros utc, base::Micros delay) {
  if (delay > options_.longest) return;
  if (utc >= window_ends_) {
    // Windows end when media comes, so that an outage forgets nothing.
    longest_before_ = longest_now_;
    longest_now_.reset();
    window_ends_ = utc + options_.window;
  }
  longest_now_ = std::max(longest_now_.value_or(delay), delay);
}

std::optional<media::Instant> HoldClock::on_tick(base::Micros utc, std::optional<media::Instant> newest) {
  if (newest && newest != newest_) {
    learn(utc, utc - newest->micros());
    newest_ = newest;
  }
  if (!longest_now_) return std::nullopt;
  const base::Micros usual = std::max(*longest_now_, longest_before_.value_or(*longest_now_));
  return media::Instant{utc - usual - options_.margin};
}

}  // namespace transcode
