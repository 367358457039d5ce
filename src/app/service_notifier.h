#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "loop/loop.h"
#include "loop/timer.h"

namespace app {

/// Reports the state of the server to the service manager that started it (systemd): one datagram for each report, to
/// the socket of NOTIFY_SOCKET. Without a socket all calls do nothing. Never blocks: a report that finds the socket
/// full is sent again a second later, unless a newer one has replaced it. Thread: the loop's. Spec: [sd_notify(3),
/// systemd 252].
class ServiceNotifier {
 public:
  struct Options {
    std::string socket;         ///< a path, or '@' and an abstract name; empty: none
    base::Micros watchdog = 0;  ///< the manager kills a process that sends no keep-alive for this long; 0: no watchdog
  };

  /// `answers`: whether all threads have answered since it was last called; asked before each keep-alive.
  ServiceNotifier(loop::Loop& loop, const base::Clock& clock, Options options, std::function<bool()> answers);

  /// All listeners are bound, or a reload has ended. Keep-alives are sent from the first call on.
  void ready(const std::string& status);
  /// A reload begins; ready() has to follow.
  void reloading();
  /// `within`: how long the stop takes at most, where that may be longer than the manager waits; 0: not said.
  void stopping(const std::string& status, base::Micros within = 0);
  /// Sends a keep-alive if all threads answer. A timer calls it at half of the watchdog's time.
  void tick();

 private:
  void report(const std::string& state);
  void retry();
  /// 0 or errno.
  int send(const std::string& state) const;
  void log_once(int error);

  const base::Clock& clock_;
  const Options options_;
  const std::function<bool()> answers_;
  std::string unsent_;
  bool ready_ = false;
  bool failure_logged_ = false;
  bool silence_logged_ = false;
  loop::Timer keep_alive_;
  loop::Timer retry_;
};

/// Takes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID out of the environment, so that no child of this process reports
/// in its name. A watchdog that is meant for another process than `pid` is left alone.
/// Thread: before the first other one starts.
ServiceNotifier::Options take_service_options(int pid);

}  // namespace app
