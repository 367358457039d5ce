#pragma once

#include <cstdint>

#include "base/clock.h"

namespace serve {

/// Whether a loop that holds a crowd lets requests gather before it polls again. Woken viewers ask again one by one
/// over some 100 ms, more slowly than a loop reads: of two loops with 5,000 viewers each woke for two requests at a
/// time, half a poll for each viewer; with half a millisecond in between it is a twentieth. What gathers is mostly held
/// anyway; a request that can be answered, or the next part, waits for that half millisecond at most, and a turn in
/// which anything was answered is followed by the next at once.
/// Thread: its loop's. Times are of loop::Loop::now().
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
