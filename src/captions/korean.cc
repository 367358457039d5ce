#include "captions/korean.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace captions::digital {
namespace {

constexpr std::uint8_t kFirst = 0xa1;
constexpr std::uint8_t kLast = 0xfe;
constexpr std::size_t kSide = kLast - kFirst + 1;

/// By row and column; 0: no character. All of KS X 1001 is in the basic plane. Written by load_korean() alone.
std::array<char16_t, kSide * kSide> characters{};

/// 0 where there is none.
char16_t convert(iconv_t converter, std::uint8_t first, std::uint8_t second) {
  std::array<char, 2> bytes{static_cast<char>(first), static_cast<char>(second)};
  std::array<char, 4> utf16{};
  char* in = bytes.data();
  char* out = utf16.data();
  std::size_t in_left = bytes.size();
  std::size_t out_left = utf16.size();
  const bool whole = iconv(converter, &in, &in_left, &out, &out_left) != static_cast<std::size_t>(-1) && in_left == 0;
  if (!whole || out_left != utf16.size() - sizeof(char16_t)) {
    iconv(converter, nullptr, nullptr, nullptr, nullptr);  // its state, after a failure
    return 0;
  }
  return static_cast<char16_t>(static_cast<std::uint8_t>(utf16[0]) << 8 | static_cast<std::uint8_t>(utf16[1]));
}

bool inside(std::uint8_t byte) { return byte >= kFirst && byte <= kLast; }

}  // namespace

base::Status load_korean() {
  const iconv_t converter = iconv_open("UTF-16BE", "EUC-KR");
  if (converter == reinterpret_cast<iconv_t>(-1))  // NOLINT(performance-no-int-to-ptr): iconv(3) says so
    return base::Error{base::Code::kUnsupported, "this C library has no converter for EUC-KR"};
  for (std::size_t i = 0; i < characters.size(); ++i) {
    characters[i] = convert(converter, static_cast<std::uint8_t>(kFirst + i / kSide),
                            static_cast<std::uint8_t>(kFirst + i % kSide));
  }
  iconv_close(converter);
  return base::Ok{};
}

std::optional<char32_t> korean_character(std::uint8_t first, std::uint8_t second) {
  if (!inside(first) || !inside(second)) return std::nullopt;
  const auto row = static_cast<std::size_t>(first - kFirst);
  const char16_t found = characters[row * kSide + static_cast<std::size_t>(second - kFirst)];
  return found == 0 ? std::nullopt : std::optional<char32_t>(found);
}

std::optional<char32_t> KoreanReader::read(std::uint8_t first, std::uint8_t second) {
  // Where one byte is enough, the other is 0, in either set.
  if (first == 0 || doubt_ >= kTooMuch) return std::nullopt;
  const auto character = korean_character(first, second);
  doubt_ = character ? std::max(doubt_ - 1, 0) : doubt_ + kWrong;
  return character;
}

}  // namespace captions::digital
