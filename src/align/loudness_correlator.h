#pragma once

#include <cstdint>
#include <vector>

#include "align/envelope.h"
#include "base/clock.h"

namespace align {

/// What a comparison of two programmes comes to.
struct Match {
  enum class Kind : std::uint8_t {
    kShort,      ///< too little is known of one of them
    kQuiet,      ///< one of them is silence or a steady tone, which tells nothing
    kDifferent,  ///< at no offset do they sound alike
    kAmbiguous,  ///< at several offsets they do: a beat
    kFound,
  };
  Kind kind = Kind::kShort;
  /// What sounds at t in the first sounds at t + offset in the second.
  base::Micros offset = 0;
  /// Correlation at the best offset, 0 to 1; of kDifferent and kAmbiguous too.
  double confidence = 0;
};

/// Finds out whether two programmes are one, and how far apart: by the normalised cross-correlation of how their
/// loudness (in dB) moves about its average of a second, at offsets of up to 5 s. A different volume, another codec and
/// a downmix leave that as it is.
///
/// Cost: 1.7 million multiplications a comparison. Keeps 40 KiB. Thread: one.
class LoudnessCorrelator {
 public:
  static constexpr base::Micros kMostOffset = 5 * base::kSecond;
  /// Both have to be known for so long.
  static constexpr base::Micros kLeast = 15 * base::kSecond;
  /// Two sounds of one programme come to 0.9 and more; of two programmes, to less than 0.4.
  static constexpr double kLeastCorrelation = 0.7;
  /// Of any other offset, as a part of that of the best.
  static constexpr double kMostSecond = 0.85;
  /// Loudness that moves less is a steady tone or noise. Units: dB, standard deviation.
  static constexpr float kLeastMotion = 0.5F;

  Match compare(const Envelope& first, const Envelope& second);

 private:
  /// One programme, prepared: how far its loudness is from its average.
  struct Motion {
    std::vector<float> level;     ///< one a hop; 0 where nothing was heard
    std::vector<double> squares;  ///< sums of squares up to each hop
    std::int64_t heard = 0;       ///< hops
  };
  static void prepare(const Envelope& envelope, std::int64_t begin, std::int64_t count, Motion& motion);
  static bool moves(const Motion& motion);
  double correlation(std::int64_t lag) const;
  Match judge();

  Motion first_;
  Motion second_;
  std::vector<double> by_lag_;
};

}  // namespace align
