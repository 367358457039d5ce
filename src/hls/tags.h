#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

/// Writers of single tags and attributes. Decimals never go through a float or a locale (LL-6).
namespace hls {

/// Units of every printed duration: one is 10 µs, that is five decimals (LL-20).
inline constexpr std::int64_t kDecimalUnit = 100'000;
/// The same in microseconds.
inline constexpr base::Micros kDecimalMicros = base::kSecond / kDecimalUnit;

/// Appends an integer.
void write_integer(std::string& out, std::int64_t value);
/// Appends `value` / 100000 with five decimals: 50000 is "0.50000". REQUIRES: value >= 0.
void write_decimal(std::string& out, std::int64_t value);
/// Appends a rate with three decimals, to nearest: 30000/1001 is "29.970" (MV-1).
void write_rate(std::string& out, std::int64_t num, std::int64_t den);
/// Appends a quoted-string; characters that one cannot hold (quote, CR, LF and other controls) become '_' (LL-1).
void write_quoted(std::string& out, std::string_view text);
/// What stands between its quotes.
void write_unquoted(std::string& out, std::string_view text);

/// #EXT-X-PROGRAM-DATE-TIME with milliseconds and Z (LL-49).
void write_program_date_time(std::string& out, base::Micros utc);
/// "2026-11-30T19:00:00Z": to the second, rounded down.
void write_utc_second(std::string& out, base::Micros utc);
/// #EXT-X-MAP
void write_map(std::string& out, std::string_view uri);

}  // namespace hls
