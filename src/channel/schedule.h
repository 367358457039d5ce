#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace channel {

/// When the event of a channel is on. Before and after it viewers see the slate, whatever the feed shows. Reads no
/// clock.
struct Schedule {
  enum class Phase : std::uint8_t { kBefore, kOn, kOver };

  std::optional<base::Micros> start;  ///< UTC; nullopt: it is on from the first picture
  std::optional<base::Micros> end;    ///< UTC, after the start; nullopt: until the channel ends
  std::string text_before;            ///< what viewers read; empty: the channel's own slate
  std::string text_after;

  Phase phase(base::Micros utc) const {
    if (start && utc < *start) return Phase::kBefore;
    return end && utc >= *end ? Phase::kOver : Phase::kOn;
  }
  const std::string& text(Phase at) const { return at == Phase::kBefore ? text_before : text_after; }
};

constexpr std::string_view to_string(Schedule::Phase phase) {
  switch (phase) {
    case Schedule::Phase::kBefore: return "before";
    case Schedule::Phase::kOn: return "on";
    case Schedule::Phase::kOver: return "over";
  }
  return "unknown";
}

}  // namespace channel
