#pragma once

#include <bit>
#include <cstdint>
#include <string_view>
#include <vector>

#include "teletext/line.h"

/// Makes teletext, as an inserter of subtitles does.
namespace teletext::testing {

inline std::uint8_t with_parity(char character) {
  const auto bits = static_cast<unsigned>(character) & 0x7fU;
  return static_cast<std::uint8_t>(std::popcount(bits) % 2 == 0 ? bits | 0x80U : bits);
}

inline Line make_line(int magazine, int row) {
  Line line;
  line.magazine = magazine;
  line.row = row;
  line.bytes.fill(with_parity(' '));
  line.bytes[0] = hamming_byte((magazine & 7) | (row & 1) << 3);
  line.bytes[1] = hamming_byte(row >> 1);
  return line;
}

struct Header {
  int number = 0x888;
  bool erase = true;
  bool subtitle = true;
  bool inhibit = false;
  bool serial = false;
  int national = 0;  ///< as in EN 300 706 table 32: 1 is German
};

inline Line header(const Header& of = {}) {
  Line line = make_line(of.number >> 8, 0);
  line.bytes[2] = hamming_byte(of.number & 0xf);
  line.bytes[3] = hamming_byte(of.number >> 4 & 0xf);
  line.bytes[4] = line.bytes[6] = hamming_byte(0);
  line.bytes[5] = hamming_byte(of.erase ? 8 : 0);
  line.bytes[7] = hamming_byte(of.subtitle ? 8 : 0);
  line.bytes[8] = hamming_byte(of.inhibit ? 8 : 0);
  line.bytes[9] =
      hamming_byte((of.serial ? 1 : 0) | (of.national & 4) >> 1 | (of.national & 2) << 1 | (of.national & 1) << 3);
  return line;
}

/// `text` as sent, its control characters included.
inline Line plain_row(int row, std::string_view text, int magazine = 8) {
  Line line = make_line(magazine, row);
  for (std::size_t i = 0; i < text.size() && i < 40; ++i) line.bytes[2 + i] = with_parity(text[i]);
  return line;
}
/// In a box.
inline Line row(int row, std::string_view text, int magazine = 8) {
  return plain_row(row, "  \x0b\x0b" + std::string(text) + "\x0a\x0a", magazine);
}

/// A triplet of packet 26: 18 bits with Hamming 24/18. [EN 300 706 8.3]
inline std::array<std::uint8_t, 3> triplet(unsigned address, unsigned mode, unsigned data) {
  const unsigned bits = address | mode << 6 | data << 11;
  // Places of the code word, from 1; those of a power of two are parities, and 24 is one over all.
  unsigned word = 0;
  unsigned next = 0;
  for (unsigned place = 1; place < 24; ++place) {
    if (std::has_single_bit(place)) continue;
    word |= (bits >> next++ & 1U) << (place - 1);
  }
  for (unsigned test = 1; test < 24; test <<= 1) {
    unsigned sum = 0;
    for (unsigned place = 1; place < 24; ++place) {
      if ((place & test) != 0) sum ^= word >> (place - 1) & 1U;
    }
    if (sum == 0) word |= 1U << (test - 1);
  }
  if (std::popcount(word) % 2 == 0) word |= 1U << 23;
  return {static_cast<std::uint8_t>(word), static_cast<std::uint8_t>(word >> 8), static_cast<std::uint8_t>(word >> 16)};
}

/// Packet 26 with one character of G0 that an accent stands on, at a row and a column.
inline Line accent(unsigned row, unsigned column, unsigned accent, char letter, int magazine = 8) {
  Line line = make_line(magazine, 26);
  line.bytes[2] = hamming_byte(0);
  const auto put = [&](std::size_t at, std::array<std::uint8_t, 3> bytes) {
    std::copy(bytes.begin(), bytes.end(), line.bytes.begin() + 3 + static_cast<std::ptrdiff_t>(3 * at));
  };
  put(0, triplet(40 + row, 0x04, 0));  // the row, and the column to begin at
  put(1, triplet(column, 0x10 + accent, static_cast<unsigned>(letter)));
  for (std::size_t at = 2; at < 13; ++at) put(at, triplet(63, 0x1f, 7));  // the end
  return line;
}

/// Packet 28 or 29 with designation 0: the default alphabet of level 1.5. Units: as in EN 300 706 table 32.
inline Line alphabets(int packet, unsigned designation, int magazine = 8) {
  Line line = make_line(magazine, packet);
  line.bytes[2] = hamming_byte(0);
  for (std::size_t at = 0; at < 13; ++at) {
    const std::array<std::uint8_t, 3> bytes =
        at == 0 ? triplet(0, designation << 1 & 31, designation >> 4) : triplet(0, 0, 0);
    std::copy(bytes.begin(), bytes.end(), line.bytes.begin() + 3 + static_cast<std::ptrdiff_t>(3 * at));
  }
  return line;
}

/// The payload of a PES packet: EBU data units, and stuffing ones behind them.
inline std::vector<std::uint8_t> payload(const std::vector<Line>& lines) {
  std::vector<std::uint8_t> out{0x10};
  const auto unit = [&](std::uint8_t id) {
    out.push_back(id);
    out.push_back(44);
  };
  for (const Line& line : lines) {
    unit(0x03);
    out.push_back(0xe7);
    out.push_back(0xe4);
    for (const std::uint8_t byte : line.bytes) {
      unsigned reversed = 0;
      for (unsigned bit = 0; bit < 8; ++bit) reversed |= (byte >> bit & 1U) << (7 - bit);
      out.push_back(static_cast<std::uint8_t>(reversed));
    }
  }
  while ((out.size() + 45) % 184 != 0) {
    unit(0xff);
    out.resize(out.size() + 44, 0xff);
  }
  return out;
}

}  // namespace teletext::testing
