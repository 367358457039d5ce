#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "app/config.h"
#include "app/serve_threads.h"
#include "base/clock.h"
#include "base/result.h"
#include "loop/mailbox.h"
#include "metrics/exposition.h"

namespace app {

/// What the administration port asks the control loop for.
struct Overview {
  metrics::Instance instance;
  std::string stale_channel;  ///< empty where the instance is ready
  bool stopping = false;
};

/// The administration port, on a thread of its own: writing thousands of series must not delay a part.
/// Thread: the control loop's.
class AdminThread {
 public:
  /// Gives an Overview, on the control loop's thread.
  using Collect = std::function<std::shared_ptr<const Overview>()>;

  /// Errors: kSystem, naming the address. `serve` outlives this; letters to the control loop go through `control`.
  static base::Result<std::unique_ptr<AdminThread>> start(const Config& config, const base::Clock& clock,
                                                          loop::Mailbox& control, Collect collect,
                                                          const ServeThreads& serve);
  ~AdminThread();
  std::uint16_t port() const { return port_; }

 private:
  struct Thread;
  AdminThread() = default;

  std::unique_ptr<Thread> thread_;
  std::uint16_t port_ = 0;
};

}  // namespace app
