#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/state_file.h"
#include "client/transport.h"
#include "webhook/courier.h"
#include "webhook/state.h"

namespace webhook {

/// Sends events to receivers, from one thread of its own. No call waits for a receiver, a name server or a disk: what
/// comes is queued, see Hook. Thread: any.
class Webhooks {
 public:
  struct Options {
    std::string source;  ///< see events::to_cloud_event()
    std::vector<Endpoint> endpoints = {};
    /// Where what is sent is written, so that the next run sends the rest; empty: nowhere.
    std::string state_file = {};
    std::vector<Saved> saved = {};  ///< by the run before
    Earlier earlier = {};           ///< the events that `saved` wants
    std::uint64_t newest = 0;       ///< sequence of the newest event before the first that comes
    /// A webhook fails, or works again. Called by the own thread, which holds nothing.
    std::function<void(const Change&)> on_change = {};
  };

  /// `clock` outlives it. `exchange`: null for the network.
  Webhooks(const base::Clock& clock, Options options, std::unique_ptr<client::Exchange> exchange = nullptr);
  /// What is on its way is not waited for; the next run sends it again.
  ~Webhooks();
  Webhooks(const Webhooks&) = delete;
  Webhooks& operator=(const Webhooks&) = delete;

  /// Queues the event. REQUIRES: as Hook::offer().
  void append(const std::shared_ptr<const events::Event>& event);
  /// See Courier::configure().
  void configure(const std::vector<Endpoint>& endpoints);
  /// See Courier::replay().
  std::optional<std::size_t> replay(const std::string& name);
  std::vector<Report> reports(Letters letters = Letters::kNone) const;
  /// What is sent cannot be written: a restart would send it again.
  bool state_failing() const;
  /// Waits until all has been sent that a receiver takes, at most `limit`.
  void finish(base::Micros limit);

 private:
  struct Shared;

  void run();
  void save();

  const base::Clock& clock_;
  Options options_;
  const std::unique_ptr<client::Exchange> exchange_;
  const std::unique_ptr<base::StateFile> state_;  ///< null: none
  const std::unique_ptr<Shared> shared_;
};

}  // namespace webhook
