#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace packager {

/// By how much a rendition's media arrives after its own time at the least: over the last kSpan, or up to twice as
/// long. Pure. Thread: one.
class ArrivalLag {
 public:
  static constexpr base::Micros kSpan = 4 * base::kSecond;

  /// Media of the time `at` came. Units: UTC, both.
  void on_media(base::Micros arrived, base::Micros at) {
    if (arrived - since_ >= kSpan) {
      before_ = arrived - since_ < 2 * kSpan ? newest_ : kUnknown;
      newest_ = kUnknown;
      since_ = arrived;
    }
    newest_ = std::min(newest_, arrived - at);
  }
  /// Below 0 where media is ahead of UTC; nothing before any came.
  std::optional<base::Micros> least() const {
    const base::Micros least = std::min(before_, newest_);
    return least == kUnknown ? std::nullopt : std::optional(least);
  }

 private:
  static constexpr base::Micros kUnknown = INT64_MAX;

  base::Micros since_ = INT64_MIN / 2;
  base::Micros before_ = kUnknown;
  base::Micros newest_ = kUnknown;
};

}  // namespace packager
