#pragma once

#include <functional>
#include <memory>

#include "base/clock.h"
#include "config/config.h"
#include "events/event.h"
#include "loop/mailbox.h"
#include "registry/registry.h"

namespace app {

/// A registry in the cluster of etcd that the configuration names; null where it names none. That etcd is gone, and is
/// back, are events. `on_answer` is called on the thread of `control`, of which `events` is. All outlive it.
std::unique_ptr<registry::Registry> start_registry(const config::Config::Etcd& etcd, const base::Clock& clock,
                                                   events::Sink& events, loop::Mailbox& control,
                                                   std::function<void(const registry::Answer&)> on_answer);

}  // namespace app
