#pragma once

#include <cstdint>

#include "media/teletext.h"

namespace job {

/// A page as a number of the statistics page has it; 0 is none. REQUIRES: its number is below 0x1000.
inline std::uint64_t packed(const media::TeletextPage& page) {
  std::uint64_t bits = static_cast<std::uint64_t>(page.number) | (page.subtitles ? 1U << 12 : 0U) |
                       (page.hard_of_hearing ? 1U << 13 : 0U);
  for (std::size_t i = 0; i < page.language.size() && i < 3; ++i)
    bits |= std::uint64_t{static_cast<std::uint8_t>(page.language[i])} << (16 + 8 * i);
  return bits;
}

/// Whatever a worker writes, a language is of small letters.
inline media::TeletextPage unpacked(std::uint64_t bits) {
  media::TeletextPage page{static_cast<int>(bits & 0xfff), "", (bits >> 12 & 1) != 0, (bits >> 13 & 1) != 0};
  for (unsigned shift = 16; shift < 40; shift += 8) {
    const auto letter = static_cast<char>(bits >> shift & 0xff);
    if (letter >= 'a' && letter <= 'z') page.language += letter;
  }
  return page;
}

}  // namespace job
