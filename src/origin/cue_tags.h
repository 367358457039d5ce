#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "base/clock.h"
#include "hls/cue_lines.h"
#include "record/record.h"

namespace origin {

/// EXT-X-CUE-OUT, EXT-X-CUE-OUT-CONT and EXT-X-CUE-IN, which many ad services read in place of EXT-X-DATERANGE: lines
/// in front of the segments of a break. No specification has them; these are of the most common form.
///
/// What stands in front of a segment is decided with its first part of any rendition, and is then the same in all of
/// them for good: players keep segments that a delta update leaves out. A break that is announced later begins with the
/// next segment, with what is left of it as its duration. Of breaks within a break only the outer one has tags. One
/// whose end nobody tells ends after what was planned.
/// Reads no clock. Thread: one.
class CueTags {
 public:
  /// Breaks that are still to come, or go on. Policy: the oldest is dropped.
  static constexpr std::size_t kMost = 64;

  /// A marker that playlists show: what is no break is ignored.
  void apply(const record::Marker& marker);
  /// Segment `msn` begins at `start` (UTC). Nothing happens where it was decided already.
  void begin(std::int64_t msn, base::Micros start);
  const hls::CueLines& lines() const { return lines_; }

 private:
  struct Break {
    std::string id;
    base::Micros start = 0;
    std::optional<base::Micros> end;
    std::optional<base::Micros> planned;

    std::optional<base::Micros> ends() const { return end ? end : planned ? std::optional(start + *planned) : end; }
  };

  std::deque<Break>::iterator find(const std::string& id);
  void begin_break(base::Micros start, std::string& text);

  std::deque<Break> breaks_;     ///< as they came
  std::optional<Break> open_;    ///< the one that the newest segment is in
  base::Micros shown_from_ = 0;  ///< where open_ begins, as its first segment tells
  std::int64_t decided_ = INT64_MIN;
  hls::CueLines lines_;
};

}  // namespace origin
