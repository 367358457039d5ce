#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "client/transport.h"
#include "events/event.h"
#include "webhook/report.h"
#include "webhook/signature.h"
#include "webhook/state.h"

namespace webhook {

/// What an operator says of a webhook.
struct Endpoint {
  std::string name;
  std::string url;
  std::vector<Secret> secrets;                ///< none: unsigned
  std::vector<std::string> types = {};        ///< only types that begin so, with or without events::kPrefix; none: all
  base::Micros timeout = 10 * base::kSecond;  ///< of an attempt
  base::Micros give_up_after = 3600 * base::kSecond;  ///< an event that has waited so long becomes a dead letter
};

/// The events that wait for one receiver. Each subject (channel) is a lane: its events go one after another, in order.
/// A lane whose event was not taken waits, up to a minute, and tries again; the other lanes go on.
///
///     waiting ──take_due()──► on its way ──2xx──► delivered
///        ▲                        │
///        └──── backoff ◄── else ──┤
///                                 └── waited for give_up_after ──► dead letter ──replay()──► waiting
///
/// Bounded: kMostWaiting events; one more drops the oldest event of the lane that has most. kMostDead dead letters.
/// An event about this webhook is never sent to it. Does no I/O. Thread: one at a time.
class Hook {
 public:
  static constexpr std::size_t kMostWaiting = 10'000;
  static constexpr std::size_t kMostDead = 1000;
  static constexpr std::size_t kMostShown = 100;
  /// Requests at a time; lanes that fail get half of them.
  static constexpr std::size_t kParallel = 16;
  static constexpr base::Micros kFirstPause = base::kSecond;
  static constexpr base::Micros kLongestPause = 60 * base::kSecond;
  static constexpr base::Micros kFailingAfter = 30 * base::kSecond;

  struct Attempt {
    std::uint64_t ticket = 0;  ///< of no other attempt at this webhook
    std::shared_ptr<const events::Event> event;
  };

  /// `spread` gives numbers from 0 up to 1, not 1.
  Hook(Endpoint endpoint, std::function<double()> spread);

  /// Whether it takes the event. `now` here and below: steady. REQUIRES: its sequence is above those of all before.
  bool offer(const std::shared_ptr<const events::Event>& event, base::Micros now);
  /// The next event to send now, lanes that have not failed first; nullopt: none.
  std::optional<Attempt> take_due(base::Micros now);
  /// When take_due() has something next; INT64_MAX: not before the next offer(), replay() or answer.
  base::Micros next_due() const;
  /// What the receiver said.
  void take_answer(std::uint64_t ticket, const client::Answer& answer, base::Micros now);
  /// Sends the dead letters again, the oldest first, and starts a webhook that is gone. Returns how many are sent
  /// again: what does not fit stays.
  std::size_t replay(base::Micros now);
  /// Takes another declaration of the same name. What waits goes where that says; one that is gone and has another
  /// URL is started.
  void configure(Endpoint endpoint);

  /// Of attempts that begin now.
  const std::shared_ptr<const Endpoint>& endpoint() const { return endpoint_; }
  /// Something is on its way, or would be at once, in a lane that has not failed.
  bool busy() const { return !ready_.empty() || in_flight_ > failing_in_flight_; }
  bool failing() const { return gone_ || failing_; }
  const std::string& why() const { return why_; }
  Report report(base::Micros now, Letters letters = Letters::kNone) const;

  /// What has to be known after a restart. `up_to`: the newest event that was offered; `utc`: now.
  Saved saved(std::uint64_t up_to, base::Micros now, base::Micros utc) const;
  /// Queues what `saved` says, out of `earlier`, and has its dead letters. REQUIRES: nothing was offered before.
  void restore(const Saved& saved, const Earlier& earlier, base::Micros now, base::Micros utc);

 private:
  struct Letter {
    std::shared_ptr<const events::Event> event;
    base::Micros since = 0;
  };
  struct Lane {
    std::deque<Letter> waiting;  ///< the first is on its way if there is a ticket
    std::uint64_t ticket = 0;    ///< 0: none
    int failures = 0;            ///< in a row
    base::Micros not_before = 0;
  };
  using Lanes = std::map<std::string, Lane>;

  bool matches(const events::Event& event) const;
  void park(Lanes::iterator lane);
  void unpark(Lanes::iterator lane);
  std::optional<Lanes::iterator> next_lane(base::Micros now);
  void drop_oldest();
  void fail(Lanes::iterator lane, Failure failure, const client::Answer& answer, base::Micros now);
  void give_up_old(Lanes::iterator lane, Failure failure, base::Micros now);
  void stop(base::Micros now);
  void bury(Letter letter, base::Micros now);

  std::shared_ptr<const Endpoint> endpoint_;
  const std::function<double()> spread_;
  Lanes lanes_;  ///< by channel; none is empty
  /// Lanes that could send: those without a failure by the sequence of their first event, the others by their time.
  std::set<std::pair<std::uint64_t, std::string>> ready_;
  std::set<std::pair<base::Micros, std::string>> paused_;
  std::map<std::uint64_t, Lanes::iterator> tickets_;
  std::uint64_t next_ticket_ = 1;
  std::size_t waiting_ = 0;  ///< events in all lanes
  std::size_t in_flight_ = 0;
  std::size_t failing_in_flight_ = 0;
  std::deque<DeadLetter> dead_;
  std::optional<base::Micros> failing_since_;  ///< the first failure after the last success
  bool failing_ = false;
  bool gone_ = false;
  std::string why_;
  Report counted_;  ///< its counters only
};

}  // namespace webhook
