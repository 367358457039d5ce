#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "app/late_handler.h"
#include "base/clock.h"
#include "client/curl_streams.h"
#include "config/config.h"
#include "loop/loop.h"
#include "loop/mailbox.h"
#include "loop/timer.h"
#include "registry/origin_watch.h"

namespace app {

/// Follows the origins in the cluster of etcd that a configuration names, on the control loop, which it does not hold
/// up: see registry::OriginWatch. Thread: the control loop's.
class OriginFinder {
 public:
  using OnChange = std::function<void(const std::vector<registry::AnnouncedOrigin>&)>;

  /// `loop` and `clock` outlive it. `on_change` is called on later turns of the loop.
  OriginFinder(const config::Config::Etcd& etcd, loop::Loop& loop, const base::Clock& clock, OnChange on_change);
  ~OriginFinder();
  OriginFinder(const OriginFinder&) = delete;
  OriginFinder& operator=(const OriginFinder&) = delete;

  registry::WatchReport report() const { return watch_->report(); }

 private:
  loop::Mailbox mailbox_;
  LateHandler late_;
  std::unique_ptr<client::StreamTransport> transport_;
  std::unique_ptr<registry::OriginWatch> watch_;
  loop::Timer tick_;
};

}  // namespace app
