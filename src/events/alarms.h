#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/clock.h"
#include "events/conditions.h"
#include "events/event.h"
#include "events/restore.h"

namespace events {

/// As of the alert rules: kPage wakes somebody, kTicket can wait for the morning.
enum class Severity : std::uint8_t { kPage, kTicket };
std::string_view to_string(Severity severity);

/// What all alarms of a type have in common.
struct AlarmKind {
  Type type;
  Severity severity;
  std::string_view runbook;  ///< section of docs/runbook.md: "kickoffpictureheld"
};
/// nullptr: conditions of that type are no alarms, since people have ordered them, or it has no conditions.
const AlarmKind* alarm_kind(Type type);
/// The kind by its type's name, with or without kPrefix; nullptr: there is none.
const AlarmKind* alarm_kind(std::string_view name);

/// What a silence is for: one alarm, also when it is set again or after a restart; or all of a kind, of one channel or
/// of all.
struct SilenceTarget {
  Type type = Type::kOutage;
  bool kind = false;         ///< all of `type`; `which` is then empty
  std::string channel = {};  ///< of a kind empty: of all channels, and of the instance
  std::string which = {};    ///< see Fact::which

  auto operator<=>(const SilenceTarget&) const = default;
};

struct Silence {
  base::Micros until = 0;  ///< UTC
  std::string by = {};     ///< the name of a token
  std::string reason = {};
};

/// What an operator asks for.
struct SilenceOrder {
  std::string id;             ///< of an alarm that is set, or the name of a kind, with or without kPrefix
  std::string channel = {};   ///< only with a kind; empty: all
  base::Micros duration = 0;  ///< at most Alarms::kLongestSilence; 0: the silence is taken back
  std::string by = {};        ///< the name of a token
  std::string reason = {};
};

/// The alarms of an instance: what conditions of its log raise and clear, held back for a while in both directions, so
/// that one that comes and goes is one alarm.
///
///   (none) ──raised──► pending ──raise_after──► set ──cleared──► clearing ──clear_after──► (none)
///   pending ──cleared──► (none)         clearing ──raised──► set
///
/// An alarm that is silenced is set all the same, and says that it is silenced. Orders of silences, and their ends, are
/// events of the log, which restore() reads them from.
/// Bound: conditions, Conditions::kMost; silences, kMostSilences. Thread: the control loop's.
class Alarms {
 public:
  struct Options {
    base::Micros raise_after = 0;                   ///< for which a condition has lasted
    base::Micros clear_after = 15 * base::kSecond;  ///< for which it has been cleared
  };
  /// One that is set.
  struct Alarm {
    std::shared_ptr<const Event> event;  ///< that raised the condition last
    std::uint64_t id = 0;                ///< of the event that raised it first
    base::Micros since = 0;              ///< UTC, of that event
    bool lasts = false;                  ///< false: the condition is cleared, and the alarm will be
    std::uint64_t raised = 0;            ///< how often the condition was raised since
    std::optional<Silence> silence;      ///< the one that ends last, of those that concern it
  };
  static constexpr std::size_t kMostSilences = 1000;
  static constexpr base::Micros kLongestSilence = 7 * 24 * 3600 * base::kSecond;

  enum class Outcome : std::uint8_t {
    kDone,
    kUnknown,      ///< no alarm with this id is set, and no kind has this name
    kNotSilenced,  ///< what is to be taken back is not there
    kTooMany,
  };

  /// `clock` and `sink` outlive it.
  Alarms(const base::Clock& clock, Sink& sink) : clock_(clock), sink_(sink) {}
  void configure(const Options& options) { options_ = options; }

  /// Takes up the silences of earlier runs that have not ended.
  void restore(const std::deque<Kept>& events);
  /// Takes up an event that was appended to the log.
  void take(const std::shared_ptr<const Event>& event);
  /// To be called each second or so: sets, clears, and ends silences.
  void advance();

  /// Silences, in place of an earlier silence of the same target, or takes a silence back.
  Outcome order(const SilenceOrder& order);

  /// Those that are set, the oldest first.
  std::vector<Alarm> all() const;
  const std::map<SilenceTarget, Silence>& silences() const { return silences_; }

 private:
  struct Entry {
    Alarm alarm;
    bool set = false;
    base::Micros changed = 0;  ///< steady; when the condition was raised or cleared
  };

  std::optional<SilenceTarget> find(const SilenceOrder& order) const;
  std::optional<Silence> silence_of(const Conditions::Name& name) const;
  void append(const SilenceTarget& target, const Silence& silence, std::string_view action, base::Micros duration);

  const base::Clock& clock_;
  Sink& sink_;
  Options options_;
  std::map<Conditions::Name, Entry> entries_;
  std::map<SilenceTarget, Silence> silences_;
};

/// All of it, for those who show it.
struct AlarmReport {
  std::vector<Alarms::Alarm> alarms = {};
  std::map<SilenceTarget, Silence> silences = {};
  std::string runbook = {};  ///< address that sections are of
};

}  // namespace events
