#pragma once

#include <cstdint>
#include <optional>

#include "media/time_code.h"

namespace job {

/// A time code as a number of the statistics page has it; it is not 0. REQUIRES: media::valid(code).
inline std::uint64_t packed(const media::TimeCode& code) {
  return std::uint64_t{1} | std::uint64_t{code.drop_frame} << 1 | static_cast<std::uint64_t>(code.source) << 2 |
         std::uint64_t{code.hours} << 8 | std::uint64_t{code.minutes} << 16 | std::uint64_t{code.seconds} << 24 |
         std::uint64_t{code.frames} << 32 | std::uint64_t{code.rate} << 48;
}

/// The reverse; nothing of 0, nor of what is no valid code: a worker may write anything.
inline std::optional<media::TimeCode> time_code_of(std::uint64_t bits) {
  const std::uint64_t source = bits >> 2 & 3;
  if (bits == 0 || source > static_cast<std::uint64_t>(media::TimeCode::Source::kOnFi)) return std::nullopt;
  media::TimeCode code;
  code.drop_frame = (bits >> 1 & 1) != 0;
  code.source = static_cast<media::TimeCode::Source>(source);
  code.hours = static_cast<std::uint8_t>(bits >> 8);
  code.minutes = static_cast<std::uint8_t>(bits >> 16);
  code.seconds = static_cast<std::uint8_t>(bits >> 24);
  code.frames = static_cast<std::uint16_t>(bits >> 32);
  code.rate = static_cast<std::uint16_t>(bits >> 48);
  return media::valid(code) ? std::optional(code) : std::nullopt;
}

}  // namespace job
