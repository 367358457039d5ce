#pragma once

#include <algorithm>
#include <string_view>

namespace tokens {

/// Whether a text is base64url without padding, of a length that some bytes have. The library ends the process where it
/// is given anything else (an assertion of cjose 0.6.2's decoder), so nothing reaches it that was not asked this.
/// Spec: [RFC 7515 2]
inline bool is_base64url(std::string_view text) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return text.size() % 4 != 1 && std::all_of(text.begin(), text.end(), is_letter);
}

}  // namespace tokens
