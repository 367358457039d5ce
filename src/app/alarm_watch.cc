#include "app/alarm_watch.h"

namespace app {

AlarmWatch::AlarmWatch(loop::Loop& loop, const base::Clock& clock, events::Log& log)
    : log_(log), alarms_(clock, log), step_(loop, [this] { alarms_.advance(); }) {
  log_.observe([this](const std::shared_ptr<const events::Event>& event) { alarms_.take(event); });
}

void AlarmWatch::start(const config::Config::Alarms& config) {
  configure(config);
  alarms_.restore(log_.events());
  step_.start(kStep, kStep);
}

void AlarmWatch::configure(const config::Config::Alarms& config) {
  alarms_.configure({config.raise_after, config.clear_after});
  runbook_ = config.runbook;
}

}  // namespace app
