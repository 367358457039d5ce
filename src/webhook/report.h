#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "events/event.h"

namespace webhook {

/// Why a receiver has not taken an event.
enum class Failure : std::uint8_t {
  kNetwork,      ///< no connection, no answer in time, a certificate that is not trusted
  kRedirect,     ///< 3xx: it is not followed
  kRefused,      ///< 4xx
  kServerError,  ///< 5xx, 408 and 429
  kGone,         ///< 410: it wants no more
};
inline constexpr std::size_t kFailures = 5;
/// "server_error": a metric's label.
std::string_view to_string(Failure failure);

/// Why an event is no longer kept for a receiver.
enum class Drop : std::uint8_t {
  kQueueFull,        ///< as many events wait as may
  kGone,             ///< the receiver has answered 410
  kDeadLettersFull,  ///< as many dead letters are kept as may: the oldest made room
};
inline constexpr std::size_t kDrops = 3;
std::string_view to_string(Drop drop);

/// An event that was given up.
struct DeadLetter {
  std::shared_ptr<const events::Event> event;
  std::string reason;         ///< one printable line
  base::Micros given_up = 0;  ///< steady
};

/// Whether a report has the newest dead letters, which are copied for it.
enum class Letters : std::uint8_t { kNone, kShown };

/// What is known of a webhook.
struct Report {
  std::string name;
  std::string receiver;  ///< "https://HOST": what follows may be a secret
  std::uint64_t delivered = 0;
  std::array<std::uint64_t, kFailures> failures{};  ///< attempts
  std::array<std::uint64_t, kDrops> drops{};        ///< events
  std::uint64_t given_up = 0;                       ///< events that have become dead letters
  std::size_t waiting = 0;                          ///< events, those on their way included
  std::size_t dead = 0;                             ///< dead letters that are kept
  base::Micros lag = 0;                             ///< for how long the event that has waited longest has
  bool failing = false;                             ///< nothing was taken for Hook::kFailingAfter or longer
  bool gone = false;                                ///< 410: it is stopped, until a replay or a restart
  std::string why;                                  ///< of the newest failure; empty after a success
  std::vector<DeadLetter> dead_letters;  ///< if asked for: the newest, at most Hook::kMostShown; the oldest first
};

}  // namespace webhook
