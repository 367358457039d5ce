#include "captions/digital_codes.h"

#include <algorithm>
#include <array>

namespace captions::digital {
namespace {

constexpr char32_t kUnassigned = U'_';

/// Codes of the C1 set: commands with parameters.
std::size_t command_size(std::uint8_t code) {
  if (code >= kClear && code <= kDelay) return 2;
  if (code == 0x90 || code == kPenLocation) return 3;  // 0x90: pen attributes
  if (code == 0x91) return 4;                          // pen colour
  if (code == kWindowAttributes) return 5;
  if (code >= kDefineWindow && code <= 0x9f) return 7;
  return 1;
}

/// A code of the sets C2, C3, G2 and G3. Those of variable length (0x90 to 0x9f) take the rest of the block.
Code extended_code(std::uint8_t code) {
  if (code < 0x08) return {2};
  if (code < 0x10) return {3};
  if (code < 0x18) return {4};
  if (code < 0x20) return {5};
  if (code < 0x80) return {2, true};
  if (code < 0x88) return {6};
  if (code < 0x90) return {7};
  if (code < 0xa0) return {SIZE_MAX};
  return {2, true};
}

struct Assigned {
  std::uint8_t code;
  char32_t character;
};
/// The G2 set [CTA-708-E table 10].
constexpr std::array kExtendedSet{
    Assigned{0x20, kSpace},    Assigned{0x21, kSpace},    Assigned{0x25, U'\u2026'}, Assigned{0x2a, U'\u0160'},
    Assigned{0x2c, U'\u0152'}, Assigned{0x30, U'\u2588'}, Assigned{0x31, U'\u2018'}, Assigned{0x32, U'\u2019'},
    Assigned{0x33, U'\u201c'}, Assigned{0x34, U'\u201d'}, Assigned{0x35, U'\u2022'}, Assigned{0x39, U'\u2122'},
    Assigned{0x3a, U'\u0161'}, Assigned{0x3c, U'\u0153'}, Assigned{0x3d, U'\u2120'}, Assigned{0x3f, U'\u0178'},
    Assigned{0x76, U'\u215b'}, Assigned{0x77, U'\u215c'}, Assigned{0x78, U'\u215d'}, Assigned{0x79, U'\u215e'},
    Assigned{0x7a, U'\u2502'}, Assigned{0x7b, U'\u2510'}, Assigned{0x7c, U'\u2514'}, Assigned{0x7d, U'\u2500'},
    Assigned{0x7e, U'\u2518'}, Assigned{0x7f, U'\u250c'}};

char32_t extended_character(std::uint8_t code) {
  if (code == 0xa0) return kCaptionSign;
  const auto found =
      std::find_if(kExtendedSet.begin(), kExtendedSet.end(), [&](const Assigned& at) { return at.code == code; });
  return found == kExtendedSet.end() ? kUnassigned : found->character;
}

char32_t wide_character(unsigned value) {
  const bool control = value < 0x20 || (value >= 0x7f && value < 0xa0);
  const bool half = value >= 0xd800 && value < 0xe000;  // of a pair
  return control || half || value >= 0xfffe ? kUnassigned : static_cast<char32_t>(value);
}

}  // namespace

Code code_at(base::View block) {
  const std::uint8_t first = block[0];
  if (first == kExtension) return block.size() > 1 ? extended_code(block[1]) : Code{2};
  if (first < 0x11) return {};
  if (first < kSixteenBits) return {2};
  if (first < 0x20) return {3, first == kSixteenBits};
  if (first < 0x80 || first >= 0xa0) return {1, true};
  return {command_size(first)};
}

char32_t character_of(base::View code) {
  if (code[0] == kExtension) return extended_character(code[1]);
  if (code[0] == kSixteenBits) return wide_character(static_cast<unsigned>(code[1]) << 8 | code[2]);
  constexpr std::uint8_t kMusic = 0x7f;
  return code[0] == kMusic ? U'\u266a' : code[0] == 0xa0 ? kSpace : static_cast<char32_t>(code[0]);
}

}  // namespace captions::digital
