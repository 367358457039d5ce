#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace channel {

/// For how long a feed has had too many errors a second: from the limit on, until there are fewer than half of it, so
/// that one burst, or a few now and then, are no spell. Reads no clock. Thread: one.
class ErrorSpell {
 public:
  /// Returns for how long it lasts, 0 where there is none. `rate`: errors of the last second; REQUIRES: limit > 0.
  base::Micros update(std::uint64_t rate, std::uint64_t limit, base::Micros now) {
    if (2 * rate < limit) {
      since_.reset();
    } else if (rate >= limit && !since_) {
      since_ = now;
    }
    return lasts(now);
  }
  base::Micros lasts(base::Micros now) const { return since_ ? now - *since_ : 0; }

 private:
  std::optional<base::Micros> since_;
};

}  // namespace channel
