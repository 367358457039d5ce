#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace align {

/// How loud a programme was in the last 20 s, in hops of 10 ms on the UTC grid. Fixed size: 32 KiB.
/// Thread: one.
class Envelope {
 public:
  static constexpr base::Micros kHop = 10 * base::kMillisecond;
  static constexpr std::int64_t kHops = 2048;  ///< that are kept
  /// Power of what counts as silence: -60 dBFS. What codecs add to silence is below it.
  static constexpr float kSilence = 1e-6F;

  /// The number of the hop that `at` lies in. Units: `at` UTC.
  static std::int64_t hop_of(base::Micros at);
  /// `samples` of them lie in the hop `hop`, and the sum of their squares is `power`; 1 is full scale. Several calls
  /// add up. What lies before the hops that are kept is ignored; a hop far after the newest leaves a hole.
  void add(std::int64_t hop, double power, std::int64_t samples);
  /// Nothing was heard.
  void restart();

  /// One past the newest hop that is complete: something came after it. Nothing before the first.
  std::optional<std::int64_t> end() const;
  /// Average power in the hop `hop`; nothing where it was not heard, or is not kept any more.
  std::optional<float> power(std::int64_t hop) const;

 private:
  struct Hop {
    double power = 0;
    std::int64_t samples = 0;
  };
  Hop& at(std::int64_t hop) { return hops_[static_cast<std::size_t>(hop % kHops)]; }
  const Hop& at(std::int64_t hop) const { return hops_[static_cast<std::size_t>(hop % kHops)]; }

  std::array<Hop, kHops> hops_;
  std::optional<std::int64_t> newest_;
};

}  // namespace align
