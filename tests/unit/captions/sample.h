#pragma once

#include <bit>
#include <cstdint>
#include <string_view>
#include <vector>

#include "captions/triplet.h"

/// Captions made by hand.
namespace captions::testing {

inline std::uint8_t with_parity(std::uint8_t byte) {
  return static_cast<std::uint8_t>(std::popcount(byte) % 2 == 0 ? byte | 0x80 : byte);
}

inline Triplet pair(Triplet::Kind field, std::uint8_t first, std::uint8_t second) {
  return {true, field, with_parity(first), with_parity(second)};
}

/// A pair of line 21 of field 1, without parity.
inline Triplet field1(std::uint8_t first, std::uint8_t second) { return pair(Triplet::Kind::kField1, first, second); }
inline Triplet field2(std::uint8_t first, std::uint8_t second) { return pair(Triplet::Kind::kField2, first, second); }

/// The characters of a text, two a pair.
inline std::vector<Triplet> typed(Triplet::Kind field, std::string_view text) {
  std::vector<Triplet> triplets;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto second = i + 1 < text.size() ? static_cast<std::uint8_t>(text[i + 1]) : std::uint8_t{0};
    triplets.push_back(pair(field, static_cast<std::uint8_t>(text[i]), second));
  }
  return triplets;
}

/// A caption channel packet with these service blocks, a null byte behind them where its length wants one.
inline std::vector<Triplet> packet(std::vector<std::uint8_t> blocks) {
  if (blocks.size() % 2 == 0) blocks.push_back(0);
  blocks.insert(blocks.begin(), static_cast<std::uint8_t>((blocks.size() + 1) / 2));
  std::vector<Triplet> triplets;
  for (std::size_t i = 0; i < blocks.size(); i += 2) {
    const auto kind = i == 0 ? Triplet::Kind::kPacketStart : Triplet::Kind::kPacketData;
    triplets.push_back({true, kind, blocks[i], blocks[i + 1]});
  }
  return triplets;
}

}  // namespace captions::testing
