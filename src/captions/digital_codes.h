#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

/// The codes of a service of CEA-708.
namespace captions::digital {

/// Of the C0 set.
inline constexpr std::uint8_t kBackspace = 0x08;
inline constexpr std::uint8_t kFormFeed = 0x0c;
inline constexpr std::uint8_t kCarriageReturn = 0x0d;
inline constexpr std::uint8_t kHorizontalReturn = 0x0e;  ///< clears the line, and returns to its beginning
inline constexpr std::uint8_t kExtension = 0x10;         ///< the next byte is of the sets C2, C3, G2 and G3
inline constexpr std::uint8_t kSixteenBits = 0x18;       ///< P16: a character of two bytes follows
/// Of the C1 set.
inline constexpr std::uint8_t kSetWindow = 0x80;  ///< of eight, one a window
inline constexpr std::uint8_t kClear = 0x88;
inline constexpr std::uint8_t kDisplay = 0x89;
inline constexpr std::uint8_t kHide = 0x8a;
inline constexpr std::uint8_t kToggle = 0x8b;
inline constexpr std::uint8_t kDelete = 0x8c;
inline constexpr std::uint8_t kDelay = 0x8d;
inline constexpr std::uint8_t kEndDelay = 0x8e;
inline constexpr std::uint8_t kReset = 0x8f;
inline constexpr std::uint8_t kPenLocation = 0x92;
inline constexpr std::uint8_t kWindowAttributes = 0x97;
inline constexpr std::uint8_t kDefineWindow = 0x98;  ///< of eight, one a window

/// A code with its parameters.
struct Code {
  std::size_t size = 1;  ///< in bytes; may be more than there are
  bool character = false;
};

/// The code that a service block begins with. REQUIRES: it is not empty. Spec: [CTA-708-E 7.1].
Code code_at(base::View block);

/// What the cell of a character shows that has a picture instead, the sign of closed captions (0xA0 of G3).
inline constexpr char32_t kCaptionSign = 0x110000;
inline constexpr char32_t kSpace = U' ';

/// The character of a whole code: Unicode, or kCaptionSign. A code that no set assigns is an underscore, as the
/// standard has it, and transparent spaces are kSpace. P16 is taken for UTF-16, as far as it is one character;
/// see KoreanReader for others.
/// REQUIRES: a code with Code::character, of the size that code_at() says. Spec: [CTA-708-E 7.1.4 to 7.1.9].
char32_t character_of(base::View code);

}  // namespace captions::digital
