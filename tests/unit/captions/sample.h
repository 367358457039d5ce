#pragma once

#include <bit>
#include <cstdint>
#include <initializer_list>
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

/// What a service's block has, with its header: the extended one from service 7 on.
inline std::vector<std::uint8_t> service_block(int service, const std::vector<std::uint8_t>& bytes) {
  std::vector<std::uint8_t> whole;
  const std::size_t size = bytes.size();
  if (service < 7) {
    whole = {static_cast<std::uint8_t>(static_cast<std::size_t>(service) << 5 | size)};
  } else {
    whole = {static_cast<std::uint8_t>(0xe0 | size), static_cast<std::uint8_t>(service)};
  }
  whole.insert(whole.end(), bytes.begin(), bytes.end());
  return whole;
}

/// Codes of a service of CEA-708, one after another.
inline std::vector<std::uint8_t> codes(std::initializer_list<std::vector<std::uint8_t>> pieces) {
  std::vector<std::uint8_t> whole;
  for (const auto& piece : pieces) whole.insert(whole.end(), piece.begin(), piece.end());
  return whole;
}
inline std::vector<std::uint8_t> characters(std::string_view text) { return {text.begin(), text.end()}; }

struct WindowShape {
  int rows = 2;
  int columns = 32;
  bool visible = true;
  bool relative = false;
  int vertical = 70;  ///< of the anchor
  int horizontal = 0;
  int point = 6;  ///< which of the window's nine is the anchor: bottom left
  int style = 0;
};

/// DefineWindow.
inline std::vector<std::uint8_t> window(int number, const WindowShape& shape = {}) {
  const auto byte = [](int value) { return static_cast<std::uint8_t>(value); };
  return {byte(0x98 | number),
          byte(shape.visible ? 0x20 : 0),
          byte((shape.relative ? 0x80 : 0) | shape.vertical),
          byte(shape.horizontal),
          byte(shape.point << 4 | (shape.rows - 1)),
          byte(shape.columns - 1),
          byte(shape.style << 3)};
}

}  // namespace captions::testing
