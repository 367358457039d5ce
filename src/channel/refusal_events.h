#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "base/clock.h"
#include "events/event.h"
#include "ingest/publisher.h"

namespace channel {

/// Makes events of refused publishers: for each type, reason and channel at most one in kEvery, so that who tries again
/// and again does not push everything else out of the log. Thread: the control loop's.
class RefusalEvents {
 public:
  static constexpr base::Micros kEvery = 10 * base::kSecond;
  /// A count of further refusals that no event has reported is dropped after this time.
  static constexpr base::Micros kForget = 600 * base::kSecond;

  /// `sink` outlives it.
  explicit RefusalEvents(events::Sink& sink) : sink_(sink) {}

  /// `channel`: a name that is known, or empty: one that is not may be a key in the wrong place (RT-44). `now`: steady.
  void add(events::Type type, std::string_view reason, const std::string& channel,
           const ingest::PublishRequest& request, std::string_view text, base::Micros now);
  /// What is remembered, for tests: at most one a type, reason and channel.
  std::size_t remembered() const { return last_.size(); }

 private:
  struct Last {
    base::Micros at = 0;
    std::int64_t more = 0;  ///< refusals since then without an event
  };
  events::Sink& sink_;
  std::map<std::tuple<events::Type, std::string, std::string>, Last> last_;
};

/// "denied", "busy", "not_found", "bad_name", "overload".
std::string_view reason_of(ingest::Publisher::Refusal::Why why);

}  // namespace channel
