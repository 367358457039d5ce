#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "channel/interstitials.h"
#include "events/event.h"
#include "record/record.h"
#include "scte35/section.h"

namespace channel {

/// What a marker was, for metrics and events.
enum class MarkerKind : std::uint8_t {
  kOut,     ///< a break begins
  kIn,      ///< it ends
  kSplice,  ///< other splice information: where a programme or a chapter begins, private commands
  kCancel,  ///< what was announced does not happen
  kRepeat,  ///< splice information that says again what is known
  kApi,     ///< an operator's own
};
inline constexpr std::array kMarkerKinds{MarkerKind::kOut,    MarkerKind::kIn,     MarkerKind::kSplice,
                                         MarkerKind::kCancel, MarkerKind::kRepeat, MarkerKind::kApi};
std::string_view to_string(MarkerKind kind);

/// Why one was not taken.
enum class MarkerRefusal : std::uint8_t {
  kDamaged,   ///< no splice information, or none that can be read
  kPast,      ///< its time is more than Markers::kMostBehind ago
  kFuture,    ///< its time is more than Markers::kMostAhead from now, an operator's kMostAheadOfOperator
  kTooLarge,  ///< a section of more than Markers::kMostSection bytes
  kTooMany,   ///< more than Markers::kBurst at once and one a second
  kConflict,  ///< its id is another marker's, or what it adds is said already
};
inline constexpr std::array kMarkerRefusals{MarkerRefusal::kDamaged, MarkerRefusal::kPast,
                                            MarkerRefusal::kFuture,  MarkerRefusal::kTooLarge,
                                            MarkerRefusal::kTooMany, MarkerRefusal::kConflict};
std::string_view to_string(MarkerRefusal refusal);

/// Makes the markers of a channel's log of what its feeds and its operators signal: a break and its end become one
/// marker, what is signalled again is left out, also where another feed says it, and what is cancelled is taken back
/// (DR-2, DR-3, DR-7, DR-8, DR-11). Follows the log across workers, so that a break which begins under one ends under
/// the next.
///
/// Bound: kMostKnown markers are remembered, the oldest is forgotten; of what is new kBurst are taken at once and one a
/// second. Reads no clock: `now` is UTC. Thread: the control loop's.
class Markers {
 public:
  static constexpr base::Micros kMostBehind = 60 * base::kSecond;
  static constexpr base::Micros kMostAhead = 3600 * base::kSecond;
  static constexpr base::Micros kMostAheadOfOperator = 24 * kMostAhead;
  static constexpr std::size_t kMostSection = 1024;
  static constexpr std::size_t kMostKnown = 128;
  static constexpr int kBurst = 60;

  using Write = std::function<void(const record::Marker&)>;
  struct Counters {
    std::array<std::uint64_t, kMarkerKinds.size()> taken{};       ///< by MarkerKind
    std::array<std::uint64_t, kMarkerRefusals.size()> refused{};  ///< by MarkerRefusal
  };
  /// A marker of an operator's own.
  struct Request {
    std::string id;                     ///< empty: one is made of the class and the start
    std::string kind;                   ///< its class
    std::optional<base::Micros> start;  ///< UTC; empty: now, or that of the marker that has the id
    std::optional<base::Micros> duration;
    std::vector<record::Marker::Attribute> attributes;
  };
  /// What became of a request: the ids of the markers that it is about, or why it was refused.
  struct Outcome {
    std::vector<std::string> ids;
    std::optional<MarkerRefusal> refusal;
  };

  /// `channel`, `events` and what `write` writes to outlive this; the latter is called from within the calls below.
  Markers(const std::string& channel, events::Sink& events, Write write, Interstitials::Options interstitials = {});

  /// Splice information that is about the instant `at` (UTC).
  Outcome splice(const base::Bytes& section, base::Micros at, base::Micros now);
  /// A new marker, or what is added to the one that has the id: its duration, and attributes. `newest`: the end of the
  /// media published, where a marker without a start begins.
  Outcome add(Request request, base::Micros newest, base::Micros now);
  /// Ends breaks that end by themselves.
  void pass(base::Micros now);
  /// A marker of a log that is continued, as write() had it: what is signalled next may end it, cancel it, add to it,
  /// or say it again. Markers of others (outages, switches, interstitials) are passed over.
  void restore(const record::Marker& marker);
  /// The log is over.
  void clear() { known_.clear(); }

  const Counters& counters() const { return counters_; }

 private:
  /// A marker and what it is of.
  struct Known {
    std::optional<std::uint32_t> event;  ///< splice_event_id or segmentation_event_id; empty: an operator's
    std::uint8_t type = 0;               ///< segmentation_type_id; 0 of a splice_insert
    std::uint8_t number = 0;             ///< segment_num
    bool auto_return = false;
    record::Marker marker;
  };
  /// A section as it is taken.
  struct Splice {
    const base::Bytes& section;
    base::Micros at = 0;
    base::Micros now = 0;
    bool immediate = false;
    Outcome outcome = {};
  };

  void take(Splice& splice, const scte35::SpliceInsert& insert);
  void take(Splice& splice, const scte35::Segmentation& segmentation);
  void begin(Splice& splice, Known known, std::string_view attribute);
  void end(Splice& splice, std::uint32_t event, std::uint8_t type, std::uint8_t number);
  void cancel(Splice& splice, std::uint32_t event, bool insert);
  bool take_back(Splice& splice, const std::function<bool(const Known&)>& meant);
  Known* find_same(const Splice& splice, const Known& known);
  Outcome complete(Known& known, const Request& request, base::Micros now);
  void refuse(Outcome& outcome, MarkerRefusal why, base::Micros now);
  bool admit(base::Micros now);
  void remember(Known known);
  void write_interstitial(const Known& known);
  void note(MarkerKind kind, const record::Marker& marker);

  const std::string& channel_;
  events::Sink& events_;
  const Write write_;
  const Interstitials interstitials_;
  std::deque<Known> known_;  ///< as they came
  double allowance_ = kBurst;
  std::optional<base::Micros> admitted_at_;
  std::optional<base::Micros> told_at_;  ///< when a refusal was last logged
  Counters counters_;
};

}  // namespace channel
