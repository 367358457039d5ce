#include "hls/blocking.h"

#include <algorithm>

#include "hls/tags.h"

namespace hls {
namespace {

// No segment has so many parts (10 s of 0.2 s are 50). Waiting for a later one is the same as waiting for this one:
// until the segment closes. The limit keeps the number of distinct wait conditions small, whatever clients request;
// each is tested by itself.
constexpr std::uint64_t kMostPartsAhead = 255;

Decision wait(std::int64_t msn, std::uint64_t part) {
  return {Verdict::kWait, msn, static_cast<std::uint32_t>(std::min(part, kMostPartsAhead))};
}
constexpr Decision kAnswerNow{Verdict::kAnswer};
constexpr Decision kRefuse{Verdict::kBadRequest};

/// LL-97, LL-98, AMB-1, AMB-2: the open segment, by part.
Decision decide_open(std::uint64_t part, const Edge& edge, AheadInOpen ahead) {
  if (part < edge.open_parts) return kAnswerNow;
  // Ahead of the last part by part - (open_parts - 1).
  if (ahead == AheadInOpen::kLimited && part + 1 > std::uint64_t{edge.open_parts} + edge.advance_limit) return kRefuse;
  return wait(edge.open, part);
}

}  // namespace

Decision decide(const Directives& directives, const Edge& edge, AheadInOpen ahead) {
  if (edge.ended) return {edge.ready ? Verdict::kAnswer : Verdict::kAbsent};  // LL-45, LL-44
  if (directives.malformed) return kRefuse;                                   // LL-94, LL-95
  if (!edge.ready) return {Verdict::kWait};                                   // LL-111
  // LL-111: a player that does not request by part starts from a segment. Shaka 4 and 5 throw at a first playlist of
  // parts alone, video.js 8 stands still.
  if (!directives.msn) return edge.parts_only ? Decision{Verdict::kWait} : kAnswerNow;

  const auto open = static_cast<std::uint64_t>(edge.open);
  const std::uint64_t msn = *directives.msn;
  const std::uint64_t part = directives.part.value_or(0);  // AMB-1: no part is part 0
  if (msn > open + 1) return kRefuse;                      // LL-101: beyond the last complete one plus two
  if (msn + 1 < open) return kAnswerNow;                   // LL-96, AMB-6; LL-99 before the last complete segment
  if (msn + 1 == open) {
    if (!directives.part || part < edge.last_parts) return kAnswerNow;  // LL-96
    return decide_open(0, edge, ahead);                                 // LL-99: is (open, 0)
  }
  if (msn == open) return decide_open(part, edge, ahead);
  if (part > edge.advance_limit) return kRefuse;  // LL-102
  return wait(edge.open + 1, part);               // LL-100
}

Decision decide_whole(const Directives& directives, const Edge& edge) {
  if (edge.ended) return {edge.ready ? Verdict::kAnswer : Verdict::kAbsent};
  if (directives.malformed) return kRefuse;
  if (!edge.ready || edge.parts_only) return {Verdict::kWait};
  const auto open = static_cast<std::uint64_t>(edge.open);
  if (!directives.msn || *directives.msn < open) return kAnswerNow;
  if (*directives.msn > open + 1) return kRefuse;  // LL-101
  return wait(edge.open, 0);
}

std::uint32_t advance_part_limit(std::int64_t part_target) {
  if (part_target >= kDecimalUnit || part_target <= 0) return 3;
  return static_cast<std::uint32_t>((3 * kDecimalUnit + part_target - 1) / part_target);
}

}  // namespace hls
