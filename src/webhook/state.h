#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "events/event.h"

namespace webhook {

/// A dead letter, by the sequence of its event.
struct SavedLetter {
  std::uint64_t sequence = 0;
  base::Micros given_up = 0;  ///< UTC
  std::string reason;

  bool operator==(const SavedLetter&) const = default;
};

/// What a webhook has to know after a restart, to send again what no receiver has taken: events by their numbers, which
/// the event log still has.
struct Saved {
  std::string name;
  std::uint64_t up_to = 0;  ///< what comes behind this one was never queued
  /// By channel, of what waits: the oldest event, and all behind it are to be sent.
  std::map<std::string, std::uint64_t> lanes = {};
  std::vector<SavedLetter> dead = {};

  /// Whether the event has to be sent, if the webhook takes its type.
  bool waits(const events::Event& event) const;
  /// Whether the event waits or is a dead letter.
  bool wants(const events::Event& event) const;
  /// No event below it is wanted.
  std::uint64_t oldest() const;

  bool operator==(const Saved&) const = default;
};

/// Events of the log, by their sequences.
using Earlier = std::map<std::uint64_t, std::shared_ptr<const events::Event>>;

/// A text that parse_state() reads.
std::string write_state(const std::vector<Saved>& webhooks);
/// Errors: kMalformed, for what is not complete as well; `offset`: where the line begins.
base::Result<std::vector<Saved>> parse_state(std::string_view text);

}  // namespace webhook
