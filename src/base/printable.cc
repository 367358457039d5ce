#include "base/printable.h"

#include <cstdint>

#include "base/utf8.h"

namespace base {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

/// Controls (C0, C1), line and paragraph separators, marks without width, and what turns the direction of writing.
bool is_hidden(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0xAD || c == 0x61C || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB);
}

}  // namespace

std::string printable(std::string_view text, std::size_t most) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Character character = first_character(text.substr(at));
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
