#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "loudness/meter.h"

namespace loudness::testing {

inline constexpr int kRate = 48'000;

/// A sine of `level` dBFS in each channel, interleaved; `phase`: of the first sample. Units: radians.
inline std::vector<float> tone(const std::vector<double>& levels, double seconds, double hertz = 1000, double phase = 0,
                               int rate = kRate) {
  const auto frames = static_cast<std::size_t>(std::lround(seconds * rate));
  std::vector<float> samples(frames * levels.size());
  for (std::size_t i = 0; i < frames; ++i) {
    const double sine = std::sin(2 * M_PI * hertz * static_cast<double>(i) / rate + phase);
    for (std::size_t channel = 0; channel < levels.size(); ++channel)
      samples[i * levels.size() + channel] = static_cast<float>(amplitude(levels[channel]) * sine);
  }
  return samples;
}

}  // namespace loudness::testing
