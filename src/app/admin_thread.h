#pragma once

#include <memory>
#include <optional>
#include <thread>

#include "app/admin_backend.h"
#include "app/serve_threads.h"
#include "base/clock.h"
#include "base/result.h"
#include "config/config.h"
#include "loop/mailbox.h"

namespace app {

/// The administration port, on a thread of its own: writing thousands of series must not delay a part.
/// Thread: the control loop's.
class AdminThread {
 public:
  /// Errors: kSystem, naming the address. `serve` outlives this; messages to the control loop go through `control`.
  /// `environment`: a token beside those of the configuration, now and after configure().
  static base::Result<std::unique_ptr<AdminThread>> start(const config::Config& config,
                                                          std::optional<api::Token> environment,
                                                          const base::Clock& clock, loop::Mailbox& control,
                                                          ControlCalls calls, const ServeThreads& serve);
  ~AdminThread();
  /// New tokens and hosts; listen and port change only with a restart.
  void configure(const config::Config::Admin& config);
  std::uint16_t port() const { return port_; }

 private:
  struct Thread;
  AdminThread() = default;

  std::unique_ptr<Thread> thread_;
  std::uint16_t port_ = 0;
};

}  // namespace app
