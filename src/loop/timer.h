#pragma once

#include <functional>

#include "base/clock.h"
#include "loop/loop.h"

namespace loop {

/// Calls back once, or again and again. Destroying it cancels it; no callback comes after.
class Timer {
 public:
  Timer(Loop& loop, std::function<void()> on_fire);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Fires after `delay`, then every `repeat` if that is above 0. Restarts a running timer.
  /// Units: microseconds, rounded up to whole milliseconds.
  void start(base::Micros delay, base::Micros repeat = 0);
  void stop();
  bool active() const;

 private:
  struct State;
  State* state_;
};

}  // namespace loop
