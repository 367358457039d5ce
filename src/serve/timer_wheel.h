#pragma once

#include <array>
#include <cstddef>

#include "base/clock.h"

namespace serve {

/// Coarse deadlines of very many connections: setting one costs a few pointer writes, moving one later costs nothing. A
/// Place whose deadline was moved later stays in its slot and is put into another one when that slot's time comes.
/// Thread: one. Clock: any steady one, the same for all calls.
class TimerWheel {
 public:
  static constexpr base::Micros kTick = 250 * base::kMillisecond;

  class Place {
   public:
    Place() = default;
    virtual ~Place() { unlink(); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    /// Its deadline has come; it has left the wheel and may set a new one or be destroyed.
    virtual void on_deadline(base::Micros now) = 0;

   private:
    friend class TimerWheel;
    void unlink();
    Place* previous_ = nullptr;  ///< null: not in the wheel
    Place* next_ = nullptr;
    base::Micros deadline_ = 0;
    base::Micros slot_time_ = 0;  ///< when its slot is looked at
  };

  TimerWheel();
  ~TimerWheel();
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;

  void set(Place& place, base::Micros deadline);
  /// Calls on_deadline for all whose deadline lies at or before `now`. To be called every kTick or so.
  void advance(base::Micros now);

 private:
  struct Anchor final : Place {
    void on_deadline(base::Micros) override {}
  };
  static constexpr std::size_t kSlots = 1024;  // 256 s: beyond the idle time, so that one round is enough

  void insert(Place& place, base::Micros time);

  std::array<Anchor, kSlots> slots_;
  base::Micros reached_ = 0;  ///< in ticks
};

}  // namespace serve
