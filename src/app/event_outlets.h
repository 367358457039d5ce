#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "archive/directory_lock.h"
#include "base/clock.h"
#include "config/config.h"
#include "events/log.h"
#include "events/log_writer.h"
#include "loop/mailbox.h"
#include "webhook/webhooks.h"

namespace app {

/// "/kickoff/HOST", for CloudEvents. A host's name has no character that a URI has to escape; what has is left out.
std::string source_of_events();

/// What webhooks of an earlier run have left.
struct WebhookState {
  std::string file;  ///< where this run leaves it; empty: nowhere
  std::vector<webhook::Saved> saved = {};
  webhook::Earlier earlier = {};  ///< the events that `saved` wants
};

/// The files of the event log, in "events" of the state directory. Thread: the control loop's.
class EventFiles {
 public:
  /// Has `log` begin with what the files have, and writes to them what it gets from now on. Waits for the disk. Where
  /// the files cannot be had, it says so, and the log is in memory alone. `log` outlives it.
  EventFiles(const config::Config& config, events::Log& log);
  ~EventFiles();
  EventFiles(const EventFiles&) = delete;
  EventFiles& operator=(const EventFiles&) = delete;

  events::LogWriter::Report report() const;
  /// For start_webhooks(); once, what is in it is moved out.
  WebhookState take_webhooks() { return std::move(webhooks_); }

 private:
  void restore_webhooks(const config::Config& config, const std::string& directory);

  events::Log& log_;
  WebhookState webhooks_;
  std::unique_ptr<archive::DirectoryLock> lock_;
  std::unique_ptr<events::LogWriter> writer_;  ///< null: there are no files
};

/// Webhooks that get what earlier runs have not sent and each event of the log from now on, and whose failures are
/// events of it. `log` and `control`, whose thread the log is of, outlive them.
std::unique_ptr<webhook::Webhooks> start_webhooks(const std::vector<webhook::Endpoint>& endpoints,
                                                  const base::Clock& clock, events::Log& log, loop::Mailbox& control,
                                                  WebhookState left = {});

}  // namespace app
