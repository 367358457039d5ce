#pragma once

#include <string>

#include "base/clock.h"
#include "config/config.h"
#include "events/alarms.h"
#include "events/log.h"
#include "loop/loop.h"
#include "loop/timer.h"

namespace app {

/// The alarms of the event log, and their time. Thread: the control loop's.
class AlarmWatch {
 public:
  static constexpr base::Micros kStep = base::kSecond / 2;

  /// Takes what is appended to `log` from now on. All outlive it.
  AlarmWatch(loop::Loop& loop, const base::Clock& clock, events::Log& log);
  ~AlarmWatch() { log_.observe(nullptr); }
  AlarmWatch(const AlarmWatch&) = delete;
  AlarmWatch& operator=(const AlarmWatch&) = delete;

  /// Takes up what the log has of earlier runs, and begins.
  void start(const config::Config::Alarms& config);
  void configure(const config::Config::Alarms& config);
  events::Alarms::Outcome order(const events::SilenceOrder& order) { return alarms_.order(order); }
  events::AlarmReport report() const { return {alarms_.all(), alarms_.silences(), runbook_}; }

 private:
  events::Log& log_;
  events::Alarms alarms_;
  std::string runbook_;
  loop::Timer step_;
};

}  // namespace app
