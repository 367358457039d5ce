#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace job {

/// How it is known that the two feeds of a channel carry one programme, and how far they are apart.
enum class Alignment : std::uint8_t {
  kNone,      ///< it is not
  kPts,       ///< equal time stamps mean equal content, as the loudness of both bears out
  kLoudness,  ///< by the loudness of both alone
  kTimeCode,  ///< both carry running time code, and what is heard does not contradict it
};
inline constexpr std::array<Alignment, 4> kAlignments{Alignment::kNone, Alignment::kPts, Alignment::kLoudness,
                                                      Alignment::kTimeCode};

constexpr std::string_view to_string(Alignment method) {
  switch (method) {
    case Alignment::kPts: return "pts";
    case Alignment::kLoudness: return "loudness";
    case Alignment::kTimeCode: return "timecode";
    case Alignment::kNone: break;
  }
  return "none";
}

}  // namespace job
