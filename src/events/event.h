#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/log.h"

/// What happens to an instance and its channels, for programs and people that were not looking: one numbered log.
namespace events {

/// docs/events.md says when each is raised and what its data is.
enum class Type : std::uint8_t {
  kInstanceStarted,
  kInstanceStopping,
  kConfigReload,
  kCertificateLoaded,
  kPublisherConnected,
  kPublisherDisconnected,
  kPublisherRefused,
  kAdmissionRefused,
  kFeedSwitch,
  kFeedFault,
  kFeedClock,
  kOutage,
  kSlate,
  kOverlay,
  kMarker,
  kWorkerStarted,
  kWorkerLost,
  kGovernorLevel,
  kJournal,
  kUpload,
  kRegistry,
  kWebhook,
  kOriginLost,
  kAlarmSilence,
  kCheckDone,
  kChannelSettings,
  kJobDone,
  kJobFailed,
  kJobCanceled,
};
inline constexpr std::array kTypes{Type::kInstanceStarted,
                                   Type::kInstanceStopping,
                                   Type::kConfigReload,
                                   Type::kCertificateLoaded,
                                   Type::kPublisherConnected,
                                   Type::kPublisherDisconnected,
                                   Type::kPublisherRefused,
                                   Type::kAdmissionRefused,
                                   Type::kFeedSwitch,
                                   Type::kFeedFault,
                                   Type::kFeedClock,
                                   Type::kOutage,
                                   Type::kSlate,
                                   Type::kOverlay,
                                   Type::kMarker,
                                   Type::kWorkerStarted,
                                   Type::kWorkerLost,
                                   Type::kGovernorLevel,
                                   Type::kJournal,
                                   Type::kUpload,
                                   Type::kRegistry,
                                   Type::kWebhook,
                                   Type::kOriginLost,
                                   Type::kAlarmSilence,
                                   Type::kCheckDone,
                                   Type::kChannelSettings,
                                   Type::kJobDone,
                                   Type::kJobFailed,
                                   Type::kJobCanceled};
constexpr std::size_t index(Type type) { return static_cast<std::size_t>(type); }
/// What every type's name begins with.
inline constexpr std::string_view kPrefix = "live.kickoff.";
/// "live.kickoff.feed.switch".
std::string_view to_string(Type type);

/// Whether an event stands for an instant, or for one end of a condition that lasts.
enum class State : std::uint8_t { kMoment, kRaised, kCleared };

/// What happened, as told by the code that knows it.
struct Fact {
  Type type = Type::kInstanceStarted;
  std::string channel = {};  ///< empty: it is about the instance
  State state = State::kMoment;
  /// Tells apart the conditions of one type that a channel may have at a time: a feed's name, a level.
  std::string which = {};
  /// Of any origin: the log makes text printable. REQUIRES: names are literals.
  std::vector<base::Field> data = {};
};

/// Takes what happened. Thread: the control loop's.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void append(Fact fact) = 0;
};

/// A fact in the log. Immutable once shared.
struct Event {
  std::uint64_t sequence = 0;  ///< above those of all events before, also of earlier runs of the instance
  std::uint64_t id = 0;        ///< the sequence of the raise, of what was raised before; else its own
  base::Micros time = 0;       ///< UTC
  Fact fact;
};

}  // namespace events
