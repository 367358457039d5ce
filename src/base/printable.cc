#include "base/printable.h"

#include <cstdint>

namespace base {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

/// The character that `text` begins with. Length 0: it begins with none (RFC 3629 section 4).
struct Character {
  std::uint32_t value = 0;
  std::size_t length = 0;
};

Character first_of(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  if (byte(0) < 0x80) return {byte(0), 1};
  const std::size_t length = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
  if (byte(0) < 0xC2 || byte(0) > 0xF4 || text.size() < length) return {};
  std::uint32_t value = byte(0) & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3F);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kLeast[length] || value > 0x10FFFF || surrogate) return {};
  return {value, length};
}

/// Controls (C0, C1), line and paragraph separators, marks without width, and what turns the direction of writing.
bool is_hidden(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0xAD || c == 0x61C || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB);
}

}  // namespace

std::string printable(std::string_view text, std::size_t most) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const Character character = first_of(text.substr(at));
    const std::size_t length = character.length == 0 ? 1 : character.length;
    std::string_view shown = text.substr(at, length);
    if (shown == "\n" || shown == "\r" || shown == "\t") {
      shown = " ";
    } else if (character.length == 0 || is_hidden(character.value)) {
      shown = kReplacement;
    }
    if (out.size() + shown.size() > most) return out + "… (" + std::to_string(text.size()) + " bytes)";
    out += shown;
    at += length;
  }
  return out;
}

}  // namespace base
