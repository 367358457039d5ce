#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "viewers/histogram.h"
#include "viewers/ledger.h"
#include "viewers/rounds.h"

namespace viewers {

/// Errors of one kind, and what the first few were.
struct Fault {
  std::uint64_t count = 0;
  std::vector<std::string> examples;

  template <typename Archive>
  void visit(Archive& archive) {
    archive(count, examples);
  }
};

/// Names of errors; statuses are "status_404" and so on.
inline constexpr std::string_view kConnectFault = "connect";
inline constexpr std::string_view kTlsFault = "tls";
inline constexpr std::string_view kTimeoutFault = "timeout";
inline constexpr std::string_view kClosedFault = "closed";
inline constexpr std::string_view kProtocolFault = "protocol";
inline constexpr std::string_view kWrongBytesFault = "wrong_bytes";
inline constexpr std::string_view kStaleFault = "stale";
inline constexpr std::string_view kMissingPartFault = "missing_part";

/// What is only counted. Those marked * are of the measured span, the others of the whole run.
enum class Count : std::uint8_t {
  kResponses,   ///< *
  kBytes,       ///< * of bodies
  kPlaylists,   ///< *
  kDeltas,      ///< * playlists that were delta updates
  kParts,       ///< *
  kSegments,    ///< * whole ones
  kWoken,       ///< * blocked requests answered with just what they waited for
  kSwitches,    ///< *
  kLeft,        ///< * viewers that churned
  kJoins,       ///< * viewers that began to play; in mode join: that have their second part
  kTurnedAway,  ///< joins answered 503 with Retry-After, tried again later
  kRetried,     ///< requests repeated because an idle connection closed under them
  kStalls,      ///< *
  kStalled,     ///< * viewers that stalled at least once
  kUnjoined,    ///< viewers that never began to play
  kEnded,       ///< viewers whose playlist ended
  kHandshakes,  ///< * TLS
  kResumed,     ///< * TLS, of those
  kSlowBytes,
  kSlowResponses,
  kHintsDropped,  ///< hinted parts answered 404 that no playlist listed later: allowed (LL-81)
  kSlowClosed,    ///< slow readers that the server hung up on
};
inline constexpr std::size_t kCounts = 22;

/// Times that do not belong to rounds, all of the measured span.
enum class Span : std::uint8_t {
  kStartup,       ///< from a viewer's first request until its playback runs
  kStall,         ///< how long a stall took
  kJoin,          ///< from connecting until the second part is there
  kHandshake,     ///< from connecting until TLS is established
  kPlaylistLate,  ///< from a part's end in UTC to its playlist's first byte
  kPartLate,      ///< from a part's end in UTC to its own last byte
};
inline constexpr std::size_t kSpans = 6;

/// What one process saw.
struct Tally {
  std::array<std::uint64_t, kCounts> counts{};
  std::array<Histogram, kSpans> spans;
  std::map<std::string, Fault> faults;
  Rounds rounds;
  Ledger ledger;
  base::Micros cpu = 0;  ///< this process's CPU time in the measured span
  bool measuring = false;

  void add(Count count, std::uint64_t by = 1) {
    if (measuring) counts[static_cast<std::size_t>(count)] += by;
  }
  /// For those that are of the whole run.
  void add_always(Count count, std::uint64_t by = 1) { counts[static_cast<std::size_t>(count)] += by; }
  void add(Span span, base::Micros value) {
    if (measuring) spans[static_cast<std::size_t>(span)].add(value);
  }
  void fault(std::string_view kind, std::string_view example, std::uint64_t times = 1);
  std::uint64_t count(Count count) const { return counts[static_cast<std::size_t>(count)]; }
  const Histogram& span(Span span) const { return spans[static_cast<std::size_t>(span)]; }

  /// Adds counts, spans and errors of another process, and compares what both were sent. Rounds are passed on by
  /// deliver().
  void merge(const Tally& other);

  template <typename Archive>
  void visit(Archive& archive) {
    archive(counts, spans, faults, rounds, ledger, cpu);
  }
};

}  // namespace viewers
