#include "teletext/line.h"

#include <algorithm>
#include <bit>

namespace teletext {
namespace {

// [EN 300 706 8.2, table 5], by the bits that they carry.
constexpr std::array<std::uint8_t, 16> kHamming{0x15, 0x02, 0x49, 0x5e, 0x64, 0x73, 0x38, 0x2f,
                                                0xd0, 0xc7, 0x8c, 0x9b, 0xa1, 0xb6, 0xfd, 0xea};
// [EN 300 472 table 2]: EBU teletext that is no subtitle, that is one, and inverted teletext. What is in them is told
// by their page alone.
constexpr std::uint8_t kTeletextUnit = 0x02;
constexpr std::uint8_t kSubtitleUnit = 0x03;
constexpr std::uint8_t kStuffingUnit = 0xff;
// Field parity and line offset, the framing code, and the packet.
constexpr std::size_t kUnitSize = 2 + Line::kSize;

constexpr std::array<std::int8_t, 256> hamming_table() {
  std::array<std::int8_t, 256> table{};
  for (unsigned byte = 0; byte < table.size(); ++byte) {
    table[byte] = -1;
    for (std::size_t bits = 0; bits < kHamming.size(); ++bits) {
      if (std::popcount(byte ^ kHamming[bits]) <= 1) table[byte] = static_cast<std::int8_t>(bits);
    }
  }
  return table;
}
constexpr std::array<std::int8_t, 256> kBits = hamming_table();

std::uint8_t reversed(std::uint8_t byte) {
  unsigned out = 0;
  for (unsigned bit = 0; bit < 8; ++bit) out |= ((byte >> bit) & 1U) << (7 - bit);
  return static_cast<std::uint8_t>(out);
}

/// EBU data, or data of the vertical blanking interval.
bool carries_units(std::uint8_t data_identifier) {
  return (data_identifier >= 0x10 && data_identifier <= 0x1f) || (data_identifier >= 0x99 && data_identifier <= 0x9b);
}

std::optional<Line> line_of(base::View unit) {
  if (unit.size() < kUnitSize) return std::nullopt;
  Line line;
  std::transform(unit.begin() + 2, unit.begin() + kUnitSize, line.bytes.begin(), reversed);
  const auto low = hamming_bits(line.bytes[0]);
  const auto high = hamming_bits(line.bytes[1]);
  if (!low || !high) return std::nullopt;
  line.magazine = (*low & 7) == 0 ? 8 : *low & 7;
  line.row = *low >> 3 | *high << 1;
  return line;
}

}  // namespace

std::optional<int> hamming_bits(std::uint8_t byte) {
  return kBits[byte] < 0 ? std::nullopt : std::optional<int>(kBits[byte]);
}

std::uint8_t hamming_byte(int bits) { return kHamming[static_cast<std::size_t>(bits)]; }

std::size_t read_lines(base::View payload, std::vector<Line>& to) {
  if (payload.empty() || !carries_units(payload[0])) return 0;
  std::size_t damaged = 0;
  std::size_t taken = 0;
  payload = payload.subspan(1);
  while (payload.size() >= 2) {
    const std::uint8_t id = payload[0];
    const std::size_t length = payload[1];
    payload = payload.subspan(2);
    const bool cut = length > payload.size();
    if (id == kTeletextUnit || id == kSubtitleUnit) {
      const auto line = cut || taken == kMostLines ? std::nullopt : line_of(payload.first(length));
      if (line) to.push_back(*line);
      if (line) ++taken;
      if (!line) ++damaged;
    } else if (cut && id != kStuffingUnit) {
      ++damaged;
    }
    if (cut) break;
    payload = payload.subspan(length);
  }
  return damaged;
}

}  // namespace teletext
