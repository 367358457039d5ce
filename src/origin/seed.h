#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "record/record.h"

namespace origin {

/// What of a log's past is still in force, as records: a reader that takes these first, and a Log::Standing, can begin
/// in the middle. For a journal's file, and for an edge. Reads no clock. Thread: one.
class Seed {
 public:
  static constexpr std::size_t kMostMarkers = 256;

  /// Follows every record of the log. `numbering`: what its numbers have more than its source's (Numbering::offset()).
  /// `utc` is now.
  void follow(const record::Record& record, std::int64_t numbering, base::Micros utc);
  /// False between the announcement of formats, or of a discontinuity, and the segment that it is about: a reader would
  /// have to be told both what is and what is to come. `begun`: newest segment that any rendition has begun.
  bool settled(std::int64_t begun) const { return settled_from_ <= begun; }
  /// The presentation, the markers that may still be shown, and the end where the log is over.
  std::vector<record::Record> records(base::Micros utc);

 private:
  struct ShownMarker {
    record::Marker marker;
    base::Micros until = 0;
  };
  void follow_marker(const record::Marker& marker, base::Micros utc);

  std::optional<record::Presentation> presentation_;
  bool over_ = false;                      ///< the log's end was the last that was said of a session
  std::int64_t settled_from_ = INT64_MIN;  ///< formats or a discontinuity begin with this segment (published number)
  std::deque<ShownMarker> markers_;        ///< that may still be shown, as they came
};

}  // namespace origin
