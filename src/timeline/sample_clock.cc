#include "timeline/sample_clock.h"

#include <cstdlib>

namespace timeline {
namespace {

// About 1.4 s at 1024 samples and 48 kHz: rounding to milliseconds (24 samples) averages out to below three.
constexpr std::int64_t kSmoothing = 64;
// Followed by slewing beyond this: a sixth of a millisecond at 48 kHz.
constexpr std::int64_t kDeadSamples = 8;
// Stamps of some encoders jitter by half a frame, none for this many frames on one side by three quarters of one.
constexpr int kSurelyOff = 4;

}  // namespace

std::optional<SampleClock::Placed> SampleClock::place(std::int64_t time, std::int64_t samples) {
  Placed placed{next_, samples, false};
  const std::int64_t error = time - next_;
  if (!running_ || 2 * error > 5 * samples) {
    // More than two frames are missing, or nothing came before.
    placed.start = time;
    placed.hole = running_;
    error_ = 0;
    off_ = 0;
    running_ = true;
  } else if (2 * error < -5 * samples) {
    return std::nullopt;
  } else {
    error_ += (error * kFine - error_) / kSmoothing;
    off_ = std::abs(error) * 4 > samples * 3 ? off_ + 1 : 0;
    if (off_ >= kSurelyOff) {
      // One frame was lost, or is too many.
      off_ = 0;
      error_ = 0;
      if (error < 0) return std::nullopt;
      placed.start += samples;
      placed.hole = true;
    }
    if (error_ > kDeadSamples * kFine) ++placed.duration;
    if (error_ < -kDeadSamples * kFine) --placed.duration;
    error_ -= (placed.duration - samples) * kFine;
  }
  next_ = placed.start + placed.duration;
  return placed;
}

}  // namespace timeline
