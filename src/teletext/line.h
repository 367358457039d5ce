#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"

namespace teletext {

/// One teletext packet: what a television line carries after the framing code. Its bytes are as decoders have them, the
/// bit that is sent first the lowest. Spec: [EN 300 706 7.1]
struct Line {
  static constexpr std::size_t kSize = 42;

  int magazine = 0;  ///< 1 to 8
  int row = 0;       ///< packet number, 0 to 31: 0 is a page's header, 1 to 25 are its rows
  std::array<std::uint8_t, kSize> bytes{};

  friend bool operator==(const Line&, const Line&) = default;
};

/// The four bits of a byte that is protected with Hamming 8/4, one wrong bit corrected; nothing where two are wrong.
std::optional<int> hamming_bits(std::uint8_t byte);
/// The byte that carries four bits. REQUIRES: 0 to 15.
std::uint8_t hamming_byte(int bits);

/// Appends the teletext packets of a PES packet's payload, at most `kMostLines` a call. Returns how many were left out
/// because they are damaged, or beyond that. Spec: [EN 300 472 4.2, EN 301 775 4.3]
std::size_t read_lines(base::View payload, std::vector<Line>& to);
/// As many as the largest PES packet of EN 300 472 has room for.
inline constexpr std::size_t kMostLines = 1424;

}  // namespace teletext
