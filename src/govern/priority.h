#pragma once

#include <cstdint>
#include <string_view>

namespace govern {

/// Which channels do less first where the CPU is short.
enum class Priority : std::uint8_t { kLow, kNormal, kHigh };

/// "low", "normal", "high": as in the configuration and the API.
constexpr std::string_view to_string(Priority priority) {
  return priority == Priority::kLow ? "low" : priority == Priority::kNormal ? "normal" : "high";
}

}  // namespace govern
