#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "events/log.h"
#include "loop/mailbox.h"
#include "webhook/webhooks.h"

namespace app {

/// "/kickoff/HOST", for CloudEvents. A host's name has no character that a URI has to escape; what has is left out.
std::string source_of_events();

/// Webhooks that get each event of the log from now on, and whose failures are events of it. `log` and `control`, whose
/// thread the log is of, outlive them.
std::unique_ptr<webhook::Webhooks> start_webhooks(const std::vector<webhook::Endpoint>& endpoints,
                                                  const base::Clock& clock, events::Log& log, loop::Mailbox& control);

}  // namespace app
