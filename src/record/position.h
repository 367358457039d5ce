#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "record/record.h"

namespace record {

/// Where a log stands: enough for another source to continue with it, without a hole in the numbering and with the last
/// picture at hand. Follows every record through apply().
struct Position {
  /// One rendition's place. All of its times are in ticks of its own `timescale`, which changes with them: ticks of one
  /// format never stand beside the scale of another.
  struct Rendition {
    std::int64_t msn = 0;            ///< the segment that is open, or is to be opened next
    std::uint32_t next_part = 0;     ///< index of its next part
    std::int64_t segment_start = 0;  ///< Units: ticks of `timescale`, as `end`.
    std::int64_t end = 0;            ///< end of everything published
    std::int64_t timescale = 90000;  ///< that of the records of segment `msn`
    /// Segment `msn` is of the format before (msn < presentation.formats_from); from formats_from on it is the
    /// presentation's.
    bool former_format = false;
    bool started = false;  ///< something was published; until then the times mean nothing
    bool media = false;    ///< segment `msn` has a part that is no gap: its styp is written (CM-19)
    /// Video: the bytes (moof, mdat) of the newest part with a key frame in it, of the format that `timescale`
    /// belongs to; shared with the log. Empty before the first one.
    base::Bytes key_part;
    StoredBody key_stored{};  ///< in place of `key_part`, if its size is not 0
  };

  Presentation presentation;
  std::vector<Rendition> renditions;  ///< one for each of presentation.renditions
  /// Formats have changed and the log's Discontinuity for it is not written yet: the source that continues writes it
  /// first.
  std::optional<std::int64_t> owed_discontinuity;
  /// Start of the outage that the log is in, by its markers (UTC).
  std::optional<base::Micros> outage;
  /// Cuts that are announced and not past yet, the oldest first; at most kMostCuts.
  std::vector<MovedCut> moved_cuts;
  static constexpr std::size_t kMostCuts = 16;
  /// The log's last parts are written. A log that closes is not resumed: no part of the encoding.
  bool closing = false;

  /// True once there is something to continue with: a presentation of which something was published, and no end.
  bool known() const;
  /// Records of renditions that no presentation named are ignored.
  void apply(const Record& record);

 private:
  void fold(const Presentation& next);
  void fold(const Part& part);
  void fold(const Gap& gap);
  void fold(const SegmentEnd& end);
  void fold(const Discontinuity& discontinuity);
  void fold(const Marker& marker);
  void fold(const MovedCut& cut);
  void fold(const Closing&) { closing = true; }
  void fold(const Thumbnail&) {}
  void fold(const End&) { *this = {}; }
  Rendition* enter(std::uint32_t rendition, std::int64_t msn);
  void publish(std::uint32_t rendition, std::int64_t msn, std::uint32_t index, std::int64_t start,
               std::int64_t duration);
};

}  // namespace record
