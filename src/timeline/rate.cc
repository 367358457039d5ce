#include "timeline/rate.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace timeline {
namespace {

// Integers first: coarse stamps that fit both are taken for those.
constexpr std::array<media::Rational, 23> kStandard{{
    {25, 1}, {30, 1}, {50, 1},       {60, 1},       {24, 1},       {15, 1},        {20, 1},       {10, 1},
    {12, 1}, {48, 1}, {100, 1},      {120, 1},      {8, 1},        {5, 1},         {6, 1},        {25, 2},
    {15, 2}, {90, 1}, {30000, 1001}, {60000, 1001}, {24000, 1001}, {120000, 1001}, {15000, 1001},
}};
constexpr std::int64_t kMillion = 1'000'000;

/// |a / b - 1| in millionths.
std::int64_t difference(media::Rational a, media::Rational b) {
  const std::int64_t ratio = media::rescale(kMillion * a.num, a.den * b.num, b.den);
  return std::abs(ratio - kMillion);
}

}  // namespace

media::Rational standard_rate(media::Rational rate) {
  // 29.97 and 30 differ by 1000 ppm; two decimals of 29.97003 are 1 ppm off, of 23.976 43 ppm.
  constexpr std::int64_t kTolerancePpm = 200;
  if (!rate.known() || rate.num > kMillion * rate.den || rate.den > kMillion) return {};
  for (const media::Rational standard : kStandard) {
    if (difference(rate, standard) <= kTolerancePpm) return standard;
  }
  return {};
}

media::Rational measured_rate(const std::vector<std::int64_t>& times, std::int64_t timescale) {
  if (times.size() < 2 || times.back() <= times.front()) return {};
  const auto intervals = static_cast<std::int64_t>(times.size() - 1);
  const std::int64_t span = times.back() - times.front();
  for (std::size_t i = 0; i < times.size(); ++i) {
    // Every frame within two fifths of a frame of its place, or the rate is no constant.
    const std::int64_t error = (times[i] - times.front()) * intervals - static_cast<std::int64_t>(i) * span;
    if (std::abs(error) * 5 > 2 * span) return {};
  }
  const media::Rational rate{intervals * timescale, span};
  // A tick of rounding at both ends, and 1 % for clocks that jitter.
  const std::int64_t rounding_ppm = kMillion / span + 100;
  for (const media::Rational standard : kStandard) {
    if (difference(rate, standard) <= rounding_ppm) return standard;
  }
  const auto nearest = std::min_element(kStandard.begin(), kStandard.end(),
                                        [rate](auto a, auto b) { return difference(rate, a) < difference(rate, b); });
  return difference(rate, *nearest) <= kMillion / 100 ? *nearest : media::Rational{};
}

bool plausible_rate(media::Rational rate, const std::vector<std::int64_t>& times, std::int64_t timescale) {
  constexpr std::int64_t kTolerancePpm = kMillion / 50;
  if (!rate.known() || times.size() < 2) return false;
  std::vector<std::int64_t> intervals;
  for (std::size_t i = 1; i < times.size(); ++i) intervals.push_back(times[i] - times[i - 1]);
  std::vector<std::int64_t> sorted = intervals;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  // Intervals around a missing frame say nothing about the rate.
  std::int64_t span = 0;
  std::int64_t count = 0;
  for (const std::int64_t interval : intervals) {
    if (interval * 2 < *middle || interval * 2 > *middle * 3) continue;
    span += interval;
    ++count;
  }
  return span > 0 && difference({count * timescale, span}, rate) <= kTolerancePpm + kMillion / span;
}

bool lies_on_grid(media::Rational steady, media::Rational rate) {
  if (!steady.known() || !rate.known()) return false;
  const std::int64_t times = media::rescale(rate.num * steady.den, rate.den * steady.num, 1);
  return times >= 1 && difference({steady.num * times, steady.den}, rate) <= kMillion / 100;
}

std::int64_t video_timescale(media::Rational rate) {
  constexpr std::int64_t kUsual = 90000;
  if (rate.known() && rate.den == 1001) return rate.num;
  if (!rate.known() || kUsual * rate.den % rate.num == 0) return kUsual;
  return rate.num * 1000;
}

}  // namespace timeline
