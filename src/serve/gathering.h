#pragma once

#include <cstdint>

#include "base/clock.h"

namespace serve {

/// Whether a loop that holds a crowd may let requests gather before it looks for more. Woken viewers ask again one by
/// one over some 100 ms, and a loop that is faster than they are wakes for two of them at a time: with two loops and
/// 5,000 viewers half a turn (two epoll_wait, a sleep, a wake-up) for each viewer, against a hundredth when they
/// gather for half a millisecond. Nobody is kept waiting: what is asked then is held anyway, and a turn in which
/// anything was answered is followed by the next at once.
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
