#pragma once

#include <cstdint>

#include "hls/directives.h"

namespace hls {

/// Where the live edge of one rendition stands; all that blocking is decided by.
struct Edge {
  bool ready = false;               ///< there is a playlist to give out (LL-111)
  bool ended = false;               ///< EXT-X-ENDLIST
  bool parts_only = false;          ///< no complete segment is listed yet
  std::int64_t open = 0;            ///< MSN of the segment that is being filled: one more than the last complete one
  std::uint32_t open_parts = 0;     ///< parts it has so far
  std::uint32_t last_parts = 0;     ///< parts of segment open - 1, 0 if there is none
  std::uint32_t advance_limit = 3;  ///< Advance Part Limit, see advance_part_limit()

  /// MSN of the last complete segment.
  std::int64_t last_complete() const { return open - 1; }
};

enum class Verdict : std::uint8_t {
  kAnswer,      ///< 200 with the current playlist, now
  kWait,        ///< hold until the edge has moved so that this is decided otherwise, at most hold_limit()
  kBadRequest,  ///< 400
  kAbsent,      ///< 404: the event ended and this rendition never had any media
};

/// kWait only: `msn`.`part` is what is waited for; `msn` -1 means the first playlist there will be.
struct Decision {
  Verdict verdict = Verdict::kAnswer;
  std::int64_t msn = -1;
  std::uint32_t part = 0;

  friend bool operator==(const Decision&, const Decision&) = default;
};

/// How far ahead a part may be asked for inside the open segment. Players without low-latency mode ask for a segment's
/// last part right away and give up on a 4xx (AMB-2); the specification would have it refused.
enum class AheadInOpen : std::uint8_t { kAny, kLimited };

/// The blocking table, LL-94 to LL-102. Pure: asked again with a later edge it says when a wait is over.
Decision decide(const Directives& directives, const Edge& edge, AheadInOpen ahead = AheadInOpen::kAny);

/// The same for a playlist that lists whole segments alone: a part in the request means nothing. Of a wait `msn` is the
/// segment whose end decides anew; its `part` means nothing (LL-110).
Decision decide_whole(const Directives& directives, const Edge& edge);

/// Parts that a request may be ahead of the last one: ceil(3 s / PART-TARGET) where that is below 1 s, else 3 (AMB-3).
/// Units: 10 µs.
std::uint32_t advance_part_limit(std::int64_t part_target);

}  // namespace hls
