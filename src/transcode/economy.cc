#include "transcode/economy.h"

#include <algorithm>
#include <cstdint>
#include <tuple>

namespace transcode {
namespace {

// Shares of the kernel's scheduler: 1024 at nice 0, 655 at 2, 423 at 4, 272 at 6, 172 at 8.
constexpr int kNiceStep = 2;
constexpr int kNiceMost = 8;

/// In which order rungs are given up, the last one first.
auto order_of(const Rung& rung) {
  return std::tuple(rung.codec != media::Codec::kH264, std::int64_t{rung.width} * rung.height, rung.bitrate);
}

// The level at which rungs show every other picture; above it they show stills.
constexpr int kHalfRate = 2;

/// How many rungs are kept longer: 0 for the base rung.
int rank_of(const std::vector<Rung>& rungs, std::size_t rung) {
  int rank = 0;
  for (std::size_t i = 0; i < rungs.size(); ++i) {
    const auto other = order_of(rungs[i]);
    const auto own = order_of(rungs[rung]);
    if (other < own || (other == own && i < rung)) ++rank;
  }
  return rank;
}

}  // namespace

std::size_t base_rung(const std::vector<Rung>& rungs) {
  const auto less = [](const Rung& a, const Rung& b) { return order_of(a) < order_of(b); };
  return static_cast<std::size_t>(std::min_element(rungs.begin(), rungs.end(), less) - rungs.begin());
}

int nice_of(const std::vector<Rung>& rungs, std::size_t rung) {
  return std::min(kNiceStep * rank_of(rungs, rung), kNiceMost);
}

int most_economy(std::size_t rungs) { return rungs < 2 ? 0 : static_cast<int>(rungs) + 1; }

Effort effort_at(int level, const std::vector<Rung>& rungs, std::size_t rung) {
  const int rank = rank_of(rungs, rung);
  if (level <= 0 || rank == 0) return {};
  const int stills = level - kHalfRate;
  if (rank >= static_cast<int>(rungs.size()) - stills) return {Effort::Rate::kStills, true};
  return {level >= kHalfRate ? Effort::Rate::kHalf : Effort::Rate::kFull, true};
}

Economy::Economy(const std::vector<Rung>& rungs, base::Micros longest_still)
    : rungs_(rungs), stills_{base::kSecond, std::max<base::Micros>(longest_still, 1)}, efforts_(rungs.size()) {
  for (const Rung& rung : rungs) thinners_.emplace_back(rung.frame_rate);
}

/// The smaller of two rates; 0/1 where neither is known.
media::Rational lower_rate(media::Rational a, media::Rational b) {
  if (!a.known()) return b;
  return b.known() && b.num * a.den < a.num * b.den ? b : a;
}

media::Rational Economy::rate_of(std::size_t rung) const {
  const media::Rational own = rungs_[rung].frame_rate;
  const media::Rational shown = lower_rate(own, source_rate_);
  switch (efforts_[rung].rate) {
    case Effort::Rate::kFull: return own;
    case Effort::Rate::kHalf: return shown.known() ? media::Rational{shown.num, shown.den * 2} : own;
    case Effort::Rate::kStills: return lower_rate(shown, stills_);
  }
  return own;
}

void Economy::on_picture(const Picture& picture) {
  picture_ = picture;
  if (picture.key) {
    if (since_key_ > 0) measured_ = {since_key_ * picture.timescale, picture.pts - key_pts_};
    key_pts_ = picture.pts;
    since_key_ = 0;
    on_key();
  }
  ++since_key_;
}

void Economy::on_key() {
  const int level = std::clamp(asked_.load(), 0, most_economy(rungs_.size()));
  const media::Rational source_rate = picture_.source_rate.known() ? picture_.source_rate : measured_;
  if (level == level_ && (level == 0 || source_rate == source_rate_)) return;
  source_rate_ = source_rate;
  if (level != level_) ++changes_;
  level_ = level;
  for (std::size_t i = 0; i < rungs_.size(); ++i) {
    efforts_[i] = effort_at(level, rungs_, i);
    thinners_[i] = Thinner(rate_of(i));
  }
}

bool Economy::keep(std::size_t rung, std::int64_t slot_start) {
  const bool measure = level_ > 0 && !picture_.source_rate.known();
  return thinners_[rung].keep(picture_.pts, slot_start, picture_.key, measure ? measured_ : picture_.source_rate,
                              picture_.timescale);
}

}  // namespace transcode
