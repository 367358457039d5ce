#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "base/clock.h"
#include "hls/media_playlist.h"
#include "record/record.h"

namespace origin {

/// The markers that a channel's playlists show, the same in all of its renditions (DR-6), from the first announcement
/// until the last listed segment that one of their dates is in has gone (DR-5).
///
/// Bound: kMost markers and kMostBytes of their tags, and kMost ids of those that are gone; beyond that the oldest is
/// dropped, and counted if it is a marker.
/// Reads no clock. Thread: one; what lines() gives may be read by any.
class MarkerList {
 public:
  static constexpr std::size_t kMost = 256;
  static constexpr std::size_t kMostBytes = std::size_t{64} << 10;
  /// How long a break is shown whose end nobody says.
  static constexpr base::Micros kLongestOpen = 24 * 3600 * base::kSecond;

  /// Which markers are shown.
  struct Shown {
    bool scte35 = true;
    bool api = true;      ///< all classes that are not our own
    bool outage = false;  ///< record::kOutageClass
    bool feed_switch = false;
    bool cue_tags = false;  ///< breaks of splice information that are shown have CueTags as well

    friend bool operator==(const Shown&, const Shown&) = default;
  };

  explicit MarkerList(const Shown& shown) : shown_(shown) {}

  enum class Outcome : std::uint8_t { kShown, kNotShown, kImpossible };
  /// Adds a marker. One whose id is there already adds what it did not say (DR-2), or takes it back. `edge`: UTC, end
  /// of the newest media of the log, from which it is shown on.
  Outcome apply(const record::Marker& marker, base::Micros edge);
  /// What a playlist between two instants (UTC) says of them: the first one listed, and the end of the newest media.
  struct Listed {
    base::Micros oldest = 0;
    base::Micros edge = 0;
    base::Micros skip_until = 0;  ///< CAN-SKIP-UNTIL: what has been there for longer need not be said again (LL-90)
  };
  /// The tags of those that do not end before `listed.oldest`; those are dropped for good. Never null, and the same
  /// pointer while nothing changes.
  std::shared_ptr<const hls::DateRanges> lines(const Listed& listed);

  /// Markers dropped for the bound.
  std::uint64_t dropped() const { return dropped_; }

 private:
  struct Entry {
    record::Marker marker;
    base::Micros until = 0;
    base::Micros since = 0;  ///< the log's edge when the line became what it is
    std::string line;
  };
  struct Gone {
    std::string id;
    base::Micros since = 0;  ///< the log's edge then
  };

  bool shows(const record::Marker& marker) const;
  void bound(base::Micros edge);
  void forget(const Entry& entry, base::Micros edge);
  void write_lines(const Listed& listed);

  Shown shown_;
  std::deque<Entry> entries_;          ///< as they came
  std::size_t bytes_ = 0;              ///< of their lines
  base::Micros earliest_ = INT64_MAX;  ///< the first one's end, at most
  std::uint64_t dropped_ = 0;
  std::deque<Gone> gone_;  ///< as they went
  std::shared_ptr<const hls::DateRanges> lines_ = std::make_shared<const hls::DateRanges>();
  base::Micros recent_until_ = INT64_MAX;  ///< the edge from which on lines_ says too much in a delta update
  base::Micros skip_until_ = 0;            ///< that lines_ was made with
  bool changed_ = false;
};

}  // namespace origin
