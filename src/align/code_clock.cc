#include "align/code_clock.h"

#include <algorithm>
#include <cstdlib>

namespace align {
namespace {

constexpr base::Micros kDay = 24 * 3600 * base::kSecond;

/// Below 24 h.
base::Micros in_day(base::Micros time) {
  const base::Micros rest = time % kDay;
  return rest < 0 ? rest + kDay : rest;
}

}  // namespace

base::Micros day_distance(base::Micros from, base::Micros to) { return in_day(to - from + kDay / 2) - kDay / 2; }

void CodeClock::note(base::Micros stamp, base::Micros time) {
  const Code code{stamp, in_day(time - stamp)};
  const bool agrees = codes_.empty() || std::abs(day_distance(codes_.back().origin, code.origin)) <= kSame;
  if (!agrees) {
    if (++others_ < kSurelyOther) return;
    codes_.clear();
  }
  others_ = 0;
  codes_.push_back(code);
  if (codes_.size() > kMost) codes_.pop_front();
}

void CodeClock::pass(base::Micros stamp) {
  if (!codes_.empty() && std::abs(stamp - codes_.back().stamp) > kGone) restart();
}

std::optional<base::Micros> CodeClock::origin() const {
  if (codes_.size() < kLeast) return std::nullopt;
  const auto [first, last] =
      std::minmax_element(codes_.begin(), codes_.end(), [](const Code& a, const Code& b) { return a.stamp < b.stamp; });
  if (last->stamp - first->stamp < kLeastSpan) return std::nullopt;
  const base::Micros about = codes_.front().origin;
  base::Micros latest = 0;
  base::Micros earliest = 0;
  for (const Code& code : codes_) {
    latest = std::max(latest, day_distance(about, code.origin));
    earliest = std::min(earliest, day_distance(about, code.origin));
  }
  if (latest - earliest > kSame) return std::nullopt;
  return in_day(about + latest);
}

std::optional<base::Micros> CodeClock::newest() const {
  return codes_.empty() ? std::nullopt : std::optional(codes_.back().origin);
}

}  // namespace align
