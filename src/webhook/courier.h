#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/transport.h"
#include "webhook/hook.h"

namespace webhook {

/// An attempt that is to begin.
struct Dispatch {
  std::uint64_t id = 0;  ///< of no other
  std::shared_ptr<const events::Event> event;
  std::shared_ptr<const Endpoint> endpoint;
};

/// A webhook has been failing for Hook::kFailingAfter, or does no longer.
struct Change {
  std::string name;
  bool failing = false;
  std::string why;  ///< the newest failure; or "works_again", "removed"
};

/// The request that carries the event. `source`: see events::to_cloud_event(). Units: `now`: seconds since 1970.
/// Costs tens of microseconds. Thread: any.
/// Spec: CloudEvents HTTP binding 3.2 (structured mode); Standard Webhooks, "Webhook headers".
client::Request request_of(const Dispatch& dispatch, const std::string& source, std::int64_t now);

/// The webhooks of an instance. Does no I/O. Thread: one at a time.
class Courier {
 public:
  /// `newest`: sequence of the newest event that was there before.
  explicit Courier(std::function<double()> spread, std::uint64_t newest = 0)
      : spread_(std::move(spread)), newest_(newest) {}

  /// Those that there are from now on. One with a name that was there keeps what waits for it; what waits for one that
  /// is gone is thrown away. Returns those that failed and are gone.
  std::vector<Change> configure(const std::vector<Endpoint>& endpoints);
  /// Whether a webhook takes the event. `now` here and below: steady.
  bool offer(const std::shared_ptr<const events::Event>& event, base::Micros now);
  /// All attempts that are to begin now.
  std::vector<Dispatch> take_due(base::Micros now);
  base::Micros next_due() const;
  /// Returns the webhooks whose state it changes.
  std::vector<Change> take_answers(const std::vector<client::Exchange::Arrival>& arrivals, base::Micros now);
  /// See Hook::replay(); nullopt: there is no webhook of that name.
  std::optional<std::size_t> replay(const std::string& name, base::Micros now);
  /// In the order of the configuration.
  std::vector<Report> reports(base::Micros now, Letters letters = Letters::kNone) const;
  /// What one webhook has to know after a restart; nullopt: there are not so many. `utc` here and below: now.
  std::optional<Saved> saved(std::size_t index, base::Micros now, base::Micros utc) const;
  /// Takes up what an earlier run has saved of the webhooks that there are: see Hook::restore().
  void restore(const std::vector<Saved>& saved, const Earlier& earlier, base::Micros now, base::Micros utc);
  /// See Hook::busy().
  bool busy() const;

 private:
  struct Entry {
    Entry(std::uint64_t number, const Endpoint& endpoint, const std::function<double()>& spread)
        : serial(number), hook(endpoint, spread) {}
    const std::uint64_t serial;  ///< of no other; names are used again
    Hook hook;
    bool told = false;  ///< that it fails
  };
  struct Flight {
    std::uint64_t serial = 0;
    std::uint64_t ticket = 0;
  };

  const std::function<double()> spread_;
  std::uint64_t newest_;  ///< sequence that was offered
  std::vector<std::unique_ptr<Entry>> entries_;
  std::map<std::uint64_t, Flight> flights_;
  std::uint64_t next_id_ = 1;
  std::uint64_t next_serial_ = 1;
};

}  // namespace webhook
