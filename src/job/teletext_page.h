#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "media/teletext.h"

namespace job {

/// The language of ISO 639-2 as a number of the statistics page has it; 0 is none. Letters behind the third are left
/// out.
inline std::uint64_t language_bits(std::string_view language) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < language.size() && i < 3; ++i)
    bits |= std::uint64_t{static_cast<std::uint8_t>(language[i])} << (8 * i);
  return bits;
}
/// The reverse. Whatever a worker writes, a language is of small letters.
inline std::string language_of(std::uint64_t bits) {
  std::string language;
  for (unsigned shift = 0; shift < 24; shift += 8) {
    const auto letter = static_cast<char>(bits >> shift & 0xff);
    if (letter >= 'a' && letter <= 'z') language += letter;
  }
  return language;
}

/// A page as a number of the statistics page has it; 0 is none. REQUIRES: its number is below 0x1000.
inline std::uint64_t packed(const media::TeletextPage& page) {
  return static_cast<std::uint64_t>(page.number) | (page.subtitles ? 1U << 12 : 0U) |
         (page.hard_of_hearing ? 1U << 13 : 0U) | language_bits(page.language) << 16;
}

inline media::TeletextPage unpacked(std::uint64_t bits) {
  return {static_cast<int>(bits & 0xfff), language_of(bits >> 16), (bits >> 12 & 1) != 0, (bits >> 13 & 1) != 0};
}

}  // namespace job
