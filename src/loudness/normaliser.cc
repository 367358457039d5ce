#include "loudness/normaliser.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

namespace loudness {
namespace {

// The filter that finds true peaks differs by up to so much from others, and a gain that moves adds a little.
constexpr double kMargin = 0.1;
// The relative gate of BS.1770: 10 LU below what passes the absolute one.
constexpr double kGate = 0.1;
// Momentary loudness is of the last 0.4 s.
constexpr int kHopsOfMomentary = 4;
// The first ones lie over the edge of the sound: a second of them outweighs these.
constexpr std::size_t kLeastHops = 10;
// -0.691 LUFS is the loudness of power 1.
double power_of(double lufs) { return std::pow(10.0, (lufs + 0.691) / 10); }
double lufs_of(double power) { return 10 * std::log10(power) - 0.691; }

}  // namespace

base::Result<Normaliser> Normaliser::make(const Layout& layout, int rate, const Options& options) {
  TRY(Meter meter, Meter::make(layout, rate, Meter::Measures::kMomentary));
  return Normaliser(std::move(meter), layout, rate, options);
}

Normaliser::Normaliser(Meter meter, const Layout& layout, int rate, const Options& options)
    : meter_(std::move(meter)),
      channels_(static_cast<std::size_t>(layout.channels)),
      rate_(static_cast<std::size_t>(rate)),
      target_(options.target),
      ceiling_(static_cast<float>(amplitude(options.ceiling - kMargin))),
      until_hop_(rate_ / 10),
      peaks_(1, 0) {
  if (target_) state_.gain = 0;
}

void Normaliser::exchange(std::vector<float>& samples) {
  measure(samples);
  std::swap(samples, held_);
  if (samples.empty()) return;
  shape(samples);
}

void Normaliser::finish(std::vector<float>& samples) {
  samples.clear();
  if (held_.empty()) return;
  std::swap(samples, held_);
  peaks_.resize(2 * peaks_.size() - 1, 0);
  shape(samples);
  peaks_.assign(1, 0);
  begun_ = false;
}

void Normaliser::restart(std::optional<double> loudness) {
  hops_ = 0;
  foreign_hops_ = kHopsOfMomentary;
  if (!target_ || !loudness || *loudness < kFloor) return;
  wanted_ = std::clamp(*target_ - *loudness, kLeastGain, kMostGain);
  jumps_ = true;
}

/// Adds the true peak of each block to peaks_, and follows the loudness.
void Normaliser::measure(const std::vector<float>& samples) {
  const std::size_t block = kBlock * channels_;
  for (std::size_t from = 0; from < samples.size(); from += block) {
    const std::size_t size = std::min(block, samples.size() - from);
    meter_.add(std::span(samples).subspan(from, size));
    peaks_.push_back(meter_.newest_peak());
    const std::size_t frames = size / channels_;
    if (until_hop_ > frames) {
      until_hop_ -= frames;
    } else {
      until_hop_ += rate_ / 10 - frames;
      hop();
    }
  }
}

void Normaliser::hop() {
  if (!target_) return;
  const auto momentary = meter_.momentary();
  if (foreign_hops_ > 0) {
    --foreign_hops_;
    return;
  }
  if (!momentary || *momentary < kFloor) return;
  powers_[hops_++ % kWindow] = power_of(*momentary);
  if (hops_ < kLeastHops) return;
  wanted_ = std::clamp(*target_ - loudness(), kLeastGain, kMostGain);
}

/// Gated, of the newest hops. REQUIRES: there is one.
double Normaliser::loudness() const {
  const std::span<const double> known(powers_.data(), std::min(hops_, kWindow));
  const auto mean_above = [&](double gate) {
    double sum = 0;
    std::size_t count = 0;
    for (const double power : known) {
      if (power < gate) continue;
      sum += power;
      ++count;
    }
    return sum / static_cast<double>(std::max<std::size_t>(count, 1));
  };
  return lufs_of(mean_above(kGate * mean_above(0)));
}

/// The most that the limiter's gain may be at the beginning of block `boundary` of those that are to be given, where
/// the gain before it is `gain`: that of the blocks on both sides and of the next, whose measured peak may lie in the
/// one before it, and on the way down to those that follow.
float Normaliser::most(std::size_t boundary, float gain) const {
  float most = 1;
  for (std::size_t i = 0; i < kAttack + 2 && boundary + i < peaks_.size(); ++i) {
    const float distance = i > 2 ? static_cast<float>(i - 2) / kAttack : 0;
    const float peak = peaks_[boundary + i] * gain;
    if (peak > ceiling_) most = std::min(most, ceiling_ / peak + distance);
  }
  return most;
}

/// Applies both gains to what was taken before the newest.
void Normaliser::shape(std::vector<float>& samples) {
  const std::size_t frames = samples.size() / channels_;
  const std::size_t blocks = (frames + kBlock - 1) / kBlock;
  const bool starts = hops_ * (base::kSecond / 10) < static_cast<std::size_t>(kStart);
  const double step = (starts ? kStartRate : kRate) * static_cast<double>(frames) / static_cast<double>(rate_);
  const double from = state_.gain.value_or(0);
  const double to = std::exchange(jumps_, false) ? wanted_ : from + std::clamp(wanted_ - from, -step, step);
  if (target_) state_.gain = to;
  const auto gain_from = static_cast<float>(amplitude(from));
  const auto gain_to = static_cast<float>(amplitude(to));
  // It may still rise where the limiter looks to.
  const auto gain_most = std::max(gain_from, static_cast<float>(amplitude(std::min(to + step, kMostGain))));

  if (!std::exchange(begun_, true)) limit_ = most(0, gain_most);
  const float release = static_cast<float>(kBlock) * base::kSecond / static_cast<float>(rate_ * kRelease);
  std::size_t at = 0;
  for (std::size_t block = 0; block < blocks; ++block) {
    const std::size_t size = std::min<std::size_t>(kBlock, frames - at);
    const float next = std::min(limit_ + (1 - limit_) * release, most(block + 1, gain_most));
    const float slope = (next - limit_) / static_cast<float>(size);
    for (std::size_t i = 0; i < size; ++i, ++at) {
      const float gain = gain_from + (gain_to - gain_from) * static_cast<float>(at) / static_cast<float>(frames);
      const float factor = gain * (limit_ + slope * static_cast<float>(i));
      for (std::size_t channel = 0; channel < channels_; ++channel) samples[at * channels_ + channel] *= factor;
    }
    note(std::min(limit_, next), size);
    limit_ = next;
  }
  peaks_.erase(peaks_.begin(), peaks_.begin() + static_cast<std::ptrdiff_t>(blocks));
}

void Normaliser::note(float least, std::size_t frames) {
  // Less than 0.01 dB is the tail of a release.
  constexpr float kNothing = 0.999F;
  if (least < kNothing)
    state_.limited += static_cast<base::Micros>(frames) * base::kSecond / static_cast<base::Micros>(rate_);
  least_ = std::min(least_, least);
  of_second_ += frames;
  if (of_second_ < rate_) return;
  state_.reduction = least_ < kNothing ? -decibels(least_) : 0;
  least_ = 1;
  of_second_ = 0;
}

}  // namespace loudness
