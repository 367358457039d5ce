#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace base {

/// One character of a text in UTF-8.
struct Utf8Character {
  std::uint32_t value = 0;
  std::size_t length = 0;  ///< in bytes
};

/// The character that `text` begins with. Length 0: it begins with none, or is empty (RFC 3629 section 4).
Utf8Character first_character(std::string_view text);

/// REQUIRES: a scalar value of Unicode: at most U+10FFFF, and no surrogate.
void append_character(std::string& to, std::uint32_t character);

/// True of an empty text, too.
bool is_utf8(std::string_view text);

}  // namespace base
