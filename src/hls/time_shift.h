#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "hls/media_playlist.h"
#include "hls/window.h"

/// Playlists of another time than the live edge's: start-over, catch-up, clips, delay. They list the segments that the
/// live playlist has, under the same numbers and URIs.
namespace hls {

/// What is wrong with the parameters of a request.
enum class ShiftFault : std::uint8_t {
  kNone,
  kForm,       ///< a value that is not in its one spelling
  kTwice,      ///< a parameter is there twice
  kOrder,      ///< `end` stands before `start`
  kTogether,   ///< `delay` with `start` or `end`, or `end` without `start`
  kBackwards,  ///< `end` is not after `start`
  kRelative,   ///< seconds before now, of a media playlist: see resolve()
};
/// Says what the form is, for the body of a 400. One line.
std::string_view explain(ShiftFault fault);

/// The time that a request for a playlist asks for.
struct TimeShift {
  struct Bound {
    base::Micros at = 0;      ///< UTC; or before the live edge
    bool before_now = false;  ///< which of them
  };
  std::optional<Bound> start;
  std::optional<Bound> end;
  base::Micros delay = 0;  ///< behind the live edge; 0: none
  ShiftFault fault = ShiftFault::kNone;

  bool any() const { return start || delay > 0 || fault != ShiftFault::kNone; }
  bool relative() const { return (start && start->before_now) || (end && end->before_now); }
};

/// Units of what relative() instants become, so that a crowd that asks for "an hour ago" shares URLs.
inline constexpr base::Micros kShiftGrid = 10 * base::kSecond;
/// The longest `-SECONDS` and `delay`: as the longest window.
inline constexpr base::Micros kLongestShift = 14 * 24 * 3600 * base::kSecond;
/// How long after a `start` has left the window a playlist that grows is still given for it: its viewers began in time.
inline constexpr base::Micros kShiftGrace = 24 * 3600 * base::kSecond;

/// Reads `start`, `end` and `delay` out of a raw query, without '?'; other parameters are ignored (LL-108). Every value
/// has one spelling, so that a cache has one entry for it: `2026-11-30T19:00:00Z` or `-3600`; `delay=30`.
TimeShift parse_time_shift(std::string_view query);

/// The same with absolute instants. Seconds before now are counted from the end of the newest media, rounded down to
/// kShiftGrid, and not before the playlist's first segment. REQUIRES: no fault; revision.started().
TimeShift resolve(const TimeShift& shift, const Revision& revision);

/// The query of a playlist, as parse_time_shift() takes it. REQUIRES: no fault, not relative().
std::string write_query(const TimeShift& shift);

/// Which segments are listed. By number: the same in all renditions.
struct ShiftedRange {
  std::int64_t first = 0;          ///< MSN
  std::int64_t until = INT64_MAX;  ///< MSN of the first that is not listed any more
  bool complete = false;           ///< nothing follows what is before `until`
  PlaylistType type = PlaylistType::kSliding;
  bool from_start = false;                     ///< see WholeTerms
  base::Micros date_ranges_until = INT64_MAX;  ///< UTC: those that begin later are not told

  friend bool operator==(const ShiftedRange&, const ShiftedRange&) = default;
};

struct ShiftVerdict {
  enum class Kind : std::uint8_t {
    kFound,
    kSoon,    ///< its first segment is the one that is being filled
    kAbsent,  ///< outside the window
  };
  Kind kind = Kind::kAbsent;
  ShiftedRange range;
};

/// Decides by one rendition, which stands for all: its video. The segment that contains `start` is the first one, the
/// one before that begins at `end` or later the last.
///
/// - Both in the past: PlaylistType::kVod. While `end` has not been reached, and without `end`: kEvent, and complete
/// once
///   the channel has ended.
/// - `start` before the window: nothing (kAbsent) if there is an `end`, because a clip without its head is none; a
///   playlist without `end` begins with the window and slides, for kShiftGrace. What is before the first segment of a
///   session of which nothing has left the window counts as that segment.
/// - `delay`: the live playlist without what is newer than that, counted from the end of the newest whole segment; all
/// of
///   it once the channel has ended. Nothing if less than three target durations of a full window are left (LL-25).
/// REQUIRES: no fault, not relative().
ShiftVerdict select(const Revision& revision, const TimeShift& shift, int target_duration);

/// What a rendition lists of it.
struct Shifted {
  SegmentList segments;  ///< a slice
  WholeTerms terms;
};
/// Nothing where the rendition has none of it.
std::optional<Shifted> slice(const Revision& revision, const ShiftedRange& range, int target_duration);

}  // namespace hls
