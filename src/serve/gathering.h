#pragma once

#include <cstdint>

#include "base/clock.h"

namespace serve {

/// Decides whether a loop that holds many requests rests before it polls again, so that requests gather. Viewers that
/// were answered send their next request within some 100 ms, more slowly than a loop reads them: without the rest, two
/// loops with 5,000 viewers woke for two requests at a time, half a poll for each viewer; with half a millisecond of
/// rest it is a twentieth. Most of these requests are held anyway. A request that can be answered, or the next part,
/// waits for half a millisecond at most, and after a turn in which anything was answered there is no rest. Thread: its
/// loop's. Times are of loop::Loop::now().
class Gathering final {
 public:
  static constexpr base::Micros kSpan = 500;
  static constexpr std::uint64_t kCrowd = 256;  ///< held requests on this loop
  static constexpr std::uint32_t kMany = 64;    ///< a turn that long needs no gathering

  /// A request was held in this turn, one of `parked`; returns how long to rest after the turn.
  base::Micros on_held(base::Micros turn, std::uint64_t parked) {
    begin(turn);
    ++held_;
    return answered_ || held_ > kMany || parked < kCrowd ? 0 : kSpan;
  }
  /// One was answered: likewise.
  base::Micros on_answered(base::Micros turn) {
    begin(turn);
    answered_ = true;
    return 0;
  }

 private:
  void begin(base::Micros turn) {
    if (turn == turn_) return;
    turn_ = turn;
    held_ = 0;
    answered_ = false;
  }

  base::Micros turn_ = -1;
  std::uint32_t held_ = 0;
  bool answered_ = false;
};

}  // namespace serve
