#include "hls/tags.h"

#include <array>
#include <charconv>

#include "media/time.h"

namespace hls {
namespace {

/// Appends the lowest `count` decimal digits of `value`, zeros included.
void write_digits(std::string& out, std::int64_t value, std::size_t count) {
  std::array<char, 20> digits;
  for (std::size_t i = count; i > 0; --i) {
    digits[i - 1] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  out.append(digits.data(), count);
}

}  // namespace

void write_integer(std::string& out, std::int64_t value) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out.append(digits.data(), end.ptr);
}

void write_decimal(std::string& out, std::int64_t value) {
  write_integer(out, value / kDecimalUnit);
  out += '.';
  write_digits(out, value % kDecimalUnit, 5);
}

void write_rate(std::string& out, std::int64_t num, std::int64_t den) {
  const std::int64_t thousandths = media::rescale(num, den, 1000);
  write_integer(out, thousandths / 1000);
  out += '.';
  write_digits(out, thousandths % 1000, 3);
}

void write_unquoted(std::string& out, std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += c == '"' || byte < 0x20 || byte == 0x7F ? '_' : c;
  }
}

void write_quoted(std::string& out, std::string_view text) {
  out += '"';
  write_unquoted(out, text);
  out += '"';
}

void write_program_date_time(std::string& out, base::Micros utc) {
  out += "#EXT-X-PROGRAM-DATE-TIME:";
  out += base::format_utc(utc);
  out += '\n';
}

void write_utc_second(std::string& out, base::Micros utc) {
  constexpr std::size_t kToSecond = std::string_view("2026-11-30T19:00:00").size();
  out.append(base::format_utc(utc), 0, kToSecond);
  out += 'Z';
}

void write_map(std::string& out, std::string_view uri) {
  out += "#EXT-X-MAP:URI=";
  write_quoted(out, uri);
  out += '\n';
}

}  // namespace hls
