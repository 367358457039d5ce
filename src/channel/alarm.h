#pragma once

#include <functional>
#include <memory>

#include "base/clock.h"
#include "loop/timer.h"

namespace channel {

/// Calls back once, or again and again. Destroying it cancels it; no callback comes after.
class Alarm {
 public:
  virtual ~Alarm() = default;
  /// Fires after `delay`, then every `repeat` if that is above 0. Restarts a running alarm.
  virtual void start(base::Micros delay, base::Micros repeat = 0) = 0;
  virtual void stop() = 0;
  virtual bool active() const = 0;
};

/// Where a channel's alarms come from: the loop, or a test's clock.
class Alarms {
 public:
  virtual ~Alarms() = default;
  virtual std::unique_ptr<Alarm> make(std::function<void()> on_fire) = 0;
};

/// Alarms of a loop, which outlives them all.
class LoopAlarms final : public Alarms {
 public:
  explicit LoopAlarms(loop::Loop& loop) : loop_(loop) {}
  std::unique_ptr<Alarm> make(std::function<void()> on_fire) override {
    return std::make_unique<LoopAlarm>(loop_, std::move(on_fire));
  }

 private:
  class LoopAlarm final : public Alarm {
   public:
    LoopAlarm(loop::Loop& loop, std::function<void()> on_fire) : timer_(loop, std::move(on_fire)) {}
    void start(base::Micros delay, base::Micros repeat) override { timer_.start(delay, repeat); }
    void stop() override { timer_.stop(); }
    bool active() const override { return timer_.active(); }

   private:
    loop::Timer timer_;
  };

  loop::Loop& loop_;
};

}  // namespace channel
