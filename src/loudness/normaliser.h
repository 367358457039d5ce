#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "loudness/meter.h"

namespace loudness {

/// Brings a programme to a loudness, slowly, and keeps its true peaks below a ceiling. Both work on gains that have no
/// steps. All times are media time; no clock is read. Thread: one at a time.
///
/// Loudness: the gated loudness of the last 30 s of sound, as BS.1770 gates it, is brought to the target, from a second
/// of sound on: at most kRate, in the first kStart of a programme kStartRate. Sound below kFloor, pauses and silence,
/// moves nothing: what comes after them is as loud as what was before.
///
/// Without a target it is the limiter alone.
///
/// Peaks: the gain falls within the 16 ms before a peak that would pass the ceiling, and rises again with a time
/// constant of kRelease.
class Normaliser {
 public:
  struct Options {
    std::optional<double> target = -23;  ///< nothing: it stays as loud as it is. Units: LUFS.
    double ceiling = -1;                 ///< Units: dBTP.
  };
  static constexpr double kMostGain = 15;    ///< Units: dB.
  static constexpr double kLeastGain = -30;  ///< Units: dB.
  static constexpr double kFloor = -50;      ///< Units: LUFS.
  static constexpr double kRate = 1;         ///< Units: dB a second.
  static constexpr double kStartRate = 6;    ///< Units: dB a second.
  static constexpr base::Micros kStart = 5 * base::kSecond;
  static constexpr base::Micros kRelease = 200 * base::kMillisecond;
  static constexpr int kBlock = 64;  ///< that the limiter works in. Units: frames.
  /// The least that exchange() takes, of which the limiter sees the next attack. Units: frames.
  static constexpr int kLeastFrames = 14 * kBlock;

  struct State {
    std::optional<double> gain;  ///< of the loudness; nothing without a target. Units: dB.
    double reduction = 0;      ///< the most that the limiter took away in the last whole second. Units: dB, 0 or above.
    base::Micros limited = 0;  ///< time for which it took something away; grows
  };

  /// Errors: as Meter::make().
  static base::Result<Normaliser> make(const Layout& layout, int rate, const Options& options);

  /// Takes interleaved samples, and gives in their place those that it took the time before, at their new level: none
  /// the first time. REQUIRES: always as many, at least kLeastFrames.
  void exchange(std::vector<float>& samples);
  /// Gives the samples that it has taken last, at their new level, and forgets that there were any.
  void finish(std::vector<float>& samples);
  /// What comes next is another programme. Where its `loudness` is known the gain for it is there at once: it changes
  /// over the samples that were taken last. Otherwise it is found anew, from the gain that there is. Units: LUFS.
  void restart(std::optional<double> loudness = std::nullopt);

  const State& state() const { return state_; }

 private:
  static constexpr std::size_t kWindow = 300;  ///< 30 s of hops of 0.1 s
  static constexpr int kAttack = 12;           ///< Units: blocks.

  Normaliser(Meter meter, const Layout& layout, int rate, const Options& options);
  void measure(const std::vector<float>& samples);
  void hop();
  double loudness() const;
  void shape(std::vector<float>& samples);
  float most(std::size_t boundary, float gain) const;
  void note(float least, std::size_t frames);

  Meter meter_;
  std::size_t channels_;
  std::size_t rate_;
  std::optional<double> target_;
  float ceiling_;
  std::array<double, kWindow> powers_{};  ///< of the newest hops that were sound
  std::size_t hops_ = 0;                  ///< that were sound, since restart()
  int foreign_hops_ = 0;                  ///< whose loudness is in part that of the programme before
  std::size_t until_hop_;                 ///< Units: frames.
  bool jumps_ = false;                    ///< the gain is to be wanted_ at once
  double wanted_ = 0;                     ///< gain. Units: dB.
  std::vector<float> held_;               ///< what was taken last, as it came
  std::vector<float> peaks_;  ///< true peak of each block: the last given one, those that are to be given, and held_
  bool begun_ = false;        ///< limit_ holds
  float limit_ = 1;           ///< the limiter's gain at the end of what was given
  State state_;
  float least_ = 1;            ///< limiter's gain in the second that is under way
  std::size_t of_second_ = 0;  ///< frames of it
};

}  // namespace loudness
