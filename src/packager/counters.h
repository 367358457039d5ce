#pragma once

#include <cstdint>

namespace packager {

/// What a packager did and what it had to drop, since its start.
struct Counters {
  std::uint64_t parts = 0;
  std::uint64_t gap_parts = 0;
  std::uint64_t held_parts = 0;  ///< of parts: made of nothing but repeats
  std::uint64_t segments = 0;
  std::uint64_t segments_without_key = 0;  ///< video segments that start without a key frame (LL-17)
  std::uint64_t cues = 0;                  ///< of text renditions, those that end others included
  std::uint64_t cues_dropped = 0;          ///< of these: too late, too long, or too many at a time
  std::uint64_t events = 0;                ///< that happen at an instant, for the media itself (emsg)
  std::uint64_t events_dropped = 0;        ///< of these: long past, or too many or too large at a time
  std::uint64_t dropped_early = 0;         ///< before the first segment
  std::uint64_t dropped_late = 0;          ///< their time was already published, as media or as a gap
  std::uint64_t dropped_without_key = 0;   ///< video after a gap, before its next key frame
  std::uint64_t dropped_format = 0;        ///< new format before the next segment could start
  std::uint64_t dropped_overflow = 0;      ///< waited for the lead beyond the queue's bound
};

}  // namespace packager
