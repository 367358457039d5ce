#pragma once

#include <functional>
#include <memory>

#include "base/clock.h"

namespace loop {

/// One event loop. Every other class of this folder belongs to one, is used on its thread only, and must be
/// destroyed before it; their callbacks run from run(), never inside the call that started them.
/// Thread: the one that calls run(), except where said.
class Loop {
 public:
  Loop();
  /// Closes the loop. REQUIRES: every handle made on it has been destroyed; a leaked handle aborts.
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Runs until stop() is called or nothing is left to wait for.
  void run();
  /// Makes run() return after the callbacks of this turn. From another thread: post it through a Mailbox.
  void stop();
  /// Runs `task` on a later turn of the loop, in the order of posting.
  void post(std::function<void()> task);
  /// Before it polls again the loop sleeps this long, once, so that what comes meanwhile shares a turn: a turn for
  /// every event costs more than the events. Less than a second. Counts as waiting. A later call of the same turn
  /// replaces it; 0: not.
  void rest(base::Micros span);
  /// Steady time of this turn of the loop, cheap to ask.
  base::Micros now() const;
  /// Share of the last second (0 to 1) in which the loop was not waiting; renewed each quarter of a second.
  double busy_share() const;
  /// How long the longest turn of the last second worked, waiting not counted: what an event waited for at most.
  base::Micros longest_turn() const;

  struct Handle;  ///< what this folder knows of libuv
  Handle& handle() { return *handle_; }

 private:
  std::unique_ptr<Handle> handle_;
};

}  // namespace loop
