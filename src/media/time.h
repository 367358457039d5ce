#pragma once

#include <cstdint>
#include <numeric>

namespace media {

/// A ratio of two integers in lowest terms with a positive denominator; 0/1 means "not known" for a rate.
struct Rational {
  std::int64_t num = 0;
  std::int64_t den = 1;

  friend bool operator==(const Rational&, const Rational&) = default;
  constexpr bool known() const { return num > 0 && den > 0; }
};

constexpr Rational reduce(Rational value) {
  const std::int64_t divisor = std::gcd(value.num, value.den);
  return divisor == 0 ? Rational{} : Rational{value.num / divisor, value.den / divisor};
}

enum class Round : std::uint8_t { kDown, kNearest, kUp };

/// `ticks * to / from` with a 128-bit product: never overflows in between, never goes through a double.
/// Rounding is toward minus infinity, to nearest (halves up), or toward plus infinity.
/// REQUIRES: from > 0 and to > 0.
constexpr std::int64_t rescale(std::int64_t ticks, std::int64_t from, std::int64_t to, Round round = Round::kNearest) {
  const __int128 product = static_cast<__int128>(ticks) * to;
  const __int128 bias = round == Round::kDown ? 0 : round == Round::kNearest ? from / 2 : from - 1;
  const __int128 sum = product + bias;
  __int128 quotient = sum / from;
  if (sum % from < 0) --quotient;
  return static_cast<std::int64_t>(quotient);
}

/// Floor of a / b for b > 0, also for negative a.
constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  const std::int64_t quotient = a / b;
  return a % b < 0 ? quotient - 1 : quotient;
}

}  // namespace media
