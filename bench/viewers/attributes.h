#pragma once

#include <charconv>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace viewers {

/// An attribute list, by name. Quotes are taken off. Views into the text it was made from.
class Attributes {
 public:
  explicit Attributes(std::string_view text) {
    while (!text.empty()) {
      const std::size_t equals = text.find('=');
      if (equals == std::string_view::npos) return;
      const std::string_view name = text.substr(0, equals);
      text.remove_prefix(equals + 1);
      const bool quoted = !text.empty() && text[0] == '"';
      const std::size_t close = quoted ? text.find('"', 1) : std::string_view::npos;
      const std::size_t comma = text.find(',', close == std::string_view::npos ? 0 : close);
      const std::string_view value = text.substr(0, comma);
      list_.emplace_back(name, quoted && value.size() >= 2 ? value.substr(1, value.size() - 2) : value);
      text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    }
  }

  /// Empty if there is none of that name.
  std::string_view operator[](std::string_view name) const {
    for (const auto& [key, value] : list_) {
      if (key == name) return value;
    }
    return {};
  }

 private:
  std::vector<std::pair<std::string_view, std::string_view>> list_;
};

/// 0 where it is no number.
inline std::int64_t integer_of(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// Decimal seconds to microseconds, rounded down; 0 where it is no number.
inline base::Micros micros_of(std::string_view text) {
  const std::size_t point = text.find('.');
  base::Micros micros = integer_of(text.substr(0, point)) * base::kSecond;
  if (point == std::string_view::npos) return micros;
  base::Micros unit = base::kSecond / 10;
  for (const char digit : text.substr(point + 1)) {
    if (digit < '0' || digit > '9') break;
    micros += (digit - '0') * unit;
    unit /= 10;
  }
  return micros;
}

}  // namespace viewers
