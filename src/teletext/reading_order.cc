#include "teletext/reading_order.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace teletext {
namespace {

constexpr char32_t kReadToTheLeft = 0x200f;
constexpr char32_t kIsolate = 0x2066;
constexpr char32_t kEndIsolate = 0x2069;
constexpr char32_t kArabicComma = 0x060c;  // the other Arabic signs have a direction, as letters have

enum class Kind : std::uint8_t { kToTheRight, kToTheLeft, kDigit, kOther };

bool within(char32_t c, char32_t first, char32_t last) { return c >= first && c <= last; }

/// Of the characters that teletext has.
Kind kind_of(char32_t c) {
  if (within(c, U'0', U'9') || within(c, 0x0660, 0x0669)) return Kind::kDigit;
  if (within(c, 0x0590, 0x06ff)) return c == kArabicComma ? Kind::kOther : Kind::kToTheLeft;
  const bool latin = within(c, U'A', U'Z') || within(c, U'a', U'z');
  const bool other = within(c, 0x00c0, 0x058f) && c != 0x00d7 && c != 0x00f7;
  return latin || other ? Kind::kToTheRight : Kind::kOther;
}

bool is_digit(std::u32string_view row, std::size_t at) { return at < row.size() && kind_of(row[at]) == Kind::kDigit; }

/// Between two digits it is of their number. [UAX 9 W4]
bool separates(std::u32string_view row, std::size_t at) {
  return std::u32string_view(U".,:/-+\u060c").find(row[at]) != std::u32string_view::npos && at > 0 &&
         is_digit(row, at - 1) && is_digit(row, at + 1);
}

/// Beside a digit it is of its number. [UAX 9 W5]
bool is_unit(char32_t c) {
  return std::u32string_view(U"%$#\u00a3\u20ac\u00a2\u00b0").find(c) != std::u32string_view::npos;
}

/// Where the words and numbers begin that end before `end`, if there are letters among them; `end` if there are none.
std::size_t begin_of_words(std::u32string_view row, std::size_t end) {
  std::size_t begin = end;
  bool letters = false;
  for (std::size_t i = end; i > 0 && kind_of(row[i - 1]) != Kind::kToTheLeft; --i) {
    const Kind kind = kind_of(row[i - 1]);
    letters = letters || kind == Kind::kToTheRight;
    if (kind != Kind::kOther) begin = i - 1;
  }
  return letters ? begin : end;
}

std::size_t begin_of_number(std::u32string_view row, std::size_t end) {
  std::size_t begin = end;
  while (begin > 0 && (is_digit(row, begin - 1) || separates(row, begin - 1))) --begin;
  if (begin > 0 && begin < end && is_unit(row[begin - 1])) --begin;
  return begin;
}

/// Of a word or a number that ends before `end`; `end` if none does.
std::size_t begin_of_run(std::u32string_view row, std::size_t end) {
  const bool unit = end > 1 && is_unit(row[end - 1]) && is_digit(row, end - 2);
  const Kind last = kind_of(row[end - 1]);
  if (!unit && last != Kind::kToTheRight && last != Kind::kDigit) return end;
  const std::size_t words = begin_of_words(row, end);
  return words < end ? words : begin_of_number(row, unit ? end - 1 : end);
}

/// What would not be shown in this order among letters that are read to the left is held together. `alone`: in any
/// case.
void append_run(std::u32string& to, std::u32string_view run, bool alone) {
  const bool plain = std::all_of(run.begin(), run.end(), [](char32_t c) { return kind_of(c) == Kind::kDigit; });
  if (!alone && (plain || kind_of(run.front()) == Kind::kToTheRight)) {
    to += run;
  } else {
    to += kIsolate;
    to += run;
    to += kEndIsolate;
  }
}

char32_t mirrored(char32_t c) {
  constexpr std::array kPairs{std::pair{U'(', U')'}, std::pair{U'[', U']'}, std::pair{U'{', U'}'},
                              std::pair{U'<', U'>'}, std::pair{U'\u00ab', U'\u00bb'}};
  for (const auto& [open, close] : kPairs) {
    if (c == open) return close;
    if (c == close) return open;
  }
  return c;
}

/// Who shows the text takes its direction from its first letter outside of isolates. [UAX 9 P2]
bool begins_to_the_left(std::u32string_view text) {
  bool isolated = false;
  for (const char32_t c : text) {
    if (c == kIsolate || c == kEndIsolate) isolated = c == kIsolate;
    const Kind kind = isolated ? Kind::kOther : kind_of(c);
    if (kind == Kind::kToTheLeft || kind == Kind::kToTheRight) return kind == Kind::kToTheLeft;
  }
  return false;
}

}  // namespace

std::u32string in_reading_order(std::u32string_view seen) {
  const bool turned = std::any_of(seen.begin(), seen.end(), [](char32_t c) { return kind_of(c) == Kind::kToTheLeft; });
  if (!turned) return std::u32string(seen);
  // Pairs of brackets take words out of their place, as units take numbers. [UAX 9 N0, W5]
  const bool brackets = seen.find_first_of(U"()[]{}") != std::u32string_view::npos;
  std::u32string read;
  for (std::size_t end = seen.size(); end > 0;) {
    const std::size_t begin = begin_of_run(seen, end);
    if (begin < end) {
      append_run(read, seen.substr(begin, end - begin), brackets || (begin > 0 && is_unit(seen[begin - 1])));
      end = begin;
    } else {
      read += mirrored(seen[--end]);
    }
  }
  return begins_to_the_left(read) ? read : kReadToTheLeft + read;
}

}  // namespace teletext
