#include "timeline/stamp_watch.h"

#include <algorithm>
#include <cstdlib>

namespace timeline {
namespace {

// No packet arrives this much earlier than the fastest ones before it did: its stamp is wrong, not the network fast.
constexpr base::Micros kTooEarly = 100 * base::kMillisecond;
// Stamps off for this long, and this many of them, are no slip but another clock. Meanwhile they are replaced by those
// that were expected, so that nothing is lost by waiting.
constexpr base::Micros kSurelyMoved = base::kSecond / 2;
constexpr int kSurelyMany = 3;
// The smallest delay is forgotten at 1000 ppm: no source's clock drifts faster.
constexpr std::int64_t kForget = 1000;
// The usual delay follows what comes with this time constant. A burst, which is short, and the pause after it, however
// long, move it little.
constexpr base::Micros kUsualOver = 10 * base::kSecond;
constexpr base::Micros kMostWeight = 100 * base::kMillisecond;
// Decode times that muxers round, or set to the presentation time, go back by less.
constexpr base::Micros kStepBack = 60 * base::kMillisecond;

}  // namespace

base::Micros StampWatch::usual_step() const {
  if (steps_seen_ < kSteps) return 0;
  std::array<base::Micros, kSteps> sorted = steps_;
  std::nth_element(sorted.begin(), sorted.begin() + kSteps / 2, sorted.end());
  return sorted[kSteps / 2];
}

bool StampWatch::far(base::Micros dts, base::Micros arrived, Limits limits) const {
  const base::Micros step = dts - line_;
  const base::Micros waited = arrived - line_arrived_;
  if (step < -limits.back) return true;
  if (step > limits.forward && std::abs(step - waited) >= limits.forward) return true;
  const base::Micros usual = usual_step();
  return usual > 0 && step > std::max(usual, waited) + kTooEarly && too_early_;
}

void StampWatch::follow(base::Micros dts, base::Micros arrived) {
  const base::Micros step = dts - line_;
  if (step > 0) {
    steps_[steps_seen_ % kSteps] = step;
    ++steps_seen_;
  }
  earliest_ = std::min(arrived - dts, earliest_ + std::max<base::Micros>(step, 0) / kForget);
  const base::Micros weight = std::clamp<base::Micros>(arrived - line_arrived_, 0, kMostWeight);
  usual_ += (arrived - dts - usual_) * weight / kUsualOver;
  line_ = expected_ = dts;
  line_arrived_ = arrived;
  off_ = 0;
}

StampWatch::Verdict StampWatch::check(base::Micros dts, base::Micros arrived, Limits limits, bool borne_out) {
  if (!running_) {
    running_ = true;
    earliest_ = usual_ = arrived - dts;
    line_ = dts;
    line_arrived_ = arrived;
    follow(dts, arrived);
    return Verdict::kSteady;
  }
  too_early_ = earliest_ - (arrived - dts) > kTooEarly;
  next_ = line_ + usual_step();
  stepped_back_ = dts < line_ - kStepBack;
  if (borne_out || !far(dts, arrived, limits)) {
    follow(dts, arrived);
    return Verdict::kSteady;
  }
  const base::Micros waited = arrived - line_arrived_;
  const base::Micros usual = std::max<base::Micros>(usual_step(), 1);
  const bool continues = off_ > 0 && dts > off_last_ && dts - off_last_ < std::max(usual, waited) + limits.forward;
  if (!continues) {
    off_ = 0;
    off_first_ = dts;
  }
  ++off_;
  off_last_ = dts;
  const bool paused = waited > usual + limits.forward;
  // A source that was ahead of its arrival has not gone on meanwhile.
  line_ = expected_ = paused ? std::clamp(arrived - usual_, line_ + usual, line_ + waited) : line_ + usual;
  line_arrived_ = arrived;
  if (off_ < kSurelyMany || off_last_ - off_first_ < kSurelyMoved) return Verdict::kOff;
  off_ = 0;
  earliest_ -= dts - expected_;
  usual_ -= dts - expected_;
  line_ = dts;
  return Verdict::kMoved;
}

}  // namespace timeline
