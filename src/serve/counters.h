#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/clock.h"
#include "serve/admission.h"
#include "tls/session.h"
#include "tokens/fault.h"

namespace serve {

/// A number that one thread writes and any may read: no locked instruction, no torn value.
class Counter {
 public:
  void add(std::uint64_t more = 1) { value_.store(get() + more, std::memory_order_relaxed); }
  void subtract(std::uint64_t less = 1) { value_.store(get() - less, std::memory_order_relaxed); }
  void set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// Counts by upper bound, and their sum: what a Prometheus histogram is made from. `bounds` outlive it.
class Histogram {
 public:
  static constexpr std::size_t kMost = 16;
  explicit Histogram(std::span<const base::Micros> bounds) : bounds_(bounds) {}

  void observe(base::Micros value);
  std::span<const base::Micros> bounds() const { return bounds_; }
  /// Observations in bucket `i` alone, not those below; `bounds().size()` is what lies beyond all bounds.
  std::uint64_t count(std::size_t i) const { return counts_[i].get(); }
  base::Micros sum() const { return static_cast<base::Micros>(sum_.get()); }

 private:
  std::span<const base::Micros> bounds_;
  std::array<Counter, kMost + 1> counts_;
  Counter sum_;
};

/// The kind of object that was requested, for metric labels.
enum class ObjectKind : std::uint8_t {
  kMultivariant,
  kPlaylist,
  kSegment,
  kPart,
  kInit,
  kShifted,
  kPage,
  kReport,
  kOther
};
inline constexpr std::size_t kObjectKinds = static_cast<std::size_t>(ObjectKind::kOther) + 1;
std::string_view to_string(ObjectKind kind);

/// Why a request was refused, with its status and the rule that requires it.
enum class Cause : std::uint8_t {
  kNone,
  kDirectives,   ///< 400, LL-94, LL-95
  kTooFarAhead,  ///< 400, LL-101, LL-102
  kTimeShift,    ///< 400: start, end or delay
  kMalformed,    ///< 400, 413, 414, 417, 431, 505: not a request we take
  kMethod,       ///< 405
  kLocked,       ///< 403, CF-19
  kToken,        ///< 401, 403, 503: see tokens::Fault
  kUnknownPath,  ///< 404
  kUnknownChannel,
  kAbsent,       ///< 404, LL-82
  kGap,          ///< 404, LL-34
  kNotStarted,   ///< 404, LL-111
  kHeldTooLong,  ///< 503, LL-103, LL-83
  kTooManyHeld,  ///< 503
  kTooManyConnections,
  kNoHeadroom,    ///< 503: a join while there is no headroom for it
  kTooManyReads,  ///< 503: of media in files
  kDepthShed,     ///< 503: a segment far behind the live edge, likewise
  kReportRate,    ///< 429: players' reports come too fast
  kRelayLocked,   ///< 403: an edge without the secret
  kRelayLoop,     ///< 508: an edge that this server gets the channel from
  kNoOrigin,      ///< 503: an edge that reaches none of its origins
  kShuttingDown,
};
inline constexpr std::size_t kCauses = static_cast<std::size_t>(Cause::kShuttingDown) + 1;
std::string_view to_string(Cause cause);

/// What one serve loop has done. Thread: its loop writes, any reads.
struct Counters {
  Counters();

  /// By object kind and status class (2xx, 3xx, 4xx, 5xx).
  std::array<std::array<Counter, 4>, kObjectKinds> requests;
  std::array<Counter, kCauses> causes;
  Counter bytes_sent;   ///< given to the kernel or queued for it, TLS included
  Counter connections;  ///< open now
  Counter connections_total;
  Counter connections_refused;
  /// Those that an address had too many of: closed at once for how fast they came, or cut while half open.
  enum { kByRate, kByHalfOpen };
  std::array<Counter, 2> connections_limited;
  Counter http2_connections;  ///< open now
  Counter parked;             ///< requests held now
  Counter snapshots;          ///< that have arrived, of all channels
  Counter reports_lost;       ///< players' reports of events for no channel that is here
  Counter joins;              ///< see Joins
  Counter joining;            ///< of those, without media yet, now
  Counter joins_redirected;   ///< joins that were sent to the overflow pathway
  Counter tls_handshakes;     ///< completed
  Counter tls_resumptions;    ///< of those
  std::array<Counter, tls::kFailures> tls_failures;
  Counter timeouts;         ///< connections ended by a timer: slow head, idle, stuck reader
  Counter streams_expired;  ///< HTTP/2 streams reset by a timer; their connections stay open
  Counter streams_refused;  ///< HTTP/2 streams reset because requests took more than http::Limits allow
  Counter file_bodies;      ///< answers that are being read from files now
  Counter file_bytes;       ///< read from files
  Counter file_errors;      ///< answers cut off since a file could not be read
  Counter relay_streams;    ///< edges' answers that are open now
  Counter relay_bytes;      ///< given to edges' answers
  Counter relay_cut;        ///< edges' answers cut off: too slow, or another log has begun
  std::array<Counter, tokens::kFaults> tokens;  ///< requests for guarded channels, by what came of their token
  Counter tokens_known;                         ///< of those, tokens that had been checked before
  Counter tokens_checked;                       ///< signatures that were checked
  std::array<Counter, kResources> headroom;     ///< left now. Units: millionths.
  Histogram join_time;                          ///< from a join to its first media, on one connection
  Histogram blocked_wait;                       ///< how long held requests were held, whatever the answer
  /// From a part's publication to its last byte taken by the kernel, for requests that waited for it.
  Histogram part_to_last_byte;
  /// From publication to the last waiter of a wake pass answered: what the loop itself needs (LL-105).
  Histogram wake_pass;

  void count_request(ObjectKind kind, int status) {
    const int status_class = status / 100;
    requests[static_cast<std::size_t>(kind)][static_cast<std::size_t>(status_class < 2 ? 0 : status_class - 2)].add();
  }
  void count_cause(Cause cause) { causes[static_cast<std::size_t>(cause)].add(); }
};

/// What the instance has left: of each resource the least of its loops, the control loop's time (busy for that share of
/// the last second) among them.
Headroom headroom_of(std::span<const Counters* const> loops, double control_busy);

}  // namespace serve
