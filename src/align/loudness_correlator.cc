#include "align/loudness_correlator.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace align {
namespace {

constexpr std::int64_t kMostLag = LoudnessCorrelator::kMostOffset / Envelope::kHop;
// The loudness is taken as what it is above the average of so many hops before and after it: slow changes of level
// would make everything look alike.
constexpr std::int64_t kAverage = 50;
// A peak is as wide as the sounds of the programme are long. Another one within that is the same.
constexpr std::int64_t kPeakWidth = 30;
// Of the hops that are compared, so many have to have been heard.
constexpr double kLeastHeard = 0.8;

/// In several sums, so that the compiler can use vectors.
double product(const float* a, const float* b, std::int64_t count) {
  constexpr std::int64_t kSums = 8;
  std::array<float, kSums> sums{};
  std::int64_t i = 0;
  for (; i + kSums <= count; i += kSums) {
    for (std::int64_t k = 0; k < kSums; ++k) sums[static_cast<std::size_t>(k)] += a[i + k] * b[i + k];
  }
  double sum = 0;
  for (; i < count; ++i) sum += static_cast<double>(a[i] * b[i]);
  for (const float part : sums) sum += static_cast<double>(part);
  return sum;
}

}  // namespace

void LoudnessCorrelator::prepare(const Envelope& envelope, std::int64_t begin, std::int64_t count, Motion& motion) {
  const auto size = static_cast<std::size_t>(count);
  motion.level.assign(size, 0);
  motion.squares.assign(size + 1, 0);
  motion.heard = 0;
  std::vector<double> sums(size + 1, 0);
  std::vector<std::int64_t> known(size + 1, 0);
  for (std::size_t i = 0; i < size; ++i) {
    const std::optional<float> power = envelope.power(begin + static_cast<std::int64_t>(i));
    motion.level[i] = power ? 10 * std::log10(*power + Envelope::kSilence) : 0;
    known[i + 1] = known[i] + (power ? 1 : 0);
    sums[i + 1] = sums[i] + (power ? static_cast<double>(motion.level[i]) : 0);
  }
  motion.heard = known[size];
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t from = i > kAverage ? i - kAverage : 0;
    const std::size_t until = std::min(size, i + kAverage + 1);
    const std::int64_t around = known[until] - known[from];
    const bool heard = known[i + 1] > known[i];
    const double average = around > 0 ? (sums[until] - sums[from]) / static_cast<double>(around) : 0;
    motion.level[i] = heard ? static_cast<float>(static_cast<double>(motion.level[i]) - average) : 0;
    const auto level = static_cast<double>(motion.level[i]);
    motion.squares[i + 1] = motion.squares[i] + level * level;
  }
}

bool LoudnessCorrelator::moves(const Motion& motion) {
  if (motion.heard == 0) return false;
  return std::sqrt(motion.squares.back() / static_cast<double>(motion.heard)) >= static_cast<double>(kLeastMotion);
}

Match LoudnessCorrelator::compare(const Envelope& first, const Envelope& second) {
  const std::optional<std::int64_t> end_of_first = first.end();
  const std::optional<std::int64_t> end_of_second = second.end();
  if (!end_of_first || !end_of_second) return {};
  const std::int64_t end = std::min(*end_of_first, *end_of_second);
  std::int64_t begin = std::max(*end_of_first, *end_of_second) - Envelope::kHops + 1;
  while (begin < end && !(first.power(begin) && second.power(begin))) ++begin;
  const std::int64_t count = end - begin;
  if (count < kLeast / Envelope::kHop) return {};
  prepare(first, begin, count, first_);
  prepare(second, begin, count, second_);
  const double least = kLeastHeard * static_cast<double>(count);
  if (static_cast<double>(std::min(first_.heard, second_.heard)) < least) return {};
  if (!moves(first_) || !moves(second_)) return {Match::Kind::kQuiet, 0, 0};
  by_lag_.clear();
  for (std::int64_t lag = -kMostLag; lag <= kMostLag; ++lag) by_lag_.push_back(correlation(lag));
  return judge();
}

/// Of what both know, where the second comes `lag` hops later.
double LoudnessCorrelator::correlation(std::int64_t lag) const {
  const auto count = static_cast<std::int64_t>(first_.level.size());
  const std::int64_t from = std::max<std::int64_t>(0, -lag);
  const std::int64_t until = std::min(count, count - lag);
  const auto energy = [](const Motion& motion, std::int64_t begin, std::int64_t end) {
    return motion.squares[static_cast<std::size_t>(end)] - motion.squares[static_cast<std::size_t>(begin)];
  };
  const double energies = energy(first_, from, until) * energy(second_, from + lag, until + lag);
  if (energies <= 0) return 0;
  return product(first_.level.data() + from, second_.level.data() + from + lag, until - from) / std::sqrt(energies);
}

Match LoudnessCorrelator::judge() {
  const auto best = std::max_element(by_lag_.begin(), by_lag_.end());
  const std::int64_t at = best - by_lag_.begin();
  Match match;
  match.confidence = std::clamp(*best, 0.0, 1.0);
  match.kind = Match::Kind::kDifferent;
  // A peak at the border may be the slope of one beyond it.
  const auto last = static_cast<std::int64_t>(by_lag_.size()) - 1;
  if (*best < kLeastCorrelation || at == 0 || at == last) return match;
  double second = 0;
  for (std::int64_t i = 0; i <= last; ++i) {
    if (std::abs(i - at) > kPeakWidth) second = std::max(second, by_lag_[static_cast<std::size_t>(i)]);
  }
  match.kind = Match::Kind::kAmbiguous;
  if (second > kMostSecond * *best) return match;
  match.kind = Match::Kind::kFound;
  // The top of the parabola through the peak and its neighbours.
  const double before = *(best - 1);
  const double after = *(best + 1);
  const double bend = before - 2 * *best + after;
  const double off = bend < 0 ? (before - after) / (2 * bend) : 0;
  match.offset = std::llround((static_cast<double>(at - kMostLag) + off) * static_cast<double>(Envelope::kHop));
  return match;
}

}  // namespace align
