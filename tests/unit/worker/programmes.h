#pragma once

#include <cmath>
#include <random>
#include <vector>

#include "unit/transcode/source.h"

/// Sound that tells where in its programme it is.
namespace worker {

inline constexpr int kSoundRate = 48000;

/// Words with pauses between them, from the programme's start on; other seeds are other programmes.
inline transcode::testing::Signal speech(unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> loudness;  // by 20 ms
  while (loudness.size() < 4000) {
    const std::size_t word = 4 + random() % 16;
    const float peak = 0.02F + 0.3F * static_cast<float>(random() % 100) / 100;
    loudness.insert(loudness.end(), word, peak);
    loudness.insert(loudness.end(), 2 + random() % 12, 0.0F);
  }
  return [loudness](std::int64_t sample, int) {
    const auto at = static_cast<std::size_t>(sample / (kSoundRate / 50));
    const float level = at < loudness.size() ? loudness[at] : 0;
    return level * static_cast<float>(std::sin(0.07 * static_cast<double>(sample)));
  };
}

/// AAC of the programme's first seconds, mono.
inline transcode::testing::Feed sound_of(const transcode::testing::Signal& signal, int seconds) {
  transcode::testing::AudioSpec spec;
  spec.rate = kSoundRate;
  spec.channels = 1;
  spec.samples = std::int64_t{kSoundRate} * seconds;
  spec.signal = signal;
  return transcode::testing::make_audio(spec);
}

}  // namespace worker
